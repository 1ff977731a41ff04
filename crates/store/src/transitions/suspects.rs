//! Runs that a process held when it died, and that had recorded nothing since it took them: one of them may be what killed
//! it, and nobody knows which. All of them took part in the same death, so the number of deaths alone accuses the innocent.
//!
//! Therefore, taken up again, they come a few at a time, and those that took part in a second death one by one, and first
//! without anybody else: whoever is in hand alone at a third is guilty. A suspect that records something is one no more, and
//! makes room for the next. How long others wait for one that is alone is the worker's to bound: the next claim has them.

use sea_orm::sea_query::{Expr, ExprTrait, LockBehavior, LockType};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QuerySelect,
};
use uuid::Uuid;

use super::claim_runs::{Among, ready};
use super::stop::StoppedRules;
use crate::entities::runs;
use crate::error::StoreError;
use crate::statements::word;
use crate::writer::Tx;

/// So many that took part in one death are in hand at a time.
const AFTER_ONE_DEATH: usize = 4;

#[derive(FromQueryResult)]
struct Suspect {
    id: Uuid,
    claims: i32,
}

/// The suspects of one claim.
#[derive(Default)]
pub(super) struct Claimable {
    /// Which they are.
    pub(super) runs: Vec<Uuid>,
    /// Whether nothing else is to be claimed with them.
    pub(super) alone: bool,
}

/// The suspects that may be claimed now, at most `wanted`.
pub(super) async fn claimable(
    tx: &Tx<'_>,
    wanted: u64,
    stopped: &StoppedRules,
) -> Result<Claimable, StoreError> {
    if tx.known.no_suspects() {
        return Ok(Claimable::default());
    }
    let some = Ord::min(wanted, AFTER_ONE_DEATH as u64);
    let mut select = ready(some, stopped, Among::Suspects);
    if tx.is_shared() {
        select.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
    }
    let found = Suspect::find_by_statement(tx.db.get_database_backend().build(&select));
    let found = found.all(tx.db).await?;
    let Some(first) = found.first() else {
        // Where a rule is stopped, its suspects were not looked for.
        tx.known.learn_suspects(!stopped.rules.is_empty());
        return Ok(Claimable::default());
    };
    let in_hand = in_hand(tx).await?;
    let room = if in_hand.iter().any(|claims| is_second_death(claims - 1)) {
        0
    } else if is_second_death(first.claims) {
        usize::from(in_hand.is_empty())
    } else {
        AFTER_ONE_DEATH.saturating_sub(in_hand.len())
    };
    Ok(Claimable {
        alone: room > 0 && is_second_death(first.claims),
        runs: found.into_iter().take(room).map(|row| row.id).collect(),
    })
}

/// Whether a run that was claimed so often and recorded nothing took part in more than one death.
fn is_second_death(claims: i32) -> bool {
    claims > 1
}

/// The claims of the suspects that somebody has.
async fn in_hand(tx: &Tx<'_>) -> Result<Vec<i32>, StoreError> {
    let claims = runs::Entity::find()
        .select_only()
        .column(runs::Column::Claims)
        .filter(Expr::col(runs::Column::State).eq(word("running")))
        .filter(runs::Column::Claims.gt(1))
        .into_tuple()
        .all(tx.db)
        .await?;
    Ok(claims)
}
