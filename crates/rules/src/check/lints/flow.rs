//! What is never reached, and what never ends.

use rhai::{ASTFlags, ASTNode, Expr, FlowControl, FnCallExpr, Position, Stmt};

use super::super::deeds::ENDS;
use super::super::walk::{Walker, start_of, start_of_call};
use super::compare::is_noop;
use crate::diagnostic::code;

impl<'a> Walker<'a> {
    /// What stands in a block behind its end.
    pub(in super::super) fn unreachable(&mut self, statements: &'a [Stmt]) {
        let Some(end) = statements.iter().position(|statement| self.ends(statement)) else {
            return;
        };
        let mut after = statements.iter().skip(end + 1);
        let Some(first) = after.find(|statement| !is_noop(statement)) else {
            return;
        };
        let label = match statements.get(end).and_then(end_name) {
            Some(name) => format!("`{name}` ends it before"),
            None => "all ways end before".to_owned(),
        };
        let diagnostic = self
            .warning(
                code::UNREACHABLE,
                start_of_statement(first),
                "this is never reached",
            )
            .with_label(label)
            .with_help("take it out, or put it before");
        self.found.push(diagnostic);
    }

    /// Whether nothing runs behind a statement.
    fn ends(&self, statement: &Stmt) -> bool {
        match statement {
            Stmt::Return(..) | Stmt::BreakLoop(..) => true,
            Stmt::FnCall(call, _) => self.ends_run(call),
            Stmt::Expr(expr) => match &**expr {
                Expr::FnCall(call, _) => self.ends_run(call),
                _ => false,
            },
            Stmt::If(flow, _) => {
                self.end_in(flow.body.statements()) && self.end_in(flow.branch.statements())
            }
            Stmt::Block(block) => self.end_in(block.statements()),
            _ => false,
        }
    }

    fn end_in(&self, statements: &[Stmt]) -> bool {
        statements.iter().any(|statement| self.ends(statement))
    }

    /// Whether a call ends the run: itself, or what the function does that is called.
    fn ends_run(&self, call: &FnCallExpr) -> bool {
        if call.is_qualified() || self.script.defines(&call.name) {
            return self.deed_of(call).is_some_and(|deed| deed.ends_run);
        }
        ENDS.contains(&call.name.as_str())
    }

    /// A loop that has to have a way out.
    pub(in super::super) fn endless(&mut self, flow: &'a FlowControl, position: Position) {
        if !matches!(flow.expr, Expr::Unit(_) | Expr::BoolConstant(true, _)) {
            return;
        }
        if flow
            .body
            .statements()
            .iter()
            .any(|statement| self.leaves(statement))
        {
            return;
        }
        let diagnostic = self
            .warning(code::ENDLESS_LOOP, position, "the loop has no way out")
            .with_help("write `break` where it is to end, or `for round in 0..10 { … }`");
        self.found.push(diagnostic);
    }

    /// Whether a statement may leave the loop around it.
    fn leaves(&self, statement: &Stmt) -> bool {
        let mut leaves = false;
        let mut path = Vec::new();
        statement.walk(&mut path, &mut |nodes: &[ASTNode<'_>]| {
            leaves |= match nodes.last() {
                Some(ASTNode::Stmt(Stmt::Return(..))) => true,
                Some(ASTNode::Stmt(Stmt::BreakLoop(_, flags, _))) => {
                    flags.contains(ASTFlags::BREAK)
                }
                Some(
                    ASTNode::Stmt(Stmt::FnCall(call, _)) | ASTNode::Expr(Expr::FnCall(call, _)),
                ) => {
                    // A function of the file may end the run itself.
                    self.ends_run(call)
                        || call.is_qualified()
                            && self.imports.get(&call.namespace.to_string()).is_some()
                        || self.script.defines(&call.name)
                }
                _ => false,
            };
            !leaves
        });
        leaves
    }
}

/// What ends a block, in a word.
fn end_name(statement: &Stmt) -> Option<&str> {
    match statement {
        Stmt::Return(_, flags, _) if flags.contains(ASTFlags::BREAK) => Some("throw"),
        Stmt::Return(..) => Some("return"),
        Stmt::BreakLoop(_, flags, _) if flags.contains(ASTFlags::BREAK) => Some("break"),
        Stmt::BreakLoop(..) => Some("continue"),
        Stmt::FnCall(call, _) => Some(call.name.as_str()),
        Stmt::Expr(expr) => match &**expr {
            Expr::FnCall(call, _) => Some(call.name.as_str()),
            _ => None,
        },
        _ => None,
    }
}

/// Where a statement begins.
pub(crate) fn start_of_statement(statement: &Stmt) -> Position {
    match statement {
        Stmt::Expr(expr) => start_of(expr),
        Stmt::FnCall(call, position) => start_of_call(call, *position),
        Stmt::Assignment(assignment) => start_of(&assignment.1.lhs),
        other => other.position(),
    }
}
