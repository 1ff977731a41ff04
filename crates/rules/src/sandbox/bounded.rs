//! Rhai's functions that allocate first and check their result later, or whose check overflows: the same, checked before.

use rhai::{
    Array, Dynamic, Engine, EvalAltResult, ImmutableString, Map, NativeCallContext, Position,
};

use crate::convert::to_value;
use crate::throw::{Thrown, invalid};

/// Registers them over those of Rhai's packages.
pub(super) fn register(engine: &mut Engine) {
    type Text = ImmutableString;
    type Context<'a> = NativeCallContext<'a>;

    engine
        .register_fn("pad", pad)
        .register_fn("pad", |c: Context, t: &mut Text, length: i64, by: &str| {
            pad_text(&c, t, length, by)
        })
        .register_fn("pad", |c: Context, t: &mut Text, length: i64, by: char| {
            pad_text(&c, t, length, by.encode_utf8(&mut [0; 4]))
        })
        .register_fn(
            "replace",
            |c: Context, t: &mut Text, find: &str, with: &str| replace(&c, t, find, with),
        )
        .register_fn(
            "replace",
            |c: Context, t: &mut Text, find: char, with: &str| {
                replace(&c, t, find.encode_utf8(&mut [0; 4]), with)
            },
        )
        .register_fn(
            "replace",
            |c: Context, t: &mut Text, find: &str, with: char| {
                replace(&c, t, find, with.encode_utf8(&mut [0; 4]))
            },
        )
        .register_fn(
            "replace",
            |c: Context, t: &mut Text, find: char, with: char| {
                replace(
                    &c,
                    t,
                    find.encode_utf8(&mut [0; 4]),
                    with.encode_utf8(&mut [0; 4]),
                )
            },
        )
        .register_fn("to_json", |map: &mut Map| {
            // Rhai's own goes into what closures captured, and never comes out of one that holds itself.
            let value = to_value(&Dynamic::from_map(map.clone()))?;
            Ok::<String, Thrown>(value.to_json().to_string())
        })
        .register_fn("to_chars", |c: Context, t: &str| {
            check(&c, t.chars().count())?;
            Ok::<Array, Thrown>(t.chars().map(Dynamic::from).collect())
        })
        .register_fn("split", |c: Context, t: &str| {
            check(&c, t.split_whitespace().count())?;
            Ok::<Array, Thrown>(pieces(t.split_whitespace()))
        })
        .register_fn("split", |c: Context, t: &str, by: &str| {
            split(&c, t, by, usize::MAX)
        })
        .register_fn("split", |c: Context, t: &str, by: char| {
            split(&c, t, by.encode_utf8(&mut [0; 4]), usize::MAX)
        })
        .register_fn("split", |c: Context, t: &str, by: &str, most: i64| {
            split(&c, t, by, at_least_one(most))
        })
        .register_fn("split", |c: Context, t: &str, by: char, most: i64| {
            split(&c, t, by.encode_utf8(&mut [0; 4]), at_least_one(most))
        })
        .register_fn("split_rev", |c: Context, t: &str, by: &str| {
            split_rev(&c, t, by, usize::MAX)
        })
        .register_fn("split_rev", |c: Context, t: &str, by: char| {
            split_rev(&c, t, by.encode_utf8(&mut [0; 4]), usize::MAX)
        })
        .register_fn("split_rev", |c: Context, t: &str, by: &str, most: i64| {
            split_rev(&c, t, by, at_least_one(most))
        })
        .register_fn("split_rev", |c: Context, t: &str, by: char, most: i64| {
            split_rev(&c, t, by.encode_utf8(&mut [0; 4]), at_least_one(most))
        });
}

/// With a large length and an item that is an array, Rhai's check overflows; what it then asks the allocator for would
/// end the process.
#[expect(clippy::needless_pass_by_value, reason = "Rhai hands the context over")]
fn pad(
    context: NativeCallContext,
    array: &mut Array,
    length: i64,
    item: Dynamic,
) -> Result<(), Thrown> {
    let length = usize::try_from(length).unwrap_or(0);
    if length <= array.len() {
        return Ok(());
    }
    check(&context, length)?;
    let more = length - array.len();
    let items = 1 + sizes(&item);
    check(&context, array.len() + items.saturating_mul(more))?;
    array.resize(length, item);
    Ok(())
}

/// Rhai's own never comes to an end when it pads by nothing, and counts characters where its limit counts bytes.
fn pad_text(
    context: &NativeCallContext,
    text: &mut ImmutableString,
    length: i64,
    by: &str,
) -> Result<(), Thrown> {
    let length = usize::try_from(length).unwrap_or(0);
    let own = text.chars().count();
    let Some(more) = length.checked_sub(own).filter(|more| *more > 0) else {
        return Ok(());
    };
    if by.is_empty() {
        return Err(invalid("pad by at least one character"));
    }
    let limit = context.engine().max_string_size();
    let room = limit.saturating_sub(text.len());
    let mut padded = String::from(text.as_str());
    for character in by.chars().cycle().take(more) {
        padded.push(character);
        if limit > 0 && padded.len() - text.len() > room {
            // As Rhai says it, and as little to be caught.
            return Err(Box::new(EvalAltResult::ErrorDataTooLarge(
                "Length of string".to_owned(),
                Position::NONE,
            )));
        }
    }
    *text = padded.into();
    Ok(())
}

/// How many items a value holds, arrays and maps taken together.
fn sizes(value: &Dynamic) -> usize {
    if let Some(items) = value.read_lock::<Array>() {
        return items.iter().map(|item| 1 + sizes(item)).sum();
    }
    if let Some(map) = value.read_lock::<rhai::Map>() {
        return map.values().map(|member| 1 + sizes(member)).sum();
    }
    value.as_blob_ref().map_or(0, |bytes| bytes.len())
}

fn replace(
    context: &NativeCallContext,
    text: &mut ImmutableString,
    find: &str,
    with: &str,
) -> Result<(), Thrown> {
    let found = text.matches(find).count();
    let length = (text.len() - found * find.len()).saturating_add(found.saturating_mul(with.len()));
    let limit = context.engine().max_string_size();
    if limit > 0 && length > limit {
        return Err(invalid(format!(
            "replace would make a string of {length} bytes: {limit} at most"
        )));
    }
    if found > 0 {
        *text = text.replace(find, with).into();
    }
    Ok(())
}

fn split(context: &NativeCallContext, text: &str, by: &str, most: usize) -> Result<Array, Thrown> {
    check(context, text.splitn(most, by).count())?;
    Ok(pieces(text.splitn(most, by)))
}

fn split_rev(
    context: &NativeCallContext,
    text: &str,
    by: &str,
    most: usize,
) -> Result<Array, Thrown> {
    check(context, text.rsplitn(most, by).count())?;
    Ok(pieces(text.rsplitn(most, by)))
}

fn pieces<'a>(pieces: impl Iterator<Item = &'a str>) -> Array {
    pieces
        .map(|piece| ImmutableString::from(piece).into())
        .collect()
}

fn at_least_one(most: i64) -> usize {
    usize::try_from(most).unwrap_or(1).max(1)
}

fn check(context: &NativeCallContext, count: usize) -> Result<(), Thrown> {
    let limit = context.engine().max_array_size();
    if limit > 0 && count > limit {
        return Err(invalid(format!(
            "this would make an array of {count} items: {limit} at most"
        )));
    }
    Ok(())
}
