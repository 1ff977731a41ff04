//! The variables that closures captured during a pass. Rhai shares such a variable with the closure by counting who holds
//! it; a closure that comes to hold itself (`m.f = || m`) would never be given back. So each is noted as it is captured,
//! and emptied when the pass has ended, whoever holds it then.
//!
//! A value that is noted is kept until then, and counts to the memory of the pass.

use std::cell::RefCell;
use std::collections::HashMap;

use rhai::Dynamic;

thread_local! {
    /// By the address of what is shared. `None` outside of a pass.
    static CELLS: RefCell<Option<HashMap<usize, Dynamic>>> = const { RefCell::new(None) };
}

/// Notes what is captured on this thread, until it is dropped: then all of it is emptied.
pub(crate) struct Noting(());

/// Begins to note.
pub(crate) fn begin() -> Noting {
    CELLS.set(Some(HashMap::new()));
    Noting(())
}

impl Drop for Noting {
    fn drop(&mut self) {
        let cells = CELLS.take();
        for (_, mut cell) in cells.into_iter().flatten() {
            empty(&mut cell);
        }
    }
}

/// Notes `value` if it is a variable that a closure captured.
pub(crate) fn note(value: &Dynamic) {
    if !value.is_shared() {
        return;
    }
    let Some(address) = address_of(value) else {
        return;
    };
    CELLS.with_borrow_mut(|cells| {
        if let Some(cells) = cells {
            cells.entry(address).or_insert_with(|| value.clone());
        }
    });
}

/// Empties a noted value before the end, since nobody needs it any more.
pub(crate) fn release(mut cell: Dynamic) {
    if let Some(address) = address_of(&cell) {
        CELLS.with_borrow_mut(|cells| cells.as_mut().and_then(|cells| cells.remove(&address)));
    }
    empty(&mut cell);
}

/// Where the content of a shared value is. `None` while it is being changed.
pub(crate) fn address_of(cell: &Dynamic) -> Option<usize> {
    let held = cell.read_lock::<Dynamic>()?;
    Some(std::ptr::from_ref::<Dynamic>(&held).addr())
}

/// Empties a shared value.
fn empty(cell: &mut Dynamic) {
    let held = cell
        .write_lock::<Dynamic>()
        .map(|mut held| std::mem::take(&mut *held));
    // Dropped only now that the lock is released: it may hold the cell itself.
    drop(held);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_noted_is_emptied_at_the_end_and_what_was_not_stays() {
        let noted = Dynamic::from_int(1).into_shared();
        let other = Dynamic::from_int(2).into_shared();
        let noting = begin();
        note(&noted);
        note(&Dynamic::from_int(3));
        assert_eq!(noted.as_int(), Ok(1));
        drop(noting);
        assert!(noted.flatten().is_unit());
        assert_eq!(other.as_int(), Ok(2));
    }
}
