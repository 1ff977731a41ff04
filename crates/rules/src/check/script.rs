//! A compiled file as the checker sees it: its functions, its tokens, and which names are called and changed anywhere in it.

use std::collections::BTreeSet;

use rhai::{AST, ASTNode, Expr, FnAccess, FnCallExpr, Stmt};

use super::chain::{self, Step};
use super::tokens::Tokens;

/// How the names of closures begin.
const CLOSURE: &str = "anon$";
/// Functions of arrays, maps and texts that change them in place.
const CHANGE: &[&str] = &[
    "append",
    "chop",
    "clear",
    "crop",
    "dedup",
    "drain",
    "fill_with",
    "insert",
    "make_lower",
    "make_upper",
    "mixin",
    "order",
    "pad",
    "pop",
    "push",
    "remove",
    "replace",
    "retain",
    "reverse",
    "set",
    "shift",
    "sort",
    "sort_by",
    "sort_desc",
    "splice",
    "split",
    "trim",
    "truncate",
];

/// A function of a file.
pub(super) struct Function {
    /// Its name.
    pub(super) name: String,
    /// The names of its parameters; what a closure captures comes first.
    pub(super) parameters: Vec<String>,
    /// What it does.
    pub(super) body: Vec<Stmt>,
    /// Whether only its own file may call it.
    pub(super) is_private: bool,
}

impl Function {
    /// Whether it is a closure.
    pub(super) fn is_closure(&self) -> bool {
        self.name.starts_with(CLOSURE)
    }
}

/// A compiled file.
pub(super) struct Script<'a> {
    /// What it compiled to.
    pub(super) ast: &'a AST,
    /// Its tokens.
    pub(super) tokens: Tokens<'a>,
    /// Its functions, closures too.
    pub(super) functions: Vec<Function>,
    /// What is called and changed in it.
    pub(super) names: Names,
}

/// Names that something is done with anywhere in a file.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// What is called, or stands as a text that may be a function's name.
    pub(super) called: BTreeSet<String>,
    /// The variables that are given another value, or changed in place.
    pub(super) changed: BTreeSet<String>,
    /// The names in front of `::`, and those that are read behind `global::`.
    pub(super) spaces: BTreeSet<String>,
    /// What is read behind `global::`.
    pub(super) globals: BTreeSet<String>,
    /// The functions of the file.
    defined: BTreeSet<String>,
    /// Whether a call runs in the scope of its caller: then functions may see anything.
    pub(super) lends_scope: bool,
}

impl<'a> Script<'a> {
    /// What there is in a file.
    pub(super) fn new(ast: &'a AST, tokens: Tokens<'a>) -> Self {
        let mut names = Names {
            defined: ast
                .iter_functions()
                .map(|function| function.name.to_owned())
                .collect(),
            ..Names::default()
        };
        ast.walk(&mut |nodes: &[ASTNode<'_>]| {
            if let Some(node) = nodes.last() {
                names.note(node);
            }
            true
        });
        Self {
            ast,
            tokens,
            functions: functions(ast),
            names,
        }
    }

    /// The function of this name, whatever it takes: closures have names of their own.
    pub(super) fn closure(&self, name: &str) -> Option<&Function> {
        let mut closures = self.functions.iter();
        closures.find(|function| function.name == name)
    }

    /// Whether the file defines a function of this name.
    pub(super) fn defines(&self, name: &str) -> bool {
        self.functions.iter().any(|function| function.name == name)
    }

    /// The functions that have names.
    pub(super) fn named(&self) -> impl Iterator<Item = &Function> {
        self.functions
            .iter()
            .filter(|function| !function.is_closure())
    }

    /// The numbers of arguments that the function of this name takes.
    pub(super) fn counts(&self, name: &str) -> BTreeSet<usize> {
        let named = self
            .functions
            .iter()
            .filter(|function| function.name == name);
        named.map(|function| function.parameters.len()).collect()
    }
}

/// The functions of a file, closures too.
pub(super) fn functions(ast: &AST) -> Vec<Function> {
    let found = ast.iter_functions().map(|function| Function {
        name: function.name.to_owned(),
        parameters: function
            .params
            .iter()
            .map(|name| (*name).to_owned())
            .collect(),
        body: body(ast, function.name, function.params.len()),
        is_private: function.access == FnAccess::Private,
    });
    found.collect()
}

/// The statements of a function. Rhai hands them out in a walk only, so that the one function is cut out for it.
fn body(ast: &AST, name: &str, parameters: usize) -> Vec<Stmt> {
    let mut alone = ast.clone_functions_only();
    alone.retain_functions(|_, _, own, count| own == name && count == parameters);
    let mut body = Vec::new();
    alone.walk(&mut |nodes: &[ASTNode<'_>]| {
        if let [ASTNode::Stmt(statement)] = nodes {
            body.push((*statement).clone());
        }
        true
    });
    body
}

impl Names {
    fn note(&mut self, node: &ASTNode<'_>) {
        match node {
            ASTNode::Stmt(Stmt::Assignment(assignment)) => self.change(&assignment.1.lhs),
            ASTNode::Stmt(Stmt::FnCall(call, _)) | ASTNode::Expr(Expr::FnCall(call, _)) => {
                self.call(call);
            }
            ASTNode::Expr(Expr::MethodCall(call, _)) => {
                self.called.insert(call.name.to_string());
            }
            ASTNode::Expr(Expr::StringConstant(text, _))
                if rhai::is_valid_identifier(text.as_str()) =>
            {
                self.called.insert(text.to_string());
            }
            ASTNode::Expr(Expr::Variable(variable, ..)) => {
                let space = variable.2.to_string();
                if space == "global" {
                    self.globals.insert(variable.1.to_string());
                }
                if !space.is_empty() {
                    self.spaces.insert(space);
                }
            }
            ASTNode::Expr(expr @ (Expr::Dot(..) | Expr::Index(..))) => self.change_in_place(expr),
            _ => {}
        }
    }

    /// What stands left of an assignment is changed.
    fn change(&mut self, target: &Expr) {
        if let (Expr::Variable(variable, ..), _) = chain::flat(target) {
            self.changed.insert(variable.1.to_string());
        }
    }

    /// What a function of its own may change.
    fn change_in_place(&mut self, expr: &Expr) {
        let (base, links) = chain::flat(expr);
        let changes = links.iter().any(|link| match link.step {
            Step::Method(call) => self.may_change(&call.name),
            _ => false,
        });
        if let (Expr::Variable(variable, ..), true) = (base, changes) {
            self.changed.insert(variable.1.to_string());
        }
    }

    fn call(&mut self, call: &FnCallExpr) {
        self.lends_scope |= call.capture_parent_scope;
        if call.is_qualified() {
            self.spaces.insert(call.namespace.to_string());
            return;
        }
        if call.is_operator_call() {
            return;
        }
        self.called.insert(call.name.to_string());
        // A native function changes its first argument as if it were called on it.
        if let (Some(first), true) = (call.args.first(), CHANGE.contains(&call.name.as_str())) {
            self.change(first);
        }
    }

    /// Whether a function changes what it is called on: those of the file may, by `this`.
    fn may_change(&self, name: &str) -> bool {
        CHANGE.contains(&name) || self.defined.contains(name)
    }
}
