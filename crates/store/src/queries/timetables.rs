//! When rules on a timetable are due.

use cuebook_core::Timestamp;
use cuebook_core::clock::from_micros;
use cuebook_core::rule::RuleName;
use sea_orm::{EntityTrait, QueryOrder};

use crate::entities::timetables;
use crate::error::StoreError;
use crate::store::Store;

/// When a rule on a timetable is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimetableDue {
    /// The rule.
    pub rule: RuleName,
    /// The timetable, as text.
    pub timetable: String,
    /// When it is due next; past, where it was missed.
    pub next: Timestamp,
    /// The tick that was accepted last, or passed while the rule was disabled.
    pub last: Option<Timestamp>,
}

impl Store {
    /// The timetables that are kept, by rule.
    pub async fn timetables(&self) -> Result<Vec<TimetableDue>, StoreError> {
        let rows = timetables::Entity::find()
            .order_by_asc(timetables::Column::Rule)
            .all(self.readers())
            .await?;
        rows.into_iter().map(due).collect()
    }
}

fn due(row: timetables::Model) -> Result<TimetableDue, StoreError> {
    let rule = row.rule.parse();
    Ok(TimetableDue {
        rule: rule.map_err(|_| StoreError::unreadable("rule's name", &row.rule))?,
        timetable: row.timetable,
        next: from_micros(row.next_at),
        last: row.last_at.map(from_micros),
    })
}
