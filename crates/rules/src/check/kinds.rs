//! Which kind of value an expression gives, as far as a look at it tells.

use cuebook_core::events::{self, EventType};
use rhai::{Expr, FnCallExpr};

use super::chain::{Link, Step, flat};
use super::kind::{Kind, Types};
use super::literals::text_of;
use super::walk::Walker;

/// The properties of the answer of an HTTP call.
pub(super) const ANSWER: &[&str] = &["status", "headers", "body", "json", "captured"];

impl Walker<'_> {
    /// The kind of what an expression gives.
    pub(super) fn kind_of(&self, expr: &Expr) -> Kind {
        match expr {
            Expr::StringConstant(..) | Expr::InterpolatedString(..) => Kind::Text,
            Expr::IntegerConstant(..) => Kind::Int,
            Expr::BoolConstant(..) | Expr::And(..) | Expr::Or(..) => Kind::Bool,
            Expr::Unit(_) => Kind::Unit,
            Expr::Map(..) => Kind::Map,
            Expr::Array(items, _) => {
                let kinds = items.iter().map(|item| self.kind_of(item));
                let item = kinds.reduce(|one, other| one.or(&other));
                Kind::Array(Box::new(item.unwrap_or(Kind::Unknown)))
            }
            Expr::DynamicConstant(value, _) => match value.type_name() {
                "decimal" => Kind::Decimal,
                "Fn" => Kind::Function,
                _ => Kind::Unknown,
            },
            Expr::Variable(variable, ..) if variable.2.is_empty() => {
                self.kind_of_variable(&variable.1)
            }
            Expr::FnCall(call, _) if call.is_operator_call() => self.kind_of_operation(call),
            Expr::FnCall(call, _) => self.kind_of_call(call),
            Expr::Dot(..) | Expr::Index(..) => {
                let (base, links) = flat(expr);
                let mut kind = self.kind_of(base);
                for link in &links {
                    kind = self.kind_behind(&kind, link);
                }
                kind
            }
            _ => Kind::Unknown,
        }
    }

    fn kind_of_variable(&self, name: &str) -> Kind {
        match self.scopes.get(name) {
            Some(variable) => variable.kind.clone(),
            None if name == "event" => Kind::Event(self.subject.types()),
            None => Kind::Unknown,
        }
    }

    fn kind_of_operation(&self, call: &FnCallExpr) -> Kind {
        let kinds: Vec<Kind> = call.args.iter().map(|arg| self.kind_of(arg)).collect();
        match (call.name.as_str(), kinds.as_slice()) {
            ("==" | "!=" | "<" | "<=" | ">" | ">=" | "!", _) => Kind::Bool,
            ("+", [one, other]) if one.is_text() || other.is_text() => Kind::Text,
            ("+" | "-" | "*" | "/" | "%" | "**", [one, other])
                if one.is_number() && other.is_number() =>
            {
                if [one, other].contains(&&Kind::Decimal) {
                    Kind::Decimal
                } else {
                    Kind::Int
                }
            }
            ("-" | "+", [one]) if one.is_number() => one.clone(),
            _ => Kind::Unknown,
        }
    }

    /// The kind of what a call gives.
    pub(super) fn kind_of_call(&self, call: &FnCallExpr) -> Kind {
        let name = Self::name_of(call);
        match name.as_str() {
            "wait_for" => {
                let types = call.args.first().and_then(types_in);
                Kind::Event(types.unwrap_or_default())
            }
            "events::list" => Kind::Array(Box::new(Kind::Event(Types::default()))),
            "ticketpark::get" => Kind::Unknown,
            "ticketpark::list" => Kind::Array(Box::new(Kind::Record)),
            "secret" => Kind::Secret,
            "parallel" => Kind::Array(Box::new(Kind::Unknown)),
            "type_of" => Kind::Text,
            name => match self.known.answer(name) {
                Kind::Map if name.starts_with("ticketpark::") => Kind::Record,
                _ if self.script.defines(name) => Kind::Unknown,
                kind => kind,
            },
        }
    }

    /// The kind of what a link gives, asked of a value of this kind.
    pub(super) fn kind_behind(&self, kind: &Kind, link: &Link<'_>) -> Kind {
        match (&link.step, kind) {
            (Step::Property(name), kind) => property(kind, name),
            (Step::Index(_), Kind::Array(item)) => (**item).clone(),
            (Step::Index(Expr::StringConstant(name, _)), Kind::Record) => {
                property(kind, name.as_str())
            }
            (Step::Method(call), kind) => self.kind_of_method(kind, call),
            _ => Kind::Unknown,
        }
    }

    fn kind_of_method(&self, kind: &Kind, call: &FnCallExpr) -> Kind {
        if self.script.defines(&call.name) || *kind == Kind::Unknown {
            return Kind::Unknown;
        }
        match (call.name.as_str(), kind) {
            ("len", _) => Kind::Int,
            ("to_string", _) => Kind::Text,
            ("is_empty" | "contains" | "starts_with" | "ends_with", _)
            | ("all" | "some", Kind::Array(_)) => Kind::Bool,
            ("filter", Kind::Array(_)) => kind.clone(),
            ("map", Kind::Array(_)) | ("values", _) => Kind::Array(Box::new(Kind::Unknown)),
            ("keys", _) => Kind::Array(Box::new(Kind::Text)),
            ("split", kind) if kind.is_text() => Kind::Array(Box::new(Kind::Text)),
            ("to_upper" | "to_lower" | "sub_string", kind) if kind.is_text() => Kind::Text,
            ("to_int", kind) if kind.is_number() => Kind::Int,
            _ => Kind::Unknown,
        }
    }
}

/// The kind of a property.
fn property(kind: &Kind, name: &str) -> Kind {
    match (kind, name) {
        (Kind::Event(types), "payload") => Kind::Payload(types.clone()),
        (Kind::Event(_), "type") => Kind::TypeName,
        (Kind::Event(_), "id" | "origin" | "trust") | (Kind::Http, "body") => Kind::Text,
        (Kind::Event(_), "subject") => Kind::Pid,
        (Kind::Event(_), "received_at") => Kind::Time,
        (Kind::Payload(types), name) => {
            let kinds = types.fields().filter(|field| field.name == name);
            let kinds = kinds.map(|field| Kind::of_field(field.kind));
            kinds
                .reduce(|one, other| one.or(&other))
                .unwrap_or(Kind::Unknown)
        }
        (Kind::Http, "status") | (Kind::Array(_) | Kind::Text | Kind::Pid, "len") => Kind::Int,
        (Kind::Http, "headers") => Kind::Map,
        (Kind::Record, name) if name == "pid" || name.ends_with("_pid") => Kind::Pid,
        _ => Kind::Unknown,
    }
}

/// The types of events that a text or an array of texts names; `None` where not all are plain to see and known.
pub(super) fn types_in(expr: &Expr) -> Option<Types> {
    let named = |expr: &Expr| EventType::from_wire(text_of(expr)?.0).descriptor();
    match expr {
        Expr::Array(items, _) => items.iter().map(named).collect::<Option<_>>().map(Types),
        one => Some(Types(vec![named(one)?])),
    }
}

/// What is known of types by their names; nothing if any of them is not known.
pub(super) fn types_named<'n>(names: impl Iterator<Item = &'n str>) -> Types {
    let known = names.map(|name| EventType::from_wire(name).descriptor());
    Types(known.collect::<Option<_>>().unwrap_or_default())
}

/// The names of all types of events that are known.
pub(super) fn type_names() -> impl Iterator<Item = &'static str> {
    events::ALL.iter().map(|descriptor| descriptor.name)
}
