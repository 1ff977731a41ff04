//! A chain of properties, calls and indexes, flat: `event.payload.amount` is `event`, then `payload`, then `amount`.

use rhai::{ASTFlags, Expr, FnCallExpr, Position};

/// A part of a chain.
pub(super) struct Link<'a> {
    /// What it does.
    pub(super) step: Step<'a>,
    /// Where it stands.
    pub(super) position: Position,
    /// Whether it follows `?.` or `?[`: what comes before it may be missing.
    pub(super) is_optional: bool,
}

/// What a part of a chain does.
pub(super) enum Step<'a> {
    /// `.name`
    Property(&'a str),
    /// `.name(…)`
    Method(&'a FnCallExpr),
    /// `[…]`
    Index(&'a Expr),
}

/// The beginning of a chain and its parts; no parts where `expr` is no chain.
pub(super) fn flat(expr: &Expr) -> (&Expr, Vec<Link<'_>>) {
    let mut links = Vec::new();
    let base = match expr {
        Expr::Dot(pair, flags, _) | Expr::Index(pair, flags, _) => {
            let is_index = matches!(expr, Expr::Index(..));
            collect(&pair.rhs, *flags, is_index, &mut links);
            &pair.lhs
        }
        other => other,
    };
    (base, links)
}

/// Adds the parts of what stands behind a dot or in brackets.
fn collect<'a>(expr: &'a Expr, flags: ASTFlags, is_index: bool, links: &mut Vec<Link<'a>>) {
    let mut rest = Some((expr, flags, is_index));
    while let Some((expr, flags, is_index)) = rest.take() {
        let is_optional = flags.contains(ASTFlags::NEGATED);
        // A chain goes on inside of what stands behind the dot, unless this was its last part.
        let goes_on = !flags.contains(ASTFlags::BREAK);
        let (head, tail) = match expr {
            Expr::Dot(pair, flags, _) if goes_on => (&pair.lhs, Some((&pair.rhs, *flags, false))),
            Expr::Index(pair, flags, _) if goes_on => (&pair.lhs, Some((&pair.rhs, *flags, true))),
            other => (other, None),
        };
        let step = match head {
            _ if is_index => Step::Index(head),
            Expr::Property(property, _) => Step::Property(property.2.as_str()),
            Expr::MethodCall(call, _) => Step::Method(call),
            other => Step::Index(other),
        };
        links.push(Link {
            step,
            position: head.position(),
            is_optional,
        });
        rest = tail;
    }
}
