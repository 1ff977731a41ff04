//! What is never read, called or used. Names that begin with `_` are left alone.

use rhai::Position;

use super::super::scope::{Role, Variable};
use super::super::subject::Nature;
use super::super::walk::Walker;
use crate::diagnostic::code;

impl Walker<'_> {
    /// The variables of a block that has ended.
    pub(in super::super) fn unused_variables(&mut self, ended: &[Variable<'_>]) {
        for variable in ended {
            self.unused_variable(variable);
        }
    }

    /// The variables of the script itself: its functions may read them, and so may those who import it.
    pub(in super::super) fn unused_globals(&mut self, ended: &[Variable<'_>]) {
        if self.subject.nature != Nature::Rule {
            return;
        }
        for variable in ended {
            let is_wanted = self.around.wanted.contains(variable.name);
            if !is_wanted && !self.script.names.globals.contains(variable.name) {
                self.unused_variable(variable);
            }
        }
    }

    fn unused_variable(&mut self, variable: &Variable<'_>) {
        let is_made = matches!(variable.role, Role::Let | Role::Const);
        if variable.is_read
            || !is_made
            || variable.name.starts_with('_')
            || self.script.names.lends_scope
        {
            return;
        }
        let what = match variable.role {
            Role::Const => "constant",
            _ => "variable",
        };
        let message = format!("the {what} `{}` is never read", variable.name);
        let diagnostic = self
            .warning(code::UNUSED_VARIABLE, variable.position, message)
            .with_help(format!(
                "if that is on purpose, call it `_{}`",
                variable.name
            ));
        self.found.push(diagnostic);
    }

    /// The functions of the file.
    pub(in super::super) fn unused_functions(&mut self) {
        let script = self.script;
        for function in script.named() {
            let is_for_others = match self.subject.nature {
                Nature::Rule => false,
                Nature::Library => !function.is_private,
                Nature::Tests => function.name.starts_with("test_"),
            };
            let name = function.name.as_str();
            if is_for_others || name.starts_with('_') || script.names.called.contains(name) {
                continue;
            }
            let Some(piece) = script.tokens.definition(name, function.parameters.len()) else {
                continue;
            };
            let position = at(piece.line, piece.column);
            let diagnostic = self
                .warning(
                    code::UNUSED_FUNCTION,
                    position,
                    format!("the function `{name}` is never called"),
                )
                .with_help(format!("if that is on purpose, call it `_{name}`"));
            self.found.push(diagnostic);
        }
    }

    /// The imports of the file.
    pub(in super::super) fn unused_imports(&mut self) {
        let mut found = Vec::new();
        for import in &self.imports.0 {
            let name = import.name.as_str();
            if name.is_empty() || name.starts_with('_') || self.script.names.spaces.contains(name) {
                continue;
            }
            found.push(
                self.warning(
                    code::UNUSED_IMPORT,
                    import.position,
                    format!("the import `{name}` is never used"),
                )
                .with_help("take the line out"),
            );
        }
        self.found.append(&mut found);
    }
}

fn at(line: usize, column: usize) -> Position {
    let number = |number: usize| u16::try_from(number).unwrap_or(u16::MAX);
    Position::new(number(line).max(1), number(column))
}
