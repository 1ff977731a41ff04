//! Branches of `parallel`, and closures that are kept for later.

use cuebook_core::journal::StepKind;
use rhai::{Expr, FnCallExpr, Position};

use super::super::deeds::{Deed, Key};
use super::super::scope::Role;
use super::super::walk::{Closure, Walker};
use super::calls::Call;
use crate::diagnostic::code;

/// Functions of arrays that keep what they are given.
const KEEP: &[&str] = &["push", "insert"];

impl<'a> Walker<'a> {
    /// A call that waits, within a branch.
    pub(super) fn waits_in_branch(&mut self, call: &Call<'a>) {
        if self.around.branch.is_none() {
            return;
        }
        if self.is_step(&call.name, StepKind::Wait) {
            let message = format!(
                "a branch of `parallel` cannot wait: `{}` would throw",
                call.name
            );
            let help = Some(help_for(&call.name));
            return self.about(call, code::WAIT_IN_PARALLEL, message, help);
        }
        let deed = self.deed_of(call.expr);
        if let Some(by) = deed.and_then(|deed| waits_with(deed, &call.expr.args)) {
            let message = waits_by(&call.name, &by);
            self.about(call, code::WAIT_IN_PARALLEL, message, Some(help_for(&by)));
        }
    }

    /// A function of the file that is called on a value, within a branch.
    pub(super) fn method_waits(&mut self, call: &'a FnCallExpr, position: Position) {
        if self.around.branch.is_none() || !self.script.defines(&call.name) {
            return;
        }
        let deed = self.deed_of(call);
        if let Some(by) = deed.and_then(|deed| waits_with(deed, &call.args)) {
            self.branch_waits(&call.name, &by, position);
        }
    }

    /// What is handed over as a branch without being written there: a function's name, or a variable that holds a closure.
    pub(in super::super) fn branch_named(&mut self, expr: &'a Expr) {
        let (name, position) = match expr {
            Expr::Variable(variable, _, position) if variable.2.is_empty() => {
                (variable.1.as_str(), *position)
            }
            Expr::FnCall(call, _) if call.name == "Fn" => match call.args.as_slice() {
                [Expr::StringConstant(name, position)] => (name.as_str(), *position),
                _ => return,
            },
            _ => return,
        };
        let by = match self.closure_in(self.made_of(expr)) {
            Some(closure) => {
                let key = Key::closure(self.file, &closure.function.name);
                self.waits_in_any_case(&key)
            }
            // A variable hides a function of its name.
            None if self.scopes.get(name).is_some() => None,
            None => {
                let counts = self.script.counts(name).into_iter();
                let mut keys = counts.map(|count| Key::new(self.file, name, count));
                keys.find_map(|key| self.waits_in_any_case(&key))
            }
        };
        if let Some(by) = by {
            self.branch_waits(name, &by, position);
        }
    }

    fn waits_in_any_case(&self, key: &Key) -> Option<String> {
        Some(self.deed(key)?.waits.as_ref()?.function.clone())
    }

    fn branch_waits(&mut self, name: &str, by: &str, position: Position) {
        let diagnostic = self
            .error(code::WAIT_IN_PARALLEL, position, waits_by(name, by))
            .with_help(help_for(by));
        self.found.push(diagnostic);
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

/// By what a function waits that is called with these arguments. Where its wait depends on something, and an argument is
/// written out, that argument may be what says no.
fn waits_with(deed: &Deed, arguments: &[Expr]) -> Option<String> {
    let wait = deed.waits.as_ref()?;
    let is_decided = wait.is_conditional && arguments.iter().any(Expr::is_constant);
    (!is_decided).then(|| wait.function.clone())
}

fn waits_by(name: &str, by: &str) -> String {
    format!("a branch of `parallel` cannot wait: `{name}` waits with `{by}`, which would throw")
}

fn help_for(wait: &str) -> String {
    let help = if wait == "wait_for" {
        "`wait_for` takes a list of types: the first event that comes ends the wait"
    } else {
        "wait before `parallel`, or after it"
    };
    help.to_owned()
}
