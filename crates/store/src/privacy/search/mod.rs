//! Looks through the database in batches, with connections that only read. Which columns are looked at stands in
//! `columns_tests`, which compares it with the schema, so that no new table is forgotten.

mod answers;
mod audit_rows;
#[cfg(test)]
mod columns_tests;
mod copies;
mod deliveries;
mod effects;
mod events;
mod loose;
mod runs;

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::looking::{Matcher, Seen};
use super::terms::NameHash;
use crate::error::StoreError;

pub(super) use answers::{ForgetAnswers, named_answers};
pub(super) use audit_rows::{BlankAudit, named_audit_rows};
pub(super) use copies::named_copies;
pub(super) use deliveries::look_at_deliveries;
pub(super) use events::look_at_events;
pub(super) use loose::{LOOSE, RemoveLoose, named_rows, rows_as_json};
pub(super) use runs::{about, look_at_runs};

/// What a batch of rows named.
#[derive(Debug, Default)]
pub(super) struct Batch {
    /// How many rows were looked at.
    pub(super) looked: usize,
    /// The last of them; `None` where there was none.
    pub(super) last: Option<Uuid>,
    /// Those that name somebody.
    pub(super) named: BTreeSet<Uuid>,
    /// Bookings that are the person's.
    pub(super) bookings: BTreeSet<NameHash>,
}

/// Looks at texts of many rows, away from the threads that serve others: it takes a moment.
async fn look(
    matcher: &Matcher,
    rows: Vec<(Uuid, Vec<Text>)>,
) -> Result<BTreeMap<Uuid, Seen>, StoreError> {
    let matcher = matcher.clone();
    let looking = move || {
        let mut all = BTreeMap::<Uuid, Seen>::new();
        for (id, texts) in &rows {
            for text in texts {
                let seen = text.look(&matcher);
                if seen.any() {
                    all.entry(*id).or_default().add(seen);
                }
            }
        }
        all
    };
    tokio::task::spawn_blocking(looking)
        .await
        .map_err(|error| StoreError::Invalid(format!("a search has failed: {error}")))
}

/// A text of a row.
enum Text {
    /// Words, or whatever it is.
    Plain(Vec<u8>),
    /// A pid as a whole.
    Pid(String),
    /// JSON about something.
    Json(Vec<u8>, String),
    /// A message as it came: looked at as JSON and as text, since of two fields with one name JSON shows only one.
    Raw(Vec<u8>),
}

impl Text {
    fn look(&self, matcher: &Matcher) -> Seen {
        match self {
            Self::Plain(text) => matcher.text(text),
            Self::Pid(pid) => matcher.subject(pid),
            Self::Json(text, about) => matcher.document(text, about),
            Self::Raw(body) => {
                let mut seen = matcher.document(body, "");
                seen.add(matcher.text(body));
                seen
            }
        }
    }
}

impl Batch {
    fn of(ids: &[Uuid], seen: BTreeMap<Uuid, Seen>) -> Self {
        let mut batch = Self {
            looked: ids.len(),
            last: ids.last().copied(),
            ..Self::default()
        };
        for (id, seen) in seen {
            batch.named.insert(id);
            batch.bookings.extend(seen.bookings);
        }
        batch
    }
}
