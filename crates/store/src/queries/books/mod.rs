//! Closed books: whether everything that was accepted is accounted for. Each check is one query, so that it sees one
//! moment of the database while others write.

mod balance;
mod checks;

pub use balance::Balance;

use sea_orm::{ConnectionTrait, Statement};
use uuid::Uuid;

use crate::error::StoreError;
use crate::store::Store;

/// So many findings of one kind are listed; the rest is counted.
const LISTED: usize = 50;

/// What the books show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Books {
    /// How many there are of everything.
    pub balance: Balance,
    /// What cannot be accounted for; none where the books close.
    pub findings: Vec<Finding>,
}

/// Something that cannot be accounted for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// A stable word for its kind.
    pub code: &'static str,
    /// What is wrong, in a sentence.
    pub meaning: &'static str,
    /// Which event, run or effect.
    pub id: Option<Uuid>,
    /// What else is known of it.
    pub detail: String,
}

impl Store {
    /// Closes the books: counts everything, and lists what cannot be accounted for. Walks over whole tables: for an
    /// operator who asks, not for a gauge.
    pub async fn close_books(&self) -> Result<Books, StoreError> {
        let db = self.readers();
        let mut findings: Vec<Finding> = self
            .integrity()
            .await?
            .into_iter()
            .map(|detail| Finding {
                code: "database_damaged",
                meaning: "the database is damaged: restore a backup",
                id: None,
                detail,
            })
            .collect();
        for check in checks::ALL {
            findings.extend(found(db, check).await?);
        }
        let balance = balance::count(db).await?;
        if balance.events_in_all() != balance.events {
            findings.push(Finding {
                code: "events_not_in_one_state",
                meaning: "the events in the single states are not as many as there are events",
                id: None,
                detail: format!("{} of {}", balance.events_in_all(), balance.events),
            });
        }
        Ok(Books { balance, findings })
    }
}

/// What a check finds.
async fn found(
    db: &impl ConnectionTrait,
    check: &checks::Check,
) -> Result<Vec<Finding>, StoreError> {
    let backend = db.get_database_backend();
    let rows = db
        .query_all_raw(Statement::from_string(backend, check.query))
        .await?;
    let mut findings = Vec::new();
    for row in rows.iter().take(LISTED) {
        findings.push(Finding {
            code: check.code,
            meaning: check.meaning,
            id: row.try_get_by_index(0)?,
            detail: row.try_get_by_index(1)?,
        });
    }
    if rows.len() > LISTED {
        findings.push(Finding {
            code: check.code,
            meaning: check.meaning,
            id: None,
            detail: format!("and {} more", rows.len() - LISTED),
        });
    }
    Ok(findings)
}
