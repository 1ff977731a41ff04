//! Copies a value so that it shares nothing with any other: closures carry what they captured along.

use cuebook_core::limits;
use rhai::{Dynamic, FnPtr};

use crate::throw::{Thrown, invalid};

/// A copy of `value` that shares nothing, whatever closures in it captured.
pub(crate) fn isolate(value: &Dynamic) -> Result<Dynamic, Thrown> {
    isolate_at(value, 0)
}

fn isolate_at(value: &Dynamic, depth: usize) -> Result<Dynamic, Thrown> {
    if depth > limits::DEPTH {
        return Err(invalid(
            "a value is nested too deep to be copied: does a closure hold itself?",
        ));
    }
    let flat = value.flatten_clone();
    if let Some(items) = flat.read_lock::<rhai::Array>() {
        let items: Result<_, _> = items
            .iter()
            .map(|item| isolate_at(item, depth + 1))
            .collect();
        return items.map(Dynamic::from_array);
    }
    if let Some(map) = flat.read_lock::<rhai::Map>() {
        let members: Result<_, Thrown> = map
            .iter()
            .map(|(key, member)| Ok((key.clone(), isolate_at(member, depth + 1)?)))
            .collect();
        return members.map(Dynamic::from_map);
    }
    if let Some(closure) = flat.read_lock::<FnPtr>() {
        let captured: Result<Vec<Dynamic>, _> = closure
            .iter_curry()
            .map(|value| isolate_at(value, depth + 1))
            .collect();
        let mut closure = closure.clone();
        closure.set_curry(captured?);
        return Ok(Dynamic::from(closure));
    }
    Ok(flat)
}
