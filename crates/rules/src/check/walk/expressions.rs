//! Expressions, and what they read.

use rhai::{Expr, FnCallExpr, OpAssignment, Position, Stmt};

use super::super::chain::{Step, flat};
use super::super::kind::Kind;
use super::{Walker, start_of_call};

impl<'a> Walker<'a> {
    /// An expression whose value is used.
    pub(in super::super) fn expression(&mut self, expr: &'a Expr) {
        if let Some(closure) = self.closure_in(expr) {
            return self.closure(&closure, &[], false);
        }
        match expr {
            Expr::Variable(variable, _, position) => {
                self.read(&variable.1, &variable.2, *position);
            }
            Expr::FnCall(call, position) if call.is_operator_call() => {
                self.operation(call, *position);
            }
            Expr::FnCall(call, position) => self.call(call, *position),
            Expr::Dot(..) | Expr::Index(..) => self.chain(expr),
            Expr::And(items, _) | Expr::Or(items, _) => {
                for item in items.iter() {
                    self.condition(item);
                }
            }
            Expr::Coalesce(items, _) => {
                for item in items.iter() {
                    self.expression(item);
                }
            }
            Expr::Array(items, _) => {
                for item in items {
                    self.expression(item);
                }
            }
            Expr::InterpolatedString(items, _) => {
                for item in items {
                    self.shown(item);
                    self.expression(item);
                }
            }
            Expr::Map(map, _) => {
                for (_, value) in &map.0 {
                    self.expression(value);
                }
            }
            Expr::Stmt(block) => self.block(block.statements()),
            _ => {}
        }
    }

    /// A condition of `if`, `while`, `&&`, `||`.
    pub(super) fn condition(&mut self, expr: &'a Expr) {
        self.expression(expr);
        self.true_or_false(expr);
    }

    fn operation(&mut self, call: &'a FnCallExpr, position: Position) {
        for argument in &call.args {
            self.send_used(argument);
            self.expression(argument);
        }
        if let ("!", Some(argument)) = (call.name.as_str(), call.args.first()) {
            self.true_or_false(argument);
        }
        self.compared(call, position);
        self.joined(call);
    }

    /// A call of a function.
    pub(super) fn call(&mut self, call: &'a FnCallExpr, position: Position) {
        let name = Self::name_of(call);
        let position = start_of_call(call, position);
        self.called(call, position);
        if name == "parallel" {
            return self.branches(call);
        }
        for argument in &call.args {
            self.send_used(argument);
            self.expression(argument);
        }
    }

    fn chain(&mut self, expr: &'a Expr) {
        let (base, links) = flat(expr);
        self.send_used(base);
        self.expression(base);
        let mut kind = self.kind_of(base);
        for link in &links {
            match link.step {
                Step::Index(index) => self.expression(index),
                Step::Method(call) => self.method(&kind, call, link.position),
                Step::Property(_) => {}
            }
            if link.is_optional {
                kind = Kind::Unknown;
            }
            self.looked_into(&kind, link);
            kind = self.kind_behind(&kind, link);
        }
    }

    fn method(&mut self, kind: &Kind, call: &'a FnCallExpr, position: Position) {
        self.method_called(kind, call, position);
        let item = match kind {
            Kind::Array(item) => (**item).clone(),
            _ => Kind::Unknown,
        };
        for argument in &call.args {
            self.send_used(argument);
            match self.closure_in(argument) {
                Some(closure) => {
                    self.kept(call, &closure);
                    self.closure(&closure, std::slice::from_ref(&item), false);
                }
                None => self.expression(argument),
            }
        }
    }

    /// What stands left of an assignment: it is not read, but what stands in its brackets is.
    pub(super) fn target(&mut self, expr: &'a Expr) {
        let (base, links) = flat(expr);
        if !matches!(base, Expr::Variable(..)) {
            self.expression(base);
        }
        for link in &links {
            match link.step {
                Step::Index(index) => self.expression(index),
                Step::Method(call) => call.args.iter().for_each(|arg| self.expression(arg)),
                Step::Property(_) => {}
            }
        }
    }

    pub(super) fn assigned(&mut self, operation: &OpAssignment, target: &'a Expr, value: &'a Expr) {
        let (base, links) = flat(target);
        let Expr::Variable(variable, _, position) = base else {
            return;
        };
        self.given_value(&variable.1, *position, !links.is_empty());
        self.send_used(value);
        if operation.is_op_assignment() && self.kind_of(value) == Kind::Secret {
            self.secret_as_text(value);
        }
    }

    /// The expression that a block of one statement is.
    pub(in super::super) fn only(expr: &'a Expr) -> &'a Expr {
        match expr {
            Expr::Stmt(block) => match block.statements() {
                [Stmt::Expr(inner)] => inner,
                _ => expr,
            },
            _ => expr,
        }
    }
}
