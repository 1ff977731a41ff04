//! Several processes on one Postgres: each says three times a lease that it lives, by the database's clock. Who has not been
//! heard of for a whole lease (30 s, as a rule) is taken for dead, and the first who notices takes over what it held (see
//! `take_over`).
//!
//! A process that was only frozen finds its fences outdated and its late writes refused. One that dies between two
//! beats is found dead within 40 s. While the database itself was away nobody could say anything: after its start
//! everybody has a whole lease to do so.

use std::sync::Weak;
use std::time::Duration;

use sea_orm::{ConnectionTrait, Statement};
use tokio_util::sync::CancellationToken;

use super::give_back::{Whose, give_back};
use crate::writer::{Applied, Order, Transition, Tx, WriterHandle};

/// How many signs of life fall into a lease.
const BEATS: u32 = 3;
/// How long after one that could not be written it is tried again.
const AGAIN: Duration = Duration::from_secs(1);

/// Microseconds since 1970 by the database's clock, which all processes share.
const DATABASE_NOW: &str = "(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000)::bigint";
/// The same of the moment at which the database began to work.
const DATABASE_START: &str = "(EXTRACT(EPOCH FROM pg_postmaster_start_time()) * 1000000)::bigint";

/// A sign of life.
pub(crate) struct Heartbeat {
    /// After how long without one a process counts as dead.
    pub(crate) lease: Duration,
}

impl Transition for Heartbeat {
    type Output = ();
    const ORDER: Order = Order::Admin;
    // One that is lost is made up for by the next.
    const DURABLE: bool = false;

    async fn apply(batch: &[Self], tx: &Tx<'_>) -> Applied<()> {
        let backend = tx.db.get_database_backend();
        let alive = format!(
            "INSERT INTO nodes (id, seen_at) VALUES ($1, {DATABASE_NOW}) \
             ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at"
        );
        tx.db
            .execute_raw(Statement::from_sql_and_values(
                backend,
                alive,
                [tx.node.into()],
            ))
            .await?;
        let lease = batch.iter().map(|beat| beat.lease.as_micros()).max();
        let lease = lease.unwrap_or_default();
        let dead = format!(
            "DELETE FROM nodes WHERE GREATEST(seen_at, {DATABASE_START}) < {DATABASE_NOW} - {lease}"
        );
        tx.db
            .execute_raw(Statement::from_string(backend, dead))
            .await?;
        give_back(tx, Whose::TheDeads).await?;
        Ok(batch.iter().map(|_| Ok(())).collect())
    }
}

/// Beats until the store ends.
pub(crate) async fn beat(writer: Weak<WriterHandle>, lease: Duration, ending: CancellationToken) {
    let between = lease / BEATS;
    let mut pause = between;
    loop {
        let paused = ending.run_until_cancelled(tokio::time::sleep(pause)).await;
        let (Some(()), Some(writer)) = (paused, writer.upgrade()) else {
            return;
        };
        pause = match writer.submit(Heartbeat { lease }).await {
            Ok(()) => between,
            Err(error) => {
                tracing::warn!(%error, "no sign of life could be written");
                between.min(AGAIN)
            }
        };
    }
}
