//! Variables: whether there is one of a name, and what hides or changes the event.

use rhai::{Namespace, Position};

use super::super::scope::Variable;
use super::super::subject::Nature;
use super::super::tokens::place;
use super::super::walk::Walker;
use super::foreign;
use crate::diagnostic::code;
use crate::suggest;

impl<'a> Walker<'a> {
    /// A variable is read.
    pub(in super::super) fn read(&mut self, name: &str, namespace: &Namespace, position: Position) {
        if !namespace.is_empty() {
            return self.constant_read(&namespace.to_string(), name, position);
        }
        if self.scopes.read(name).is_some() || name == "event" || self.script.defines(name) {
            return;
        }
        if self.script.names.lends_scope || name.is_empty() {
            return;
        }
        let unseen = self.around.unseen.as_ref();
        let unseen = unseen.and_then(|all| all.iter().rev().find(|(own, ..)| *own == name));
        if let Some((_, made, is_constant)) = unseen.copied() {
            return self.unseen(name, position, made, is_constant);
        }
        let seen = self.scopes.names().chain(["event"]);
        let (help, label) = if let Some(help) = foreign::name(name) {
            (Some(help.to_owned()), "unknown here".to_owned())
        } else if let Some(gone) = self.scopes.gone(name) {
            let (line, _) = place(gone);
            (
                Some(
                    "make it before the block, with `let`, and give it its value inside".to_owned(),
                ),
                format!("its block has ended: it was made in line {line}"),
            )
        } else {
            let near = suggest::nearest(name, seen);
            (
                near.map(|near| format!("did you mean `{near}`?")),
                "unknown here".to_owned(),
            )
        };
        let message = format!("there is no variable `{}`", suggest::shown(name));
        let diagnostic = self
            .error(code::UNKNOWN_VARIABLE, position, message)
            .with_label(label)
            .with_help_if(help);
        self.found.push(diagnostic);
    }

    fn unseen(&mut self, name: &str, position: Position, made: Position, is_constant: bool) {
        self.around.wanted.insert(name.to_owned());
        let help = if is_constant {
            format!("write `global::{name}`")
        } else {
            format!("give the function a parameter, and hand `{name}` over")
        };
        let (line, _) = place(made);
        let message = format!("a function does not see `{name}` of line {line}");
        let diagnostic = self
            .error(code::UNSEEN_VARIABLE, position, message)
            .with_label("not seen in a function")
            .with_help(help);
        self.found.push(diagnostic);
    }

    /// A constant of an import.
    fn constant_read(&mut self, namespace: &str, name: &str, position: Position) {
        let Some(import) = self.imports.get(namespace) else {
            return;
        };
        let Some(defined) = &import.defined else {
            return;
        };
        if defined.constants.contains(name) || defined.functions.contains_key(name) {
            return;
        }
        let near = suggest::nearest(name, defined.constants.iter().map(String::as_str));
        let help = near.map_or_else(
            || format!("it would be `export const {name} = …;` there"),
            |near| format!("did you mean `{namespace}::{near}`?"),
        );
        let message = format!("`{namespace}` has no constant `{}`", suggest::shown(name));
        let diagnostic = self
            .error(code::UNKNOWN_VARIABLE, position, message)
            .with_help(help);
        self.found.push(diagnostic);
    }

    /// A variable of this name is made.
    pub(in super::super) fn shadowed(&mut self, name: &str, position: Position) {
        if name != "event" || self.subject.nature != Nature::Rule {
            return;
        }
        let diagnostic = self
            .warning(
                code::EVENT_SHADOWED,
                position,
                "this hides the event that the rule runs on",
            )
            .with_help("give it a name of its own");
        self.found.push(diagnostic);
    }

    /// A variable, or a part of what it holds, is given a value.
    pub(in super::super) fn given_value(
        &mut self,
        name: &'a str,
        position: Position,
        is_part: bool,
    ) {
        let Some(variable) = self.scopes.get(name) else {
            if name == "event" {
                let diagnostic = self
                    .error(code::EVENT_ASSIGNED, position, "`event` is a constant")
                    .with_help(
                        "copy what you want to change: `let amount = event.payload.amount;`",
                    );
                self.found.push(diagnostic);
            } else {
                self.not_made(name, position, is_part);
            }
            return;
        };
        let is_from_outside = |variable: &Variable<'_>| {
            self.around
                .branch
                .is_some_and(|branch| variable.depth < branch)
        };
        if is_from_outside(variable) {
            self.lost(name, position);
        }
    }

    fn not_made(&mut self, name: &str, position: Position, is_part: bool) {
        let unseen = self.around.unseen.as_ref();
        let unseen = unseen.is_some_and(|all| all.iter().any(|(own, ..)| *own == name));
        if unseen || is_part || self.script.names.lends_scope {
            return self.read(name, &Namespace::NONE, position);
        }
        let near = suggest::nearest(name, self.scopes.names());
        let help = near.map_or_else(
            || format!("write `let {name} = …`"),
            |near| format!("did you mean `{near}`? A new one is made with `let {name} = …`"),
        );
        let message = format!("there is no variable `{}`", suggest::shown(name));
        let diagnostic = self
            .error(code::UNKNOWN_VARIABLE, position, message)
            .with_label("not made yet")
            .with_help(help);
        self.found.push(diagnostic);
    }
}
