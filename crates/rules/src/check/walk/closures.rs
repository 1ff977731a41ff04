//! Closures: functions of their own that see the variables around them.

use rhai::{Expr, FnCallExpr, FnPtr, Position, Stmt};

use super::super::kind::Kind;
use super::super::scope::Role;
use super::super::script::Function;
use super::Walker;

/// A closure where it is made.
pub(in super::super) struct Closure<'a> {
    /// What it does.
    pub(in super::super) function: &'a Function,
    /// What it captures.
    pub(in super::super) captured: Vec<(&'a str, Position)>,
}

impl<'a> Walker<'a> {
    /// The closure that an expression is.
    pub(in super::super) fn closure_in(&self, expr: &'a Expr) -> Option<Closure<'a>> {
        match expr {
            Expr::DynamicConstant(..) => self.bare_closure(expr, Vec::new()),
            Expr::Stmt(block) => {
                let [Stmt::Share(shared), Stmt::Expr(curried)] = block.statements() else {
                    return None;
                };
                let Expr::FnCall(call, _) = &**curried else {
                    return None;
                };
                let captured = shared
                    .iter()
                    .map(|(ident, _)| (ident.name.as_str(), ident.pos));
                self.bare_closure(call.args.first()?, captured.collect())
            }
            _ => None,
        }
    }

    fn bare_closure(
        &self,
        expr: &'a Expr,
        captured: Vec<(&'a str, Position)>,
    ) -> Option<Closure<'a>> {
        let Expr::DynamicConstant(value, _) = expr else {
            return None;
        };
        let pointer = value.read_lock::<FnPtr>()?;
        let function = self.script.closure(pointer.fn_name())?;
        Some(Closure { function, captured })
    }

    /// What a closure does; `items` are the kinds of what it is given, as far as known.
    pub(in super::super) fn closure(
        &mut self,
        closure: &Closure<'a>,
        items: &[Kind],
        is_branch: bool,
    ) {
        // Rhai names a closure by a hash of what it does: one within another may have the same name by mistake.
        let name = closure.function.name.as_str();
        if self.around.closures.contains(&name) {
            return;
        }
        self.around.closures.push(name);
        let outer = self.around.branch;
        self.around.depth += 1;
        if is_branch {
            self.around.branch = Some(self.around.depth);
        }
        self.scopes.open();
        let own = closure
            .function
            .parameters
            .iter()
            .skip(closure.captured.len());
        for (number, name) in own.enumerate() {
            let kind = items.get(number).cloned().unwrap_or(Kind::Unknown);
            self.add(name, Position::NONE, Role::Parameter, kind, None);
        }
        self.block(&closure.function.body);
        self.scopes.close();
        self.around.depth -= 1;
        self.around.branch = outer;
        self.around.closures.pop();
    }

    /// The arguments of `parallel`: closures, or items and one closure.
    pub(super) fn branches(&mut self, call: &'a FnCallExpr) {
        let item = match call.args.first().map(|items| self.kind_of(items)) {
            Some(Kind::Array(item)) => *item,
            _ => Kind::Unknown,
        };
        for argument in &call.args {
            match argument {
                Expr::Array(items, _) => {
                    for branch in items {
                        self.branch(branch, &Kind::Unknown);
                    }
                }
                one => self.branch(one, &item),
            }
        }
    }

    fn branch(&mut self, expr: &'a Expr, item: &Kind) {
        if let Some(closure) = self.closure_in(expr) {
            return self.closure(&closure, std::slice::from_ref(item), true);
        }
        self.branch_named(expr);
        self.expression(expr);
    }
}
