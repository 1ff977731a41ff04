//! What stands in one function: which functions it calls, and how it comes to its end.

use cuebook_core::journal::StepKind;
use rhai::{ASTFlags, ASTNode, Expr, FnCallExpr, FnPtr, Position, Stmt};

use super::super::imports::Imports;
use super::super::known::Known;
use super::super::script::Function;
use super::super::walk::Walker;
use super::{Deed, Key, Wait, is_seen};

/// Functions that end the run.
pub(in super::super) const ENDS: &[&str] = &["skip", "fail", "retry_in"];

/// What a function does in one statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) enum Did {
    /// It asks for something outside.
    Step(StepKind, String),
    /// It calls a function that rules have written.
    Call(Key),
}

/// What stands in one function.
pub(super) struct Facts {
    /// Which function it is.
    pub(super) key: Key,
    /// What its statements certainly do, in order, as long as none of them can leave it.
    pub(super) did: Vec<Did>,
    /// All that it calls, and whether that depends on something.
    calls: Vec<(Did, bool)>,
    /// The way to its end.
    end: End,
    /// What its last statement is, if its value is that of the function.
    gives: Option<Did>,
}

/// Whether statements end the run.
enum End {
    /// They do not, or not always.
    No,
    /// They do.
    Yes,
    /// They do if one of these does.
    Any(Vec<End>),
    /// They do if both do.
    Both(Box<(End, End)>),
    /// They do if this function does.
    Call(Key),
}

/// What finds out what stands in a function.
struct Reader<'a> {
    file: &'a str,
    /// All functions of the file.
    own: &'a [Function],
    imports: &'a Imports,
    known: &'a Known,
}

impl Facts {
    /// What stands in each function of `file`.
    pub(super) fn of_all(
        file: &str,
        own: &[Function],
        imports: &Imports,
        known: &Known,
    ) -> Vec<Self> {
        let reader = Reader {
            file,
            own,
            imports,
            known,
        };
        own.iter()
            .map(|function| Self::of(&reader, function))
            .collect()
    }

    fn of(reader: &Reader<'_>, function: &Function) -> Self {
        let leaves_early = function.body.iter().any(may_leave);
        let certain = function.body.iter().take_while(|one| !may_leave(one));
        Self {
            key: Key::of(reader.file, function),
            did: certain
                .filter_map(|statement| reader.did(call_of(statement)?.0))
                .collect(),
            calls: reader.calls(&function.body),
            end: reader.end(&function.body),
            gives: match function.body.last() {
                Some(last) if !leaves_early => call_alone(last).and_then(|call| reader.did(call)),
                _ => None,
            },
        }
    }

    /// What the function does, if those that it calls do what `deeds` says.
    pub(super) fn deed<'a>(&self, deeds: &dyn Fn(&Key) -> Option<&'a Deed>) -> Deed {
        let of = |did: &Did| match did {
            Did::Call(key) => deeds(key),
            Did::Step(..) => None,
        };
        let waits = self.calls.iter().filter_map(|(did, is_conditional)| {
            let wait = match did {
                Did::Step(StepKind::Wait, name) => Wait {
                    function: name.clone(),
                    is_conditional: false,
                },
                Did::Step(..) => return None,
                Did::Call(_) => of(did)?.waits.clone()?,
            };
            Some(Wait {
                is_conditional: wait.is_conditional || *is_conditional,
                ..wait
            })
        });
        Deed {
            // One that waits in any case says most.
            waits: waits.min_by_key(|wait| wait.is_conditional),
            ends_run: self.end.is_reached(deeds),
            gives_send: match &self.gives {
                Some(Did::Step(StepKind::Send, name)) => Some(name.clone()),
                Some(did) => of(did).and_then(|deed| deed.gives_send.clone()),
                None => None,
            },
        }
    }
}

impl End {
    fn is_reached<'a>(&self, deeds: &dyn Fn(&Key) -> Option<&'a Deed>) -> bool {
        match self {
            Self::No => false,
            Self::Yes => true,
            Self::Any(ends) => ends.iter().any(|end| end.is_reached(deeds)),
            Self::Both(both) => both.0.is_reached(deeds) && both.1.is_reached(deeds),
            Self::Call(key) => deeds(key).is_some_and(|deed| deed.ends_run),
        }
    }
}

