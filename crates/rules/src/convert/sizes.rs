//! How large and how deep a value is, counted as Rhai counts: with all that is nested.

use cuebook_core::limits;
use cuebook_core::value::Value;

use super::ConvertError;

/// Counts what a value is made of.
#[derive(Debug, Default)]
pub(super) struct Sizes {
    text: usize,
    array: usize,
    map: usize,
}

impl Sizes {
    pub(super) fn text(&mut self, bytes: usize) -> Result<(), ConvertError> {
        count(&mut self.text, bytes, limits::TEXT, "bytes of text")
    }

    pub(super) fn array(&mut self, items: usize) -> Result<(), ConvertError> {
        count(&mut self.array, items, limits::ARRAY, "array items")
    }

    pub(super) fn map(&mut self, members: usize) -> Result<(), ConvertError> {
        count(&mut self.map, members, limits::MAP, "map members")
    }
}

fn count(
    total: &mut usize,
    more: usize,
    limit: usize,
    what: &'static str,
) -> Result<(), ConvertError> {
    *total = total.saturating_add(more);
    if *total > limit {
        return Err(ConvertError::Size { what, limit });
    }
    Ok(())
}

/// Checks that a script can take `value`: its depth and its sizes.
pub(crate) fn check(value: &Value) -> Result<(), ConvertError> {
    measure(value, 0, &mut Sizes::default())
}

pub(super) fn measure(value: &Value, depth: usize, sizes: &mut Sizes) -> Result<(), ConvertError> {
    if depth >= limits::DEPTH && matches!(value, Value::Array(_) | Value::Map(_)) {
        return Err(ConvertError::Depth {
            limit: limits::DEPTH,
        });
    }
    match value {
        Value::Text(text) => sizes.text(text.len()),
        // Rhai counts bytes among the items of arrays.
        Value::Bytes(bytes) => sizes.array(bytes.len()),
        Value::Array(items) => {
            sizes.array(items.len())?;
            items
                .iter()
                .try_for_each(|item| measure(item, depth + 1, sizes))
        }
        Value::Map(map) => {
            sizes.map(map.len())?;
            map.iter().try_for_each(|(key, member)| {
                sizes.text(key.len())?;
                measure(member, depth + 1, sizes)
            })
        }
        _ => Ok(()),
    }
}
