//! Keeps one row for each rule on a timetable, with the instant at which it is due next.
//!
//! What is there already and goes by the same timetable stays as it is: so a tick that was missed while nobody ran is
//! still due. A rule that is new, or goes by another timetable than before, begins with the instant that it is given; one
//! that is gone, or was disabled by its author, is forgotten, and begins anew when it comes back. If the process dies
//! before the commit nothing has changed, and the next one does the same.

use cuebook_core::Timestamp;
use cuebook_core::clock::to_micros;
use cuebook_core::rule::RuleName;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::entities::timetables;
use crate::error::StoreError;
use crate::statements::insert_or;
use crate::store::Store;
use crate::writer::{Applied, Order, Transition, Tx};

/// A rule on a timetable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimetableKept {
    /// The rule.
    pub rule: RuleName,
    /// The timetable, as text: another text is another timetable.
    pub timetable: String,
    /// When it is due first, should it be new.
    pub next: Timestamp,
}

/// Rules that are on a timetable.
pub(crate) struct KeepTimetables {
    rules: Vec<TimetableKept>,
    /// Whether no others are.
    all: bool,
}

impl Store {
    /// Keeps these timetables and no others.
    pub async fn keep_timetables(&self, rules: Vec<TimetableKept>) -> Result<(), StoreError> {
        let all = true;
        let request = KeepTimetables { rules, all };
        self.inner.writer.submit(request).await
    }

    /// Keeps these timetables, too: another process, which had other rules for a moment, has forgotten them.
    pub async fn keep_more_timetables(&self, rules: Vec<TimetableKept>) -> Result<(), StoreError> {
        let all = false;
        let request = KeepTimetables { rules, all };
        self.inner.writer.submit(request).await
    }
}

impl Transition for KeepTimetables {
    type Output = ();
    const ORDER: Order = Order::Admin;

    async fn apply(batch: &[Self], tx: &Tx<'_>) -> Applied<()> {
        for request in batch {
            keep(tx, request).await?;
        }
        Ok(batch.iter().map(|_| Ok(())).collect())
    }
}

async fn keep(tx: &Tx<'_>, request: &KeepTimetables) -> Result<(), StoreError> {
    if request.all {
        let names = request.rules.iter().map(|kept| kept.rule.as_str());
        timetables::Entity::delete_many()
            .filter(timetables::Column::Rule.is_not_in(names))
            .exec(tx.db)
            .await?;
    }
    let rows = request.rules.iter().map(|kept| timetables::Model {
        rule: kept.rule.to_string(),
        timetable: kept.timetable.clone(),
        next_at: to_micros(kept.next),
        last_at: None,
    });
    let stands = Expr::col((timetables::Entity, timetables::Column::Timetable));
    let given = Expr::col(("excluded", timetables::Column::Timetable));
    let begin_anew = OnConflict::column(timetables::Column::Rule)
        .update_columns([
            timetables::Column::Timetable,
            timetables::Column::NextAt,
            timetables::Column::LastAt,
        ])
        .action_and_where(stands.ne(given))
        .to_owned();
    insert_or(tx, rows.collect(), begin_anew).await
}
