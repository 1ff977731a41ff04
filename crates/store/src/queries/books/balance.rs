//! How many there are of everything, by state.

use std::collections::BTreeMap;

use sea_orm::{ConnectionTrait, Statement};

use crate::error::StoreError;

/// How many there are of everything.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Balance {
    /// All events that were accepted.
    pub events: u64,
    /// The events by state: `pending`, `processed`, `no_rule`, `rejected`.
    pub events_by_state: BTreeMap<String, u64>,
    /// The runs by state.
    pub runs_by_state: BTreeMap<String, u64>,
    /// The effects by state.
    pub effects_by_state: BTreeMap<String, u64>,
}

impl Balance {
    /// The events of all states together.
    pub fn events_in_all(&self) -> u64 {
        self.events_by_state.values().sum()
    }
}

/// An event's state follows from what was decided when it came, and from its runs; so does this count of it, in one
/// query with that of all.
const EVENTS: &str = "SELECT CASE \
        WHEN e.disposition <> 'queued' THEN e.disposition \
        WHEN EXISTS (SELECT 1 FROM runs r WHERE r.event_id = e.id AND r.state IN ('ready', 'running')) \
            THEN 'pending' \
        ELSE 'processed' END AS state, COUNT(*) FROM events e GROUP BY 1 \
    UNION ALL SELECT 'all', COUNT(*) FROM events";

/// Counts.
pub(super) async fn count(db: &impl ConnectionTrait) -> Result<Balance, StoreError> {
    let mut events = by_state(db, EVENTS).await?;
    Ok(Balance {
        events: events.remove("all").unwrap_or(0),
        events_by_state: events,
        runs_by_state: by_state(db, "SELECT state, COUNT(*) FROM runs GROUP BY state").await?,
        effects_by_state: by_state(db, "SELECT state, COUNT(*) FROM effects GROUP BY state")
            .await?,
    })
}

async fn by_state(
    db: &impl ConnectionTrait,
    query: &str,
) -> Result<BTreeMap<String, u64>, StoreError> {
    let backend = db.get_database_backend();
    let rows = db
        .query_all_raw(Statement::from_string(backend, query))
        .await?;
    let mut counts = BTreeMap::new();
    for row in rows {
        let state: String = row.try_get_by_index(0)?;
        let number: i64 = row.try_get_by_index(1)?;
        counts.insert(state, u64::try_from(number).unwrap_or(0));
    }
    Ok(counts)
}
