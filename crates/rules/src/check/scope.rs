//! The variables that are known at a place of a script, block within block.

use rhai::{Expr, Position};

use super::kind::Kind;

/// How a variable came to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// `let`
    Let,
    /// `const`
    Const,
    /// The variable of a `for`, or its counter.
    Loop,
    /// The error of a `catch`.
    Caught,
    /// A parameter of a function or closure.
    Parameter,
}

/// One variable.
#[derive(Debug)]
pub(super) struct Variable<'a> {
    /// Its name.
    pub(super) name: &'a str,
    /// Where it is made.
    pub(super) position: Position,
    /// What it holds, as far as that never changes.
    pub(super) kind: Kind,
    /// What it was made with, if it is never changed.
    pub(super) value: Option<&'a Expr>,
    /// How it came to be.
    pub(super) role: Role,
    /// Whether anything reads it.
    pub(super) is_read: bool,
    /// How many closures stood around it.
    pub(super) depth: usize,
}

/// The variables, outermost first.
#[derive(Debug, Default)]
pub(super) struct Scopes<'a> {
    variables: Vec<Variable<'a>>,
    /// Where each open block begins.
    blocks: Vec<usize>,
    /// The names and places of those whose block has ended.
    gone: Vec<(&'a str, Position)>,
}

impl<'a> Scopes<'a> {
    /// Opens a block.
    pub(super) fn open(&mut self) {
        self.blocks.push(self.variables.len());
    }

    /// Closes the innermost block, and gives back its variables.
    pub(super) fn close(&mut self) -> Vec<Variable<'a>> {
        let start = self.blocks.pop().unwrap_or(0);
        let ended = self.variables.split_off(start.min(self.variables.len()));
        let names = ended
            .iter()
            .map(|variable| (variable.name, variable.position));
        self.gone.extend(names);
        ended
    }

    /// Adds a variable to the innermost block.
    pub(super) fn add(&mut self, variable: Variable<'a>) {
        self.variables.push(variable);
    }

    /// The variable of this name that is seen here.
    pub(super) fn get(&self, name: &str) -> Option<&Variable<'a>> {
        let mut inner = self.variables.iter().rev();
        inner.find(|variable| variable.name == name)
    }

    /// Notes that the variable of this name is read; `None` where there is none.
    pub(super) fn read(&mut self, name: &str) -> Option<&Variable<'a>> {
        let mut inner = self.variables.iter_mut().rev();
        let variable = inner.find(|variable| variable.name == name)?;
        variable.is_read = true;
        Some(variable)
    }

    /// The names that are seen here.
    pub(super) fn names(&self) -> impl Iterator<Item = &'a str> {
        self.variables.iter().map(|variable| variable.name)
    }

    /// Where the last variable of this name was made whose block has ended.
    pub(super) fn gone(&self, name: &str) -> Option<Position> {
        let mut last = self.gone.iter().rev();
        last.find(|(own, _)| *own == name).map(|(_, at)| *at)
    }
}
