//! Looks into the event: `event.x`, and `event.payload.x` where the rule's types say which fields there are.

use cuebook_core::events::{EventDescriptor, EventType};
use rhai::{ASTFlags, Expr, Position};

use super::lint::Scope;
use super::literals::place;
use crate::diagnostic::{Diagnostic, code};
use crate::suggest;

/// The properties of an event.
const PROPERTIES: &[&str] = &[
    "id",
    "type",
    "subject",
    "received_at",
    "origin",
    "trust",
    "payload",
];

/// Checks a chain of properties.
pub(super) fn check(file: &str, expr: &Expr, scope: &Scope<'_>, diagnostics: &mut Vec<Diagnostic>) {
    if scope.variables.contains("event") {
        return;
    }
    let chain = chain(expr);
    let Some((name, position)) = chain.first() else {
        return;
    };
    if !PROPERTIES.contains(name) {
        let (line, column) = place(*position);
        diagnostics.push(
            Diagnostic::error(
                file,
                code::UNKNOWN_EVENT_PROPERTY,
                format!("an event has no property `{name}`"),
            )
            .at(line, column, name.chars().count())
            .with_help_if(property_help(name, scope)),
        );
        return;
    }
    if let (&"payload", Some((field, position))) = (name, chain.get(1)) {
        check_field(file, field, *position, scope, diagnostics);
    }
}

fn property_help(name: &str, scope: &Scope<'_>) -> Option<String> {
    let is_field = descriptors(scope)
        .iter()
        .flat_map(|descriptor| descriptor.fields)
        .any(|field| field.name == name);
    if is_field {
        return Some(format!("write `event.payload.{name}`"));
    }
    suggest::help(name, PROPERTIES, "an event has")
}

fn check_field(
    file: &str,
    name: &str,
    position: Position,
    scope: &Scope<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let descriptors = descriptors(scope);
    let fields: Vec<&str> = descriptors
        .iter()
        .flat_map(|descriptor| descriptor.fields)
        .map(|field| field.name)
        .collect();
    if descriptors.is_empty() || fields.contains(&name) {
        return;
    }
    let types: Vec<&str> = descriptors
        .iter()
        .map(|descriptor| descriptor.name)
        .collect();
    let types = types.join("` or `");
    let new = format!("if Ticketpark sends it by now, write `event.payload[\"{name}\"]`");
    let help = match suggest::nearest(name, fields.iter().copied()) {
        Some(near) => format!("did you mean `{near}`? {new}"),
        None => format!("it has `{}`; {new}", fields.join("`, `")),
    };
    let (line, column) = place(position);
    diagnostics.push(
        Diagnostic::error(
            file,
            code::UNKNOWN_FIELD,
            format!("the payload of `{types}` has no field `{name}`"),
        )
        .at(line, column, name.chars().count())
        .with_help(help),
    );
}

/// What is known of the rule's types; nothing if any of them is not known.
fn descriptors(scope: &Scope<'_>) -> Vec<&'static EventDescriptor> {
    let types = scope.types.unwrap_or_default().iter();
    types
        .map(|name| EventType::from_wire(name).descriptor())
        .collect::<Option<_>>()
        .unwrap_or_default()
}

/// The properties that are asked for one after another, beginning at the constant `event`. What is asked for with `?.` may
/// be missing: the chain ends before it.
fn chain(expr: &Expr) -> Vec<(&str, Position)> {
    let Expr::Dot(dot, flags, _) = expr else {
        return Vec::new();
    };
    let is_event = matches!(&dot.lhs, Expr::Variable(variable, ..) if variable.1 == "event" && variable.2.is_empty());
    if !is_event || flags.contains(ASTFlags::NEGATED) {
        return Vec::new();
    }
    let mut chain = Vec::new();
    let mut rest = &dot.rhs;
    loop {
        match rest {
            Expr::Property(property, position) => {
                chain.push((property.2.as_str(), *position));
                return chain;
            }
            Expr::Dot(dot, flags, _) => {
                let Expr::Property(property, position) = &dot.lhs else {
                    return chain;
                };
                chain.push((property.2.as_str(), *position));
                if flags.contains(ASTFlags::NEGATED) {
                    return chain;
                }
                rest = &dot.rhs;
            }
            Expr::Index(index, ..) => {
                if let Expr::Property(property, position) = &index.lhs {
                    chain.push((property.2.as_str(), *position));
                }
                return chain;
            }
            _ => return chain,
        }
    }
}
