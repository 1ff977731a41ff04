//! What comes of an operator's decision: it was carried out, or the thing is in a state that does not allow it.

use cuebook_core::RunId;
use cuebook_core::run::RunState;
use sea_orm::{EntityTrait, QuerySelect};

use crate::entities::runs;
use crate::error::StoreError;
use crate::reading::word;
use crate::writer::Tx;

/// What came of an operator's decision about something that has a state `S`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operated<S> {
    /// It was carried out.
    Done,
    /// There is no such thing.
    NoSuch,
    /// Its state does not allow it; nothing was changed.
    NotIn(S),
}

/// A run that an operator decides about, locked where others may write too.
pub(super) async fn run_and_state(
    tx: &Tx<'_>,
    run: RunId,
) -> Result<Option<(runs::Model, RunState)>, StoreError> {
    let mut select = runs::Entity::find_by_id(run.0);
    if tx.is_shared() {
        select = select.lock_exclusive();
    }
    let Some(row) = select.one(tx.db).await? else {
        return Ok(None);
    };
    let state = word("run's state", &row.state, RunState::from_word)?;
    Ok(Some((row, state)))
}
