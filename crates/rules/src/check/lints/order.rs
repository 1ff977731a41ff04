//! The order of a script against the order in which things happen: sends go out after the segment's calls.
//!
//! Only what certainly runs one after the other is compared: the calls that are statements of the script or of a function,
//! and what the functions that they call do for certain.

use cuebook_core::journal::StepKind;
use rhai::{ASTNode, Expr, FnCallExpr, Position, Stmt};

use super::super::deeds::{Did, Key, call_of};
use super::super::tokens::place;
use super::super::walk::{Walker, start_of_call};
use crate::diagnostic::code;

/// So many calls of functions are followed from one statement.
const CALLS: usize = 500;

/// A step of a statement.
struct Step {
    kind: StepKind,
    name: String,
    /// Whether it stands in a function that is called there.
    is_within: bool,
}

impl Walker<'_> {
    /// Warns of a send that is followed by a call that writes, with no wait between them.
    pub(in super::super) fn order(&mut self) {
        let script = self.script;
        self.order_of(script.ast.statements());
        for function in script.named() {
            self.order_of(&function.body);
        }
    }

    fn order_of(&mut self, statements: &[Stmt]) {
        let mut sent: Option<(String, usize)> = None;
        for statement in statements {
            let Some((call, position)) = call_of(statement) else {
                if self.may_wait(statement) {
                    sent = None;
                }
                continue;
            };
            let position = start_of_call(call, position);
            let before = sent.take();
            let mut after = before.clone();
            let mut is_told = false;
            for step in self.steps_of(call) {
                match step.kind {
                    StepKind::Send if after.is_none() => {
                        after = Some((Self::name_of(call), place(position).0));
                    }
                    StepKind::Wait => {
                        after = None;
                        is_told = true;
                    }
                    // What stands in one function is told there.
                    StepKind::Write if !is_told => {
                        if let Some((send, line)) = &before {
                            is_told = true;
                            self.written_after((call, position), &step, send, *line);
                        }
                    }
                    _ => {}
                }
            }
            sent = after;
            // A function may wait in some cases: then what was sent has gone out.
            if self.deed_of(call).is_some_and(|deed| deed.waits.is_some()) {
                sent = None;
            }
        }
    }

    fn written_after(
        &mut self,
        (call, position): (&FnCallExpr, Position),
        write: &Step,
        send: &str,
        line: usize,
    ) {
        let own = Self::name_of(call);
        let name = &write.name;
        let message = if write.is_within {
            format!("`{name}` in `{own}` is performed before `{send}` of line {line}")
        } else {
            format!("`{name}` is performed before `{send}` of line {line}")
        };
        let mut diagnostic = self
            .warning(code::SEND_BEFORE_WRITE, position, message)
            .with_help(
                "what is sent goes out when the script has ended or waits: write the send below",
            );
        diagnostic.length = u32::try_from(own.chars().count()).unwrap_or(u32::MAX);
        self.found.push(diagnostic);
    }

    /// What a call certainly does, in order.
    fn steps_of(&self, call: &FnCallExpr) -> Vec<Step> {
        let name = Self::name_of(call);
        match self.known.kind(&name) {
            Some(kind) if !self.script.defines(&name) => {
                // What is only remembered is seen by nobody outside: its order there means nothing.
                let is_seen = !name.starts_with("state::");
                let step = Step {
                    kind,
                    name,
                    is_within: false,
                };
                is_seen.then_some(step).into_iter().collect()
            }
            _ => {
                let mut steps = Vec::new();
                if let Some(key) = Key::called(self.file, call, &self.imports) {
                    self.within(&key, &mut Vec::new(), &mut { CALLS }, &mut steps);
                }
                steps
            }
        }
    }

    /// What a function that rules have written certainly does.
    fn within<'k>(
        &'k self,
        key: &Key,
        around: &mut Vec<&'k Key>,
        left: &mut usize,
        steps: &mut Vec<Step>,
    ) {
        let did = self.deeds.did(key).or_else(|| self.subject.deeds.did(key));
        for did in did.unwrap_or_default() {
            match did {
                Did::Step(kind, name) => steps.push(Step {
                    kind: *kind,
                    name: name.clone(),
                    is_within: true,
                }),
                Did::Call(key) if *left > 0 && !around.contains(&key) => {
                    *left -= 1;
                    around.push(key);
                    self.within(key, around, left, steps);
                    around.pop();
                }
                Did::Call(_) => {}
            }
        }
    }

    /// Whether a wait stands somewhere in a statement, or in what it calls.
    fn may_wait(&self, statement: &Stmt) -> bool {
        let mut waits = false;
        let mut path = Vec::new();
        statement.walk(&mut path, &mut |nodes: &[ASTNode<'_>]| {
            if let Some(
                ASTNode::Stmt(Stmt::FnCall(call, _))
                | ASTNode::Expr(Expr::FnCall(call, _) | Expr::MethodCall(call, _)),
            ) = nodes.last()
            {
                waits |= self.is_step(&Self::name_of(call), StepKind::Wait)
                    || self.deed_of(call).is_some_and(|deed| deed.waits.is_some());
            }
            !waits
        });
        waits
    }
}
