//! The walk over a file: each statement and expression once, with the variables that are known there. It judges nothing
//! itself: it hands what it meets to the lints, one file a family.

mod closures;
mod expressions;
mod statements;

use std::collections::BTreeSet;

use rhai::{AST, Expr, FnCallExpr, Position};

pub(super) use closures::Closure;

use super::allow::Allowed;
use super::chain::{Step, flat};
use super::deeds::{Deed, Deeds, Key};
use super::imports::Imports;
use super::kind::Kind;
use super::known::Known;
use super::scope::{Role, Scopes, Variable};
use super::script::{Function, Script};
use super::subject::Subject;
use super::tokens::{Tokens, place};
use crate::diagnostic::Diagnostic;
use crate::engine::Engine;

/// One walk over one file.
pub(super) struct Walker<'a> {
    /// The file's path.
    pub(super) file: &'a str,
    /// What is in it.
    pub(super) script: &'a Script<'a>,
    /// What is known about it beyond its text.
    pub(super) subject: &'a Subject<'a>,
    /// What it can call and name.
    pub(super) known: &'a Known,
    /// What it imports.
    pub(super) imports: Imports,
    /// What its functions do.
    pub(super) deeds: Deeds,
    /// The variables that are seen where the walk is.
    pub(super) scopes: Scopes<'a>,
    /// Where the walk is.
    pub(super) around: Around<'a>,
    /// What was found.
    pub(super) found: Vec<Diagnostic>,
}

/// Where the walk is.
#[derive(Debug, Default)]
pub(super) struct Around<'a> {
    /// The names of the closures that stand around.
    pub(super) closures: Vec<&'a str>,
    /// How many closures stand around.
    pub(super) depth: usize,
    /// The depth of the branch of `parallel` that stands around, if any.
    pub(super) branch: Option<usize>,
    /// In a function: the variables of the script, which are not seen there, and whether each is a constant.
    pub(super) unseen: Option<Vec<(&'a str, Position, bool)>>,
    /// Those that functions wanted to see all the same.
    pub(super) wanted: BTreeSet<String>,
}

/// A file that compiles.
pub(super) struct File<'a> {
    /// Its path in the rules' folder.
    pub(super) path: &'a str,
    /// What it compiled to.
    pub(super) ast: &'a AST,
    /// Its text.
    pub(super) source: &'a str,
}

/// What is to be said about a file.
pub(super) fn lint(
    engine: &Engine,
    file: &File<'_>,
    subject: &Subject<'_>,
    known: &Known,
) -> Vec<Diagnostic> {
    let tokens = Tokens::of(&engine.0.rhai, file.source);
    let mut found = Vec::new();
    let allowed = Allowed::of(file.path, &tokens, &mut found);
    let script = Script::new(file.ast, tokens);
    let imports = Imports::of(file.ast, subject.libraries);
    let deeds = Deeds::of_file(file.path, &script.functions, &imports, known, subject.deeds);
    let mut walker = Walker {
        file: file.path,
        script: &script,
        subject,
        known,
        imports,
        deeds,
        scopes: Scopes::default(),
        around: Around::default(),
        found,
    };
    walker.all();
    let mut found = walker.found;
    found.retain(|diagnostic| !allowed.allows(diagnostic));
    found
}

impl<'a> Walker<'a> {
    fn all(&mut self) {
        let script = self.script;
        self.scopes.open();
        self.statements(script.ast.statements());
        let globals = self.scopes.close();
        self.around.unseen = Some(
            globals
                .iter()
                .map(|global| (global.name, global.position, global.role == Role::Const))
                .collect(),
        );
        for function in script.named() {
            self.function(function);
        }
        self.unused_globals(&globals);
        self.unused_functions();
        self.unused_imports();
        self.order();
    }

    fn function(&mut self, function: &'a Function) {
        self.scopes = Scopes::default();
        self.scopes.open();
        for name in &function.parameters {
            self.add(name, Position::NONE, Role::Parameter, Kind::Unknown, None);
        }
        self.block(&function.body);
        self.scopes.close();
    }

