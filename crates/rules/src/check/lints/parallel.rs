//! Branches of `parallel`, and closures that are kept for later.

use cuebook_core::journal::StepKind;
use rhai::{FnCallExpr, Position};

use super::super::scope::Role;
use super::super::walk::{Closure, Walker};
use super::calls::Call;
use crate::diagnostic::code;

/// Functions of arrays that keep what they are given.
const KEEP: &[&str] = &["push", "insert"];

impl<'a> Walker<'a> {
    /// A call that waits, within a branch.
    pub(super) fn waits_in_branch(&mut self, call: &Call<'a>) {
        if self.around.branch.is_none() || !self.is_step(&call.name, StepKind::Wait) {
            return;
        }
        let help = if call.name == "wait_for" {
            "`wait_for` takes a list of types: the first event that comes ends the wait"
        } else {
            "wait before `parallel`, or after it"
        };
        let message = format!(
            "a branch of `parallel` cannot wait: `{}` would throw",
            call.name
        );
        self.about(call, code::WAIT_IN_PARALLEL, message, Some(help.to_owned()));
    }

    /// A variable from outside is changed within a branch.
    pub(super) fn lost(&mut self, name: &str, position: Position) {
        let diagnostic = self
            .warning(
                code::LOST_IN_PARALLEL,
                position,
                format!("the branch changes its own copy of `{name}`"),
            )
            .with_label("lost when the branch has ended")
            .with_help(
                "give the value back: `parallel` gives the answers of all branches as an array",
            );
        self.found.push(diagnostic);
    }

    /// A closure is handed to a function of a value.
    pub(in super::super) fn kept(&mut self, call: &FnCallExpr, closure: &Closure<'a>) {
        if !KEEP.contains(&call.name.as_str()) {
            return;
        }
        for (name, position) in &closure.captured {
            let is_of_loop = self
                .scopes
                .get(name)
                .is_some_and(|variable| variable.role == Role::Loop);
            if !is_of_loop {
                continue;
            }
            let diagnostic = self
                .warning(
                    code::CAPTURED_LOOP_VARIABLE,
                    *position,
                    format!("the closure sees the last `{name}` of the loop"),
                )
                .with_label("shared by all rounds")
                .with_help(format!(
                    "copy it first: `let own = {name};`; or write `parallel(list, |{name}| …)`"
                ));
            self.found.push(diagnostic);
        }
    }
}
