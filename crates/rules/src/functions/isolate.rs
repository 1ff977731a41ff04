//! Copies a value so that it shares nothing with the original: closures carry what they captured along.

use std::collections::HashMap;

use cuebook_core::limits;
use rhai::{Array, Dynamic, FnPtr, Map};

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
        let Some(held) = cell.read_lock::<Dynamic>() else {
            return Err(invalid(
                "a captured variable cannot be copied into a branch while it is being changed",
            ));
        };
        let address = std::ptr::from_ref::<Dynamic>(&held).addr();
        if let Some(copy) = self.cells.get(&address) {
            return Ok(copy.clone());
        }
        let mut copy = Dynamic::UNIT.into_shared();
        self.cells.insert(address, copy.clone());
        let inner = self.copy_at(&held, depth + 1)?;
        if let Some(mut empty) = copy.write_lock::<Dynamic>() {
            *empty = inner;
        }
        Ok(copy)
    }
}
