//! Sends: their answer is nothing.

use cuebook_core::journal::StepKind;
use rhai::Expr;

use super::super::walk::{Walker, start_of};
use crate::diagnostic::code;

impl<'a> Walker<'a> {
    /// A value is used that may be the answer of a send.
    pub(in super::super) fn send_used(&mut self, expr: &'a Expr) {
        let Expr::FnCall(call, _) = expr else {
            return;
        };
        let name = Self::name_of(call);
        let message = if self.is_step(&name, StepKind::Send) {
            format!("the answer of `{name}` is `()`")
        } else {
            let deed = self.deed_of(call);
            let Some(send) = deed.and_then(|deed| deed.gives_send.as_deref()) else {
                return;
            };
            format!("the answer of `{name}` is `()`: it ends with `{send}`")
        };
        let mut diagnostic = self
            .warning(code::SEND_RESULT, start_of(expr), message)
            .with_label("goes out when the script has ended or waits")
            .with_help("write it in a line of its own; how it went stands in the ledger");
        diagnostic.length = u32::try_from(name.chars().count()).unwrap_or(u32::MAX);
        self.found.push(diagnostic);
    }
}