    /// Adds a variable; what is changed anywhere in the file may hold anything.
    pub(super) fn add(
        &mut self,
        name: &'a str,
        position: Position,
        role: Role,
        kind: Kind,
        value: Option<&'a Expr>,
    ) {
        let is_changed = self.script.names.changed.contains(name);
        self.scopes.add(Variable {
            name,
            position,
            kind: if is_changed { Kind::Unknown } else { kind },
            value: value.filter(|_| !is_changed),
            role,
            is_read: false,
            depth: self.around.depth,
        });
    }

    /// What an expression is made of: itself, or what a variable was made with that is never changed.
    pub(super) fn made_of(&self, expr: &'a Expr) -> &'a Expr {
        match expr {
            Expr::Variable(variable, ..) if variable.2.is_empty() => {
                let variable = self.scopes.get(&variable.1);
                variable.and_then(|variable| variable.value).unwrap_or(expr)
            }
            _ => expr,
        }
    }

    /// An error at the token of a place.
    pub(super) fn error(
        &self,
        code: &'static str,
        position: Position,
        message: impl Into<String>,
    ) -> Diagnostic {
        self.at_token(Diagnostic::error(self.file, code, message), position)
    }

    /// A warning at the token of a place.
    pub(super) fn warning(
        &self,
        code: &'static str,
        position: Position,
        message: impl Into<String>,
    ) -> Diagnostic {
        self.at_token(Diagnostic::warning(self.file, code, message), position)
    }

    fn at_token(&self, diagnostic: Diagnostic, position: Position) -> Diagnostic {
        let (line, column) = place(position);
        let length = self.script.tokens.length_at(position);
        diagnostic.at(line, column, length)
    }

    /// The same over a whole chain of properties, as far as it stands in one line.
    pub(super) fn whole(&self, mut diagnostic: Diagnostic, expr: &Expr) -> Diagnostic {
        let (_, links) = flat(expr);
        let Some(last) = links
            .last()
            .filter(|last| matches!(last.step, Step::Property(_)))
        else {
            return diagnostic;
        };
        let (line, column) = place(last.position);
        let end = column + self.script.tokens.length_at(last.position);
        let length = u32::try_from(end)
            .unwrap_or(u32::MAX)
            .saturating_sub(diagnostic.column);
        if u32::try_from(line) == Ok(diagnostic.line) && length > diagnostic.length {
            diagnostic.length = length;
        }
        diagnostic
    }

    /// What the function that is called does, where rules have written it.
    pub(super) fn deed_of(&self, call: &FnCallExpr) -> Option<&Deed> {
        let key = Key::called(self.file, call, &self.imports)?;
        self.deed(&key)
    }

    /// What a function does.
    pub(super) fn deed(&self, key: &Key) -> Option<&Deed> {
        self.deeds.get(key).or_else(|| self.subject.deeds.get(key))
    }

    /// The full name of a function that is called.
    pub(super) fn name_of(call: &FnCallExpr) -> String {
        if call.is_qualified() {
            format!("{}::{}", call.namespace, call.name)
        } else {
            call.name.to_string()
        }
    }
}

/// Where a call begins: at its namespace if it has one.
pub(super) fn start_of_call(call: &FnCallExpr, position: Position) -> Position {
    if call.is_qualified() {
        call.namespace.position()
    } else {
        position
    }
}

/// Where an expression begins.
pub(super) fn start_of(expr: &Expr) -> Position {
    match expr {
        Expr::FnCall(call, position) if call.is_operator_call() => match call.args.as_slice() {
            [first, _] => start_of(first),
            _ => *position,
        },
        Expr::FnCall(call, position) => start_of_call(call, *position),
        Expr::Dot(pair, ..) | Expr::Index(pair, ..) => start_of(&pair.lhs),
        Expr::And(items, _) | Expr::Or(items, _) | Expr::Coalesce(items, _) => {
            items.first().map_or_else(|| expr.position(), start_of)
        }
        other => other.start_position(),
    }
}
