//! Statements, and the variables that they make.

use rhai::{ASTFlags, Expr, FlowControl, Position, Stmt};

use super::super::kind::Kind;
use super::super::scope::Role;
use super::Walker;

impl<'a> Walker<'a> {
    /// The statements of a block of its own.
    pub(in super::super) fn block(&mut self, statements: &'a [Stmt]) {
        self.scopes.open();
        self.statements(statements);
        let ended = self.scopes.close();
        self.unused_variables(&ended);
    }

    /// The statements of a block that is open already.
    pub(super) fn statements(&mut self, statements: &'a [Stmt]) {
        self.unreachable(statements);
        for statement in statements {
            self.statement(statement);
        }
    }

    fn statement(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Var(var, flags, _) => {
                let (ident, value, _) = &**var;
                self.expression(value);
                let role = if flags.contains(ASTFlags::CONSTANT) {
                    Role::Const
                } else {
                    Role::Let
                };
                self.made(&ident.name, ident.pos, role, value);
            }
            Stmt::Assignment(assignment) => {
                let (operation, pair) = &**assignment;
                self.expression(&pair.rhs);
                self.target(&pair.lhs);
                self.assigned(operation, &pair.lhs, &pair.rhs);
            }
            Stmt::FnCall(call, position) => self.call(call, *position),
            Stmt::Expr(expr) => {
                self.alone(expr);
                self.expression(expr);
            }
            Stmt::If(flow, _) => {
                self.condition(&flow.expr);
                self.block(flow.body.statements());
                self.block(flow.branch.statements());
            }
            Stmt::While(flow, position) => {
                self.endless(flow, *position);
                if !matches!(flow.expr, Expr::Unit(_)) {
                    self.condition(&flow.expr);
                }
                self.block(flow.body.statements());
            }
            Stmt::Do(flow, ..) => {
                self.block(flow.body.statements());
                self.condition(&flow.expr);
            }
            Stmt::For(each, _) => {
                let (ident, counter, flow) = &**each;
                self.each(
                    (&ident.name, ident.pos),
                    counter.as_ref().map(|c| (c.name.as_str(), c.pos)),
                    flow,
                );
            }
            other => self.rare(other),
        }
    }

    fn rare(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Switch(switch, position) => {
                let (expr, cases) = &**switch;
                self.expression(expr);
                self.cases(expr, *position);
                for case in &cases.expressions {
                    self.expression(&case.lhs);
                    self.expression(&case.rhs);
                }
            }
            Stmt::TryCatch(flow, _) => {
                self.block(flow.body.statements());
                self.scopes.open();
                if let Expr::Variable(variable, _, position) = &flow.expr {
                    self.add(&variable.1, *position, Role::Caught, Kind::Unknown, None);
                }
                self.block(flow.branch.statements());
                self.scopes.close();
            }
            Stmt::Return(Some(value), ..) | Stmt::BreakLoop(Some(value), ..) => {
                self.expression(value);
            }
            Stmt::Block(block) => self.block(block.statements()),
            Stmt::Import(import, _) => self.expression(&import.0),
            Stmt::Export(names, _) => {
                self.scopes.read(&names.0.name);
            }
            _ => {}
        }
    }

    /// A variable that is made with a value.
    fn made(&mut self, name: &'a str, position: Position, role: Role, value: &'a Expr) {
        self.shadowed(name, position);
        self.send_used(value);
        let kind = match self.kind_of(value) {
            // What a condition gives is one of several.
            Kind::Unit => Kind::Unknown,
            kind => kind,
        };
        self.add(name, position, role, kind, Some(value));
    }

    fn each(
        &mut self,
        (name, position): (&'a str, Position),
        counter: Option<(&'a str, Position)>,
        flow: &'a FlowControl,
    ) {
        self.expression(&flow.expr);
        let item = match self.kind_of(&flow.expr) {
            Kind::Array(item) => *item,
            _ => Kind::Unknown,
        };
        self.shadowed(name, position);
        self.scopes.open();
        self.add(name, position, Role::Loop, item, None);
        if let Some((name, position)) = counter {
            self.add(name, position, Role::Loop, Kind::Int, None);
        }
        self.block(flow.body.statements());
        let ended = self.scopes.close();
        self.unused_variables(&ended);
    }
}
