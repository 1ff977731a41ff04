//! Writes down that many events are to be replayed: the job, at its beginning. From nothing to `running`.
//!
//! The worker takes it from here (`step_replay`). If the process dies before the commit, nobody has asked for anything; if
//! after, the next process works it off.

use cuebook_core::clock::to_micros;
use cuebook_core::replay::Replay;
use cuebook_core::{Account, ReplayId};
use sea_orm::EntityTrait;
use serde_json::{Value as Json, json};

use crate::audit::{Change, Target};
use crate::entities::replays;
use crate::error::StoreError;
use crate::reading::selection_text;
use crate::statements::insert_all;
use crate::store::Store;
use crate::writer::{Applied, Order, Transition, Tx};

/// A request to replay.
pub(crate) struct BeginReplay(Replay);

impl Store {
    /// Begins a replay.
    pub async fn begin_replay(&self, replay: Replay) -> Result<(), StoreError> {
        self.change(BeginReplay(replay)).await
    }
}

impl Transition for BeginReplay {
    type Output = ();
    const ORDER: Order = Order::Admin;

    async fn apply(batch: &[Self], tx: &Tx<'_>) -> Applied<()> {
        let rows = batch.iter().map(|request| row(&request.0));
        insert_all(tx, rows.collect::<Result<Vec<_>, _>>()?).await?;
        Ok(batch.iter().map(|_| Ok(())).collect())
    }
}

impl Change for BeginReplay {
    fn target(&self) -> Target {
        Target::new("replay", &self.0.id)
    }

    async fn picture(&self, tx: &Tx<'_>) -> Result<Option<Json>, StoreError> {
        of_replay(tx, self.0.id).await
    }
}

/// A replay: where it stands. What it searches for is left out, which may be a person.
pub(super) async fn of_replay(tx: &Tx<'_>, id: ReplayId) -> Result<Option<Json>, StoreError> {
    let row = replays::Entity::find_by_id(id.0).one(tx.db).await?;
    Ok(row.map(|row| {
        json!({
            "state": row.state,
            "rule": row.rule,
            "version": row.version,
            "perform": row.perform,
            "total": row.total,
            "replayed": row.replayed,
        })
    }))
}

fn row(replay: &Replay) -> Result<replays::Model, StoreError> {
    let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    Ok(replays::Model {
        id: replay.id.0,
        account: Account::default().0,
        state: replay.state.as_str().to_owned(),
        ended_because: replay.ended_because.clone(),
        selection: selection_text(&replay.of)?,
        rule: replay.rule.as_ref().map(ToString::to_string),
        version: replay.version.as_str().to_owned(),
        perform: replay.perform,
        reason: replay.reason.clone(),
        key_id: replay.key_id.clone(),
        total: number(replay.total),
        replayed: number(replay.replayed),
        skipped: number(replay.skipped),
        created_at: to_micros(replay.created_at),
        ended_at: replay.ended_at.map(to_micros),
        position: replay.position.map(|id| id.0),
        newest: replay.newest.map(|id| id.0),
    })
}
