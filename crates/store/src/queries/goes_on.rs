//! What goes on once everything that is stopped is started again, for whoever thinks about starting it.

use sea_orm::{ConnectionTrait, Statement};

use crate::error::StoreError;
use crate::store::Store;

/// What would begin at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct GoesOn {
    /// Runs that are ready.
    pub runs_ready: u64,
    /// Runs whose sleep or wait is over by now.
    pub runs_overdue: u64,
    /// Sends that are due.
    pub sends_due: u64,
    /// Those among them that may have been done before, in the time that a backup does not show.
    pub sends_in_doubt: u64,
    /// Rules on a timetable that have missed a tick.
    pub ticks_missed: u64,
}

const READY: &str = "SELECT COUNT(*) FROM runs WHERE state = 'ready'";
const OVERDUE: &str = "SELECT COUNT(*) FROM runs WHERE state = 'waiting' AND wake_at <= $1";
const DUE: &str =
    "SELECT COUNT(*) FROM effects WHERE state = 'pending' AND due_at IS NOT NULL AND due_at <= $1";
const IN_DOUBT: &str = "SELECT COUNT(*) FROM effects f WHERE f.state = 'pending' AND f.due_at IS NOT NULL \
    AND f.due_at <= $1 AND EXISTS (SELECT 1 FROM effect_attempts a \
    WHERE a.effect_id = f.id AND a.outcome = 'unknown')";
const MISSED: &str = "SELECT COUNT(*) FROM timetables WHERE next_at <= $1";

impl Store {
    /// What would begin at once if nothing were stopped. Walks over indexes: for an operator who asks.
    pub async fn goes_on(&self) -> Result<GoesOn, StoreError> {
        Ok(GoesOn {
            runs_ready: self.number(READY).await?,
            runs_overdue: self.number(OVERDUE).await?,
            sends_due: self.number(DUE).await?,
            sends_in_doubt: self.number(IN_DOUBT).await?,
            ticks_missed: self.number(MISSED).await?,
        })
    }

    /// The number that `sql` counts, the present moment being its only parameter.
    async fn number(&self, sql: &str) -> Result<u64, StoreError> {
        let db = self.readers();
        let now = cuebook_core::clock::to_micros(self.inner.clock.now());
        let now = sql.contains("$1").then(|| now.into());
        let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, now);
        let row = db.query_one_raw(statement).await?;
        let number: Option<i64> = row.map(|row| row.try_get_by_index(0)).transpose()?;
        Ok(number
            .and_then(|number| u64::try_from(number).ok())
            .unwrap_or(0))
    }
}
