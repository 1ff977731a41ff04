//! Several processes on one Postgres: each says every 10 s that it lives, by the database's clock. Who has not been
//! heard of for 30 s is taken for dead, and the first who notices takes over what it held (see `take_over`).
//!
//! A process that was only frozen finds its fences outdated and its late writes refused. One that dies between two
//! beats is found dead within 40 s.

use std::sync::Weak;
use std::time::Duration;

use sea_orm::{ConnectionTrait, Statement};
use tokio_util::sync::CancellationToken;

use super::give_back::{Whose, give_back};
use crate::writer::{Applied, Order, Transition, Tx, WriterHandle};

const BEAT: Duration = Duration::from_secs(10);

/// Microseconds since 1970 by the database's clock, which all processes share.
const DATABASE_NOW: &str = "(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000)::bigint";
const LEASE_MICROS: u64 = 30_000_000;

/// A sign of life.
pub(crate) struct Heartbeat;

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
        let dead = format!("DELETE FROM nodes WHERE seen_at < {DATABASE_NOW} - {LEASE_MICROS}");
        tx.db
            .execute_raw(Statement::from_string(backend, dead))
            .await?;
        give_back(tx, Whose::TheDeads).await?;
        Ok(batch.iter().map(|_| Ok(())).collect())
    }
}

/// Beats until the store ends.
pub(crate) async fn beat(writer: Weak<WriterHandle>, ending: CancellationToken) {
    let mut ticks = tokio::time::interval(BEAT);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = ending.cancelled() => return,
            _ = ticks.tick() => {}
        }
        let Some(writer) = writer.upgrade() else {
            return;
        };
        if let Err(error) = writer.submit(Heartbeat).await {
            tracing::warn!(%error, "no sign of life could be written");
        }
    }
}
