//! The order of a script against the order in which things happen: sends go out after the segment's calls.
//!
//! Only what certainly runs one after the other is compared: the calls that are statements of the script itself.

use cuebook_core::journal::StepKind;
use rhai::{Expr, FnCallExpr, Position, Stmt};

use super::super::tokens::place;
use super::super::walk::{Walker, start_of_call};
use crate::diagnostic::code;

impl Walker<'_> {
    /// Warns of a send that is followed by a call that writes, with no wait between them.
    pub(in super::super) fn order(&mut self) {
        let mut sent: Option<(String, usize)> = None;
        let script = self.script;
        for (call, position) in script.ast.statements().iter().filter_map(call_of) {
            let name = Self::name_of(call);
            let position = start_of_call(call, position);
            match (self.known.kind(&name), &sent) {
                // What is only remembered is seen by nobody outside: its order there means nothing.
                (Some(StepKind::Send), None) if !name.starts_with("state::") => {
                    sent = Some((name, place(position).0));
                }
                (Some(StepKind::Wait), _) => sent = None,
                (Some(StepKind::Write), Some((send, line))) => {
                    let message = format!("`{name}` is performed before `{send}` of line {line}");
                    let mut diagnostic = self
                        .warning(code::SEND_BEFORE_WRITE, position, message)
                        .with_help("what is sent goes out when the script has ended or waits: write the send below");
                    diagnostic.length = u32::try_from(name.chars().count()).unwrap_or(u32::MAX);
                    self.found.push(diagnostic);
                }
                _ => {}
            }
        }
    }
}

/// The call that a statement is, or that it puts into a variable.
fn call_of(statement: &Stmt) -> Option<(&FnCallExpr, Position)> {
    let expr = match statement {
        Stmt::FnCall(call, position) => return Some((call, *position)),
        Stmt::Expr(expr) => expr,
        Stmt::Var(var, ..) => &var.1,
        _ => return None,
    };
    match expr {
        Expr::FnCall(call, position) => Some((call, *position)),
        _ => None,
    }
}
