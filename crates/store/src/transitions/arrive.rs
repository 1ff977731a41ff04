//! Notes that a database was restored or copied: everything stops, what was in hand is given back, and after a restore
//! whatever is due is in doubt. In one transaction: a database is either noted so or not to be used.

use cuebook_core::clock::{from_micros, to_micros};
use cuebook_core::effect::AttemptOutcome;
use sea_orm::{ConnectionTrait, EntityTrait, Statement};
use uuid::Uuid;

use super::give_back::{Whose, give_back};
use super::stop::stop_everything;
use crate::entities::{effect_attempts, nodes, runs};
use crate::error::StoreError;
use crate::installation::{ARRIVAL, Arrival, ArrivedBy, RESTORED_AT, set_fact};
use crate::statements::insert_missing;
use crate::writer::{Applied, Order, Transition, Tx};

/// The number of the attempt that nobody here has seen.
const BEFORE_ALL: i32 = 0;
/// What is said of what was due when the backup was taken.
const DUE: &str = "restored from a backup: it may have been done after the backup was taken";
/// What is said of what a run of the backup asks for afterwards.
const AGAIN: &str =
    "its run was restored from a backup: it may have done this already, after the backup was taken";

/// A request to note it.
pub(crate) struct Arrive(pub(crate) Arrival);

impl Transition for Arrive {
    type Output = ();
    const ORDER: Order = Order::Admin;

    async fn apply(batch: &[Self], tx: &Tx<'_>) -> Applied<()> {
        for Self(arrival) in batch {
            stop_everything(tx, arrival.at).await?;
            // Nobody who worked on it does so any more.
            nodes::Entity::delete_many().exec(tx.db).await?;
            give_back(tx, Whose::Everybodys).await?;
            if arrival.by == ArrivedBy::Restored {
                doubt_what_is_due(tx).await?;
                set_fact(tx, RESTORED_AT, to_micros(arrival.at).to_string()).await?;
            }
            set_fact(tx, ARRIVAL, arrival.to_text()?).await?;
        }
        Ok(batch.iter().map(|_| Ok(())).collect())
    }
}

/// However many there are: one statement.
async fn doubt_what_is_due(tx: &Tx<'_>) -> Result<(), StoreError> {
    let sql = "INSERT INTO effect_attempts \
        (effect_id, number, started_at, ended_at, outcome, status, error, answer) \
        SELECT id, $1, created_at, $2, $3, NULL, $4, NULL FROM effects \
        WHERE (state = 'pending' AND due_at IS NOT NULL) OR state = 'held' \
        ON CONFLICT (effect_id, number) DO NOTHING";
    let values = [
        BEFORE_ALL.into(),
        tx.now_micros().into(),
        AttemptOutcome::Unknown.as_str().into(),
        DUE.into(),
    ];
    let backend = tx.db.get_database_backend();
    tx.db
        .execute_raw(Statement::from_sql_and_values(backend, sql, values))
        .await?;
    Ok(())
}

/// Notes the doubt about effects that are asked for by runs of a backup.
pub(super) async fn doubt_if_restored<'a>(
    tx: &Tx<'_>,
    asked: impl IntoIterator<Item = (&'a runs::Model, Uuid)>,
) -> Result<(), StoreError> {
    let Some(restored_at) = tx.restored_at else {
        return Ok(());
    };
    let attempts = asked
        .into_iter()
        .filter(|(run, _)| from_micros(run.created_at) <= restored_at)
        .map(|(run, effect)| effect_attempts::Model {
            effect_id: effect,
            number: BEFORE_ALL,
            started_at: run.created_at,
            ended_at: to_micros(restored_at),
            outcome: AttemptOutcome::Unknown.as_str().to_owned(),
            status: None,
            error: Some(AGAIN.to_owned()),
            answer: None,
        });
    insert_missing(tx, attempts.collect()).await
}