impl Reader<'_> {
    /// What a call does.
    fn did(&self, call: &FnCallExpr) -> Option<Did> {
        let name = Walker::name_of(call);
        match self.known.kind(&name) {
            Some(kind) if !self.defines(&name) => {
                is_seen(kind, &name).then_some(Did::Step(kind, name))
            }
            _ => Key::called(self.file, call, self.imports).map(Did::Call),
        }
    }

    /// All calls below `statements`, in whatever they stand.
    fn calls(&self, statements: &[Stmt]) -> Vec<(Did, bool)> {
        let mut found = Vec::new();
        for statement in statements {
            let mut path = Vec::new();
            statement.walk(&mut path, &mut |nodes: &[ASTNode<'_>]| {
                let Some((node, around)) = nodes.split_last() else {
                    return true;
                };
                let (ASTNode::Stmt(Stmt::FnCall(call, _))
                | ASTNode::Expr(Expr::FnCall(call, _) | Expr::MethodCall(call, _))) = node
                else {
                    return true;
                };
                let is_conditional = around.iter().any(is_condition);
                found.extend(self.did(call).map(|did| (did, is_conditional)));
                // A closure that is handed over is called.
                for closure in call.args.iter().filter_map(closure_of) {
                    found.push((Did::Call(Key::closure(self.file, &closure)), true));
                }
                true
            });
        }
        found
    }

    fn defines(&self, name: &str) -> bool {
        self.own.iter().any(|function| function.name == name)
    }

    /// How statements come to their end.
    fn end(&self, statements: &[Stmt]) -> End {
        let mut ends = Vec::new();
        for statement in statements {
            ends.push(self.end_of(statement));
            if may_leave(statement) {
                break;
            }
        }
        End::Any(ends)
    }

    fn end_of(&self, statement: &Stmt) -> End {
        if let Some(call) = call_alone(statement) {
            return match self.did(call) {
                Some(Did::Call(key)) if call.is_qualified() || self.defines(&call.name) => {
                    End::Call(key)
                }
                _ if ENDS.contains(&call.name.as_str()) => End::Yes,
                _ => End::No,
            };
        }
        match statement {
            Stmt::Return(_, flags, _) if flags.contains(ASTFlags::BREAK) => End::Yes,
            Stmt::If(flow, _) => End::Both(Box::new((
                self.end(flow.body.statements()),
                self.end(flow.branch.statements()),
            ))),
            Stmt::Block(block) => self.end(block.statements()),
            _ => End::No,
        }
    }
}

/// The call that a statement is, or that it puts into a variable.
pub(in super::super) fn call_of(statement: &Stmt) -> Option<(&FnCallExpr, Position)> {
    let expr = match statement {
        Stmt::FnCall(call, position) => return Some((call, *position)),
        Stmt::Expr(expr) => expr,
        Stmt::Var(var, ..) => &var.1,
        _ => return None,
    };
    match expr {
        Expr::FnCall(call, position) if !call.is_operator_call() => Some((call, *position)),
        _ => None,
    }
}

/// The call that a statement is.
fn call_alone(statement: &Stmt) -> Option<&FnCallExpr> {
    match statement {
        Stmt::Var(..) => None,
        other => call_of(other).map(|(call, _)| call),
    }
}

/// The name of the closure that an argument is.
fn closure_of(expr: &Expr) -> Option<String> {
    match expr {
        Expr::DynamicConstant(value, _) => Some(value.read_lock::<FnPtr>()?.fn_name().to_owned()),
        Expr::Stmt(block) => {
            let [Stmt::Share(_), Stmt::Expr(curried)] = block.statements() else {
                return None;
            };
            let Expr::FnCall(call, _) = &**curried else {
                return None;
            };
            closure_of(call.args.first()?)
        }
        _ => None,
    }
}

/// Whether what stands within depends on something.
fn is_condition(node: &ASTNode<'_>) -> bool {
    matches!(
        node,
        ASTNode::Stmt(Stmt::If(..) | Stmt::Switch(..) | Stmt::While(..) | Stmt::TryCatch(..))
            | ASTNode::Expr(Expr::And(..) | Expr::Or(..) | Expr::Coalesce(..))
    )
}

/// Whether a statement may leave the function, or the loop that it is in.
fn may_leave(statement: &Stmt) -> bool {
    let mut leaves = false;
    let mut path = Vec::new();
    statement.walk(&mut path, &mut |nodes: &[ASTNode<'_>]| {
        leaves |= match nodes.last() {
            Some(ASTNode::Stmt(Stmt::Return(_, flags, _))) => !flags.contains(ASTFlags::BREAK),
            Some(ASTNode::Stmt(Stmt::BreakLoop(..))) => true,
            _ => false,
        };
        !leaves
    });
    leaves
}
