//! Walks over a compiled file and hands each call and each look into the event to those who judge it.

use std::collections::{BTreeMap, BTreeSet};

use cuebook_core::rule::{RuleName, RuleOptions};
use rhai::{AST, ASTNode, Expr, FnCallExpr, Position, Stmt};

use super::known::Known;
use super::{calls, fields, order};
use crate::diagnostic::Diagnostic;
use crate::program::Unit;
use crate::set::{ANY, MANUAL};

/// What is known about a file beyond its text.
pub(super) struct Subject<'a> {
    /// The types of events that it runs on; `None` where any may come.
    pub(super) types: Option<Vec<&'a str>>,
    /// The libraries of the set, by path.
    libraries: &'a BTreeMap<String, Unit>,
    /// Whether the file is a library: what it does not define, its importer may.
    is_library: bool,
}

impl<'a> Subject<'a> {
    /// A rule.
    pub(super) fn rule(
        name: &'a RuleName,
        options: &'a RuleOptions,
        libraries: &'a BTreeMap<String, Unit>,
    ) -> Self {
        let types = match name.folder() {
            MANUAL => None,
            ANY if options.types.is_empty() => None,
            ANY => Some(options.types.iter().map(String::as_str).collect()),
            folder => Some(vec![folder]),
        };
        Self {
            types,
            libraries,
            is_library: false,
        }
    }

    /// A library.
    pub(super) fn library(libraries: &'a BTreeMap<String, Unit>) -> Self {
        Self {
            types: None,
            libraries,
            is_library: true,
        }
    }
}

/// What a file defines.
#[derive(Default)]
pub(super) struct Scope<'a> {
    /// Its functions: the numbers of arguments that each takes.
    pub(super) functions: BTreeMap<String, BTreeSet<usize>>,
    /// Every name that stands for a value somewhere in it: variables, parameters.
    pub(super) variables: BTreeSet<String>,
    /// Its imports: the functions of each, by the name it has here. `None` where the library is not known.
    pub(super) imports: BTreeMap<String, Option<BTreeMap<String, BTreeSet<usize>>>>,
    /// What else is known about the file.
    pub(super) types: Option<&'a [&'a str]>,
    /// Whether what it does not define may come from elsewhere.
    pub(super) is_open: bool,
}

/// What is to be said about a file.
pub(super) fn lint(unit: &Unit, subject: &Subject<'_>, known: &Known) -> Vec<Diagnostic> {
    let scope = scope_of(&unit.ast, subject);
    let mut diagnostics = Vec::new();
    unit.ast.walk(&mut |nodes: &[ASTNode<'_>]| {
        match nodes.last() {
            Some(
                ASTNode::Expr(Expr::FnCall(call, position))
                | ASTNode::Stmt(Stmt::FnCall(call, position)),
            ) => {
                calls::check(
                    &unit.path,
                    call,
                    start(call, *position),
                    &scope,
                    known,
                    &mut diagnostics,
                );
            }
            Some(ASTNode::Expr(expr @ Expr::Dot(..))) => {
                let is_inner = matches!(
                    nodes.iter().rev().nth(1),
                    Some(ASTNode::Expr(Expr::Dot(..)))
                );
                if !is_inner {
                    fields::check(&unit.path, expr, &scope, &mut diagnostics);
                }
            }
            _ => {}
        }
        true
    });
    order::check(&unit.path, &unit.ast, known, &mut diagnostics);
    diagnostics
}

/// Where a call begins: at its namespace if it has one.
pub(super) fn start(call: &FnCallExpr, position: Position) -> Position {
    if call.is_qualified() {
        call.namespace.position()
    } else {
        position
    }
}

fn scope_of<'a>(ast: &AST, subject: &'a Subject<'_>) -> Scope<'a> {
    let mut scope = Scope {
        functions: functions_of(ast),
        types: subject.types.as_deref(),
        is_open: subject.is_library,
        ..Scope::default()
    };
    for function in ast.iter_functions() {
        let parameters = function.params.iter().map(|name| (*name).to_owned());
        scope.variables.extend(parameters);
    }
    ast.walk(&mut |nodes: &[ASTNode<'_>]| {
        match nodes.last() {
            Some(ASTNode::Stmt(Stmt::Var(var, ..))) => {
                scope.variables.insert(var.0.name.to_string());
            }
            Some(ASTNode::Stmt(Stmt::For(each, _))) => {
                scope.variables.insert(each.0.name.to_string());
                scope
                    .variables
                    .extend(each.1.iter().map(|counter| counter.name.to_string()));
            }
            Some(ASTNode::Stmt(Stmt::TryCatch(flow, _))) => {
                if let Expr::Variable(variable, ..) = &flow.expr {
                    scope.variables.insert(variable.1.to_string());
                }
            }
            Some(ASTNode::Stmt(Stmt::Import(import, _))) => {
                let library = match &import.0 {
                    Expr::StringConstant(path, _) => subject.libraries.get(&format!("{path}.rhai")),
                    _ => None,
                };
                let functions = library.map(|unit| functions_of(&unit.ast));
                scope.imports.insert(import.1.name.to_string(), functions);
            }
            _ => {}
        }
        true
    });
    scope
}

fn functions_of(ast: &AST) -> BTreeMap<String, BTreeSet<usize>> {
    let mut functions: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
    for function in ast.iter_functions() {
        let counts = functions.entry(function.name.to_owned()).or_default();
        counts.insert(function.params.len());
    }
    functions
}
