//! A replay ends before it has come to its end: `running` → `cancelled`, by a person, or `failed`, since it cannot go on.
//!
//! What was replayed already stays, and runs. If the process dies before the commit, the replay goes on.

use cuebook_core::ReplayId;
use cuebook_core::clock::to_micros;
use cuebook_core::replay::ReplayState;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use serde_json::Value as Json;

use super::begin_replay::of_replay;
use super::operated::Operated;
use crate::audit::{Change, Target};
use crate::entities::replays;
use crate::error::StoreError;
use crate::reading::word;
use crate::store::Store;
use crate::writer::{Applied, Order, Transition, Tx};

/// A request to end a replay.
pub(crate) struct EndReplay {
    replay: ReplayId,
    state: ReplayState,
    because: Option<String>,
}

impl Store {
    /// Ends a replay by a person's will.
    pub async fn cancel_replay(
        &self,
        replay: ReplayId,
        because: Option<String>,
    ) -> Result<Operated<ReplayState>, StoreError> {
        let state = ReplayState::Cancelled;
        self.change(EndReplay {
            replay,
            state,
            because,
        })
        .await
    }

    /// Ends a replay that cannot go on.
    pub async fn fail_replay(
        &self,
        replay: ReplayId,
        because: impl Into<String>,
    ) -> Result<Operated<ReplayState>, StoreError> {
        let state = ReplayState::Failed;
        let because = Some(because.into());
        self.change(EndReplay {
            replay,
            state,
            because,
        })
        .await
    }
}

impl Transition for EndReplay {
    type Output = Operated<ReplayState>;
    const ORDER: Order = Order::Admin;

    async fn apply(batch: &[Self], tx: &Tx<'_>) -> Applied<Operated<ReplayState>> {
        let mut results = Vec::with_capacity(batch.len());
        for request in batch {
            results.push(Ok(end(tx, request).await?));
        }
        Ok(results)
    }
}

impl Change for EndReplay {
    fn target(&self) -> Target {
        Target::new("replay", &self.replay)
    }

    async fn picture(&self, tx: &Tx<'_>) -> Result<Option<Json>, StoreError> {
        of_replay(tx, self.replay).await
    }
}

async fn end(tx: &Tx<'_>, request: &EndReplay) -> Result<Operated<ReplayState>, StoreError> {
    let mut select = replays::Entity::find_by_id(request.replay.0);
    if tx.is_shared() {
        select = select.lock_exclusive();
    }
    let Some(row) = select.one(tx.db).await? else {
        return Ok(Operated::NoSuch);
    };
    let state = word("replay's state", &row.state, ReplayState::from_word)?;
    if state != ReplayState::Running {
        return Ok(Operated::NotIn(state));
    }
    replays::Entity::update_many()
        .col_expr(replays::Column::State, Expr::value(request.state.as_str()))
        .col_expr(
            replays::Column::EndedBecause,
            Expr::value(request.because.clone()),
        )
        .col_expr(
            replays::Column::EndedAt,
            Expr::value(Some(to_micros(tx.now))),
        )
        .col_expr(
            replays::Column::Selection,
            Expr::value(forget_texts(&row.selection)?),
        )
        .filter(replays::Column::Id.eq(row.id))
        .exec(tx.db)
        .await?;
    Ok(Operated::Done)
}

/// A selection without the text that was searched for, which may name a person: nobody needs it after the end.
pub(super) fn forget_texts(selection: &[u8]) -> Result<Vec<u8>, StoreError> {
    let unreadable =
        |error: serde_json::Error| StoreError::unreadable("replay's selection", error.to_string());
    let mut json: Json = serde_json::from_slice(selection).map_err(unreadable)?;
    if let Some(filter) = json.get_mut("filter").and_then(Json::as_object_mut) {
        filter.remove("q");
    }
    serde_json::to_vec(&json).map_err(unreadable)
}
