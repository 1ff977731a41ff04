//! Sorting by a function of the script: `sort`, `sort_by`, `order` and `order_by`.
//!
//! Rhai's own swallows what the function throws, goes on asking when the script has been stopped (a million times, for a
//! large array), and may give up on a function that knows no order. This one ends with the first error, and gives the
//! same for the same questions: a replay depends on it.

use std::cmp::Ordering;

use rhai::{Array, Dynamic, Engine, FnPtr, NativeCallContext};

use crate::convert::kind_of;
use crate::host::gauge;
use crate::throw::{Thrown, halt, invalid};

/// Registers them over those of Rhai's packages.
pub(super) fn register(engine: &mut Engine) {
    for name in ["sort", "sort_by"] {
        engine.register_fn(
            name,
            |context: NativeCallContext, array: &mut Array, by: FnPtr| {
                *array = sorted(&context, array, &by)?;
                Ok::<_, Thrown>(())
            },
        );
    }
    for name in ["order", "order_by"] {
        engine.register_fn(
            name,
            |context: NativeCallContext, array: &mut Array, by: FnPtr| sorted(&context, array, &by),
        );
    }
}

/// The items of `array` in the order that `by` gives them; equal ones stay as they stand.
fn sorted(context: &NativeCallContext, array: &Array, by: &FnPtr) -> Result<Array, Thrown> {
    let mut places: Vec<usize> = (0..array.len()).collect();
    let mut room = places.clone();
    let mut run = 1;
    while run < places.len() {
        for begin in (0..places.len()).step_by(run * 2) {
            let middle = (begin + run).min(places.len());
            let end = (begin + run * 2).min(places.len());
            let (left, right) = (&places[begin..middle], &places[middle..end]);
            merge(left, right, &mut room[begin..end], |left, right| {
                compare(context, by, &array[left], &array[right])
            })?;
        }
        std::mem::swap(&mut places, &mut room);
        run *= 2;
    }
    Ok(places.iter().map(|place| array[*place].clone()).collect())
}

/// Puts two sorted runs together.
fn merge(
    left: &[usize],
    right: &[usize],
    into: &mut [usize],
    mut compare: impl FnMut(usize, usize) -> Result<Ordering, Thrown>,
) -> Result<(), Thrown> {
    let (mut left, mut right) = (left.iter().peekable(), right.iter().peekable());
    for slot in into {
        let next = match (left.peek(), right.peek()) {
            (Some(first), Some(second)) if compare(**first, **second)? == Ordering::Greater => {
                right.next()
            }
            (Some(_), _) => left.next(),
            (None, _) => right.next(),
        };
        if let Some(next) = next {
            *slot = *next;
        }
    }
    Ok(())
}

/// Below 0 or `true`: the first stands before the second.
fn compare(
    context: &NativeCallContext,
    by: &FnPtr,
    first: &Dynamic,
    second: &Dynamic,
) -> Result<Ordering, Thrown> {
    let answer = by.call_raw(context, None, [first.clone(), second.clone()])?;
    if gauge::is_stopped() {
        return Err(halt());
    }
    if let Ok(number) = answer.as_int() {
        return Ok(number.cmp(&0));
    }
    match answer.as_bool() {
        Ok(true) => Ok(Ordering::Less),
        Ok(false) => Ok(Ordering::Greater),
        Err(_) => Err(invalid(format!(
            "the function that an array is sorted by has to give a number or a bool, not {}",
            kind_of(&answer)
        ))),
    }
}
