//! Values as templates see them: a decimal prints with its scale, `()` prints as nothing, a secret as a mask.

use std::fmt;
use std::sync::Arc;

use cuebook_core::clock::Timestamp;
use cuebook_core::value::{Value, rfc3339};
use minijinja::value::{DynObject, Object, ObjectRepr};
use rust_decimal::Decimal;

/// The variable that holds the locale of the template being rendered. Data may have one of its own.
pub(super) const LOCALE: &str = "locale";

/// The variables of a template: the members of `data`, and the locale. `None` where `data` is no map.
pub(super) fn context(data: &Value, locale: &str) -> Option<minijinja::Value> {
    let members = match data {
        Value::Unit => None,
        Value::Map(members) => Some(members),
        _ => return None,
    };
    let locale = [(LOCALE.to_owned(), minijinja::Value::from(locale))];
    let members = members
        .into_iter()
        .flatten()
        .map(|(key, value)| (key.clone(), convert(value)));
    Some(minijinja::Value::from_pairs(
        locale.into_iter().chain(members),
    ))
}

/// `value` as a template sees it.
pub(super) fn convert(value: &Value) -> minijinja::Value {
    match value {
        Value::Unit => minijinja::Value::from(()),
        Value::Bool(yes) => minijinja::Value::from(*yes),
        Value::Int(int) => minijinja::Value::from(*int),
        Value::Decimal(decimal) => minijinja::Value::from_object(Exact(*decimal)),
        Value::Text(text) => minijinja::Value::from(text.as_str()),
        Value::Bytes(bytes) => minijinja::Value::from_bytes(bytes.clone()),
        Value::Time(at) => minijinja::Value::from_object(Instant(*at)),
        Value::Secret(_) => minijinja::Value::from("***"),
        Value::Array(items) => {
            minijinja::Value::from(items.iter().map(convert).collect::<Vec<_>>())
        }
        Value::Map(members) => minijinja::Value::from_pairs(
            members
                .iter()
                .map(|(key, value)| (key.as_str(), convert(value))),
        ),
    }
}

/// A decimal in a template.
#[derive(Debug)]
pub(super) struct Exact(pub(super) Decimal);

impl Object for Exact {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn is_true(self: &Arc<Self>) -> bool {
        !self.0.is_zero()
    }

    fn custom_cmp(self: &Arc<Self>, other: &DynObject) -> Option<std::cmp::Ordering> {
        Some(self.0.cmp(&other.downcast_ref::<Self>()?.0))
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// An instant in a template.
#[derive(Debug)]
pub(super) struct Instant(pub(super) Timestamp);

impl Object for Instant {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn custom_cmp(self: &Arc<Self>, other: &DynObject) -> Option<std::cmp::Ordering> {
        Some(self.0.cmp(&other.downcast_ref::<Self>()?.0))
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&rfc3339(self.0))
    }
}
