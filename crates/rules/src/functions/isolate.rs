//! Copies a value so that it shares nothing with the original: closures carry what they captured along.

use std::collections::HashMap;

use cuebook_core::limits;
use rhai::{Array, Dynamic, FnPtr, Map};

use crate::host::cells;
use crate::throw::{Thrown, invalid};

/// Copies that belong together: what two of the originals share, the two copies share too.
#[derive(Default)]
pub(crate) struct Copies {
    /// The copies of shared cells, by the address of the original.
    cells: HashMap<usize, Dynamic>,
}

impl Copies {
    /// A copy of `value` that shares nothing with it, whatever closures in it captured.
    pub(crate) fn copy(&mut self, value: &Dynamic) -> Result<Dynamic, Thrown> {
        self.copy_at(value, 0)
    }

    /// Empties the copies, for when nobody needs them any more. Not if `result` has closures in it, which do.
    pub(crate) fn untie(self, result: &Dynamic) {
        if !holds_closures(result, 0) {
            self.cells.into_values().for_each(cells::release);
        }
    }

    fn copy_at(&mut self, value: &Dynamic, depth: usize) -> Result<Dynamic, Thrown> {
        if depth > limits::DEPTH {
            return Err(invalid(
                "a value is nested too deep to be copied into a branch",
            ));
        }
        if value.is_shared() {
            return self.copy_cell(value, depth);
        }
        if let Some(items) = value.read_lock::<Array>() {
            let items: Result<_, _> = items
                .iter()
                .map(|item| self.copy_at(item, depth + 1))
                .collect();
            return items.map(Dynamic::from_array);
        }
        if let Some(map) = value.read_lock::<Map>() {
            let members: Result<_, Thrown> = map
                .iter()
                .map(|(key, member)| Ok((key.clone(), self.copy_at(member, depth + 1)?)))
                .collect();
            return members.map(Dynamic::from_map);
        }
        if let Some(closure) = value.read_lock::<FnPtr>() {
            let captured: Result<Vec<Dynamic>, _> = closure
                .iter_curry()
                .map(|value| self.copy_at(value, depth + 1))
                .collect();
            let mut closure = closure.clone();
            closure.set_curry(captured?);
            return Ok(Dynamic::from(closure));
        }
        Ok(value.clone())
    }

    /// A cell that closures share: they share the copy as well, and one that holds itself is copied once.
    fn copy_cell(&mut self, cell: &Dynamic, depth: usize) -> Result<Dynamic, Thrown> {
        let being_changed = || {
            invalid("a captured variable cannot be copied into a branch while it is being changed")
        };
        let address = cells::address_of(cell).ok_or_else(being_changed)?;
        if let Some(copy) = self.cells.get(&address) {
            return Ok(copy.clone());
        }
        let held = cell.read_lock::<Dynamic>().ok_or_else(being_changed)?;
        let mut copy = Dynamic::UNIT.into_shared();
        cells::note(&copy);
        self.cells.insert(address, copy.clone());
        let inner = self.copy_at(&held, depth + 1)?;
        if let Some(mut empty) = copy.write_lock::<Dynamic>() {
            *empty = inner;
        }
        Ok(copy)
    }
}

fn holds_closures(value: &Dynamic, depth: usize) -> bool {
    if depth > limits::DEPTH || value.is_fnptr() || value.is_shared() {
        return true;
    }
    if let Some(items) = value.read_lock::<Array>() {
        return items.iter().any(|item| holds_closures(item, depth + 1));
    }
    let map = value.read_lock::<Map>();
    map.is_some_and(|map| map.values().any(|member| holds_closures(member, depth + 1)))
}
