//! The order of a script against the order in which things happen: sends go out after the segment's calls.
//!
//! Only what certainly runs one after the other is compared: the calls that are statements of the script itself.

use cuebook_core::journal::StepKind;
use rhai::{AST, Expr, FnCallExpr, Position, Stmt};

use super::known::Known;
use super::lint::start;
use super::literals::place;
use crate::diagnostic::{Diagnostic, code};

/// Warns of a send that is followed by a call that writes, with no wait between them.
pub(super) fn check(file: &str, ast: &AST, known: &Known, diagnostics: &mut Vec<Diagnostic>) {
    let mut sent: Option<(String, usize)> = None;
    for (call, position) in ast.statements().iter().filter_map(call_of) {
        let name = if call.is_qualified() {
            format!("{}::{}", call.namespace, call.name)
        } else {
            call.name.to_string()
        };
        let (line, column) = place(start(call, position));
        match (known.kind(&name), &sent) {
            // What is only remembered is seen by nobody outside: its order there means nothing.
            (Some(StepKind::Send), None) if !name.starts_with("state::") => {
                sent = Some((name, line));
            }
            (Some(StepKind::Wait), _) => sent = None,
            (Some(StepKind::Write), Some((send, send_line))) => {
                diagnostics.push(
                    Diagnostic::warning(
                        file,
                        code::SEND_BEFORE_WRITE,
                        format!("`{name}` is performed before `{send}` of line {send_line}"),
                    )
                    .at(line, column, name.chars().count())
                    .with_help("what is sent goes out when the script has ended or waits: write the send below"),
                );
            }
            _ => {}
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
