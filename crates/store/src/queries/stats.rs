//! Statistics: how many events, runs and effects there were, and how long they took, by time, type, rule and state.
//!
//! The databases count into classes of duration, so that no row leaves them; what is told of durations is therefore the
//! bound of a class.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use cuebook_core::Timestamp;
use cuebook_core::clock::{from_micros, to_micros};
use sea_orm::{ConnectionTrait, DbBackend, Statement};

use crate::error::StoreError;
use crate::store::Store;

/// The bounds of the classes of duration, in milliseconds. What took longer than the last counts as the last.
const BOUNDS: [i64; 20] = [
    1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000, 300_000,
    1_800_000, 3_600_000, 21_600_000, 86_400_000,
];
/// An id holds the instant at which it was made, which may be a little before what the row tells.
const SLACK_MILLIS: i64 = 60_000;

/// How the time is divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interval {
    /// By hours.
    Hour,
    /// By days, in UTC.
    Day,
    /// Not at all.
    All,
}

impl Interval {
    fn micros(self) -> Option<i64> {
        match self {
            Self::Hour => Some(3_600_000_000),
            Self::Day => Some(86_400_000_000),
            Self::All => None,
        }
    }
}

/// What is counted.
#[derive(Debug, Clone, Copy)]
pub struct StatsRange {
    /// From this instant on.
    pub since: Timestamp,
    /// Until before this instant.
    pub until: Timestamp,
    /// How the time is divided.
    pub interval: Interval,
}

/// What was counted, each list in order of time and name.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Stats {
    /// Events by type; the state is what was decided when they came.
    pub events: Vec<Counted>,
    /// Runs by rule; the duration is from when they were made to their end.
    pub runs: Vec<Counted>,
    /// Effects by kind; the duration is from when they were recorded to when they were settled.
    pub effects: Vec<Counted>,
}

/// A number of things.
#[derive(Debug, Clone, PartialEq)]
pub struct Counted {
    /// Where the interval begins; `None` where the time is not divided.
    pub at: Option<Timestamp>,
    /// The type, the rule or the kind; an event without a type has none.
    pub name: Option<String>,
    /// The state.
    pub state: String,
    /// How many.
    pub number: u64,
    /// How long they took, if any of them has come to its end.
    pub took: Option<Took>,
}

/// How long things took: half of them at most `p50`, and so on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Took {
    /// Half of them, in milliseconds.
    pub p50: u64,
    /// Of a hundred 95, in milliseconds.
    pub p95: u64,
    /// Of a hundred 99, in milliseconds.
    pub p99: u64,
}

impl Store {
    /// Counts what came and was made within a time. Reads each row of that time: for an operator who asks.
    pub async fn stats(&self, range: StatsRange) -> Result<Stats, StoreError> {
        let db = self.readers();
        Ok(Stats {
            events: count(db, &EVENTS, range).await?,
            runs: count(db, &RUNS, range).await?,
            effects: count(db, &EFFECTS, range).await?,
        })
    }
}

/// A table, and what its columns mean here.
struct Subject {
    table: &'static str,
    name: &'static str,
    state: &'static str,
    at: &'static str,
    end: Option<&'static str>,
}

const EVENTS: Subject = Subject {
    table: "events",
    name: "event_type",
    state: "disposition",
    at: "received_at",
    end: None,
};
const RUNS: Subject = Subject {
    table: "runs",
    name: "rule",
    state: "state",
    at: "created_at",
    end: Some("ended_at"),
};
const EFFECTS: Subject = Subject {
    table: "effects",
    name: "kind",
    state: "state",
    at: "created_at",
    end: Some("settled_at"),
};

impl Subject {
    fn query(&self, backend: DbBackend, range: StatsRange) -> String {
        let Self {
            table,
            name,
            state,
            at,
            end,
        } = self;
        let time = match range.interval.micros() {
            Some(micros) => format!("{at} - {at} % {micros}"),
            None => "CAST(NULL AS BIGINT)".to_owned(),
        };
        let class = end.map_or_else(
            || "CAST(NULL AS BIGINT)".to_owned(),
            |end| class(&format!("{end} - {at}"), end),
        );
        let (since, until) = (to_micros(range.since), to_micros(range.until));
        let first = first_id(backend, range.since);
        format!(
            "SELECT {time} AS t, {name} AS n, {state} AS s, CAST({class} AS BIGINT) AS c, COUNT(*) FROM {table} \
             WHERE id >= {first} AND {at} >= {since} AND {at} < {until} GROUP BY 1, 2, 3, 4"
        )
    }
}

/// The class of a duration in microseconds, as SQL; none without an end.
fn class(micros: &str, end: &str) -> String {
    let mut whens = String::new();
    for (number, bound) in BOUNDS.iter().enumerate() {
        let longest = bound * 1_000;
        // Writing into a text cannot fail.
        let _ = write!(whens, " WHEN {micros} <= {longest} THEN {number}");
    }
    let last = BOUNDS.len() - 1;
    format!("CASE WHEN {end} IS NULL THEN NULL{whens} ELSE {last} END")
}

/// The smallest id that can have been made at `since`, as SQL.
fn first_id(backend: DbBackend, since: Timestamp) -> String {
    let millis = u64::try_from(since.timestamp_millis() - SLACK_MILLIS).unwrap_or(0);
    let id = format!("{:032x}", u128::from(millis) << 80);
    match backend {
        DbBackend::Postgres => format!("CAST('{id}' AS UUID)"),
        _ => format!("X'{id}'"),
    }
}

async fn count(
    db: &impl ConnectionTrait,
    subject: &Subject,
    range: StatsRange,
) -> Result<Vec<Counted>, StoreError> {
    let backend = db.get_database_backend();
    let query = Statement::from_string(backend, subject.query(backend, range));
    let mut groups: BTreeMap<(Option<i64>, Option<String>, String), Classes> = BTreeMap::new();
    for row in db.query_all_raw(query).await? {
        let key = (
            row.try_get_by_index(0)?,
            row.try_get_by_index(1)?,
            row.try_get_by_index(2)?,
        );
        let class: Option<i64> = row.try_get_by_index(3)?;
        let number: i64 = row.try_get_by_index(4)?;
        let classes = groups.entry(key).or_default();
        classes.add(class, u64::try_from(number).unwrap_or(0));
    }
    let counted = groups
        .into_iter()
        .map(|((at, name, state), classes)| Counted {
            at: at.map(from_micros),
            name,
            state,
            number: classes.number,
            took: classes.took(),
        });
    Ok(counted.collect())
}

/// How many there are of each class.
#[derive(Default)]
struct Classes {
    number: u64,
    ended: BTreeMap<i64, u64>,
}

impl Classes {
    fn add(&mut self, class: Option<i64>, number: u64) {
        self.number += number;
        if let Some(class) = class {
            *self.ended.entry(class).or_default() += number;
        }
    }

    fn took(&self) -> Option<Took> {
        Some(Took {
            p50: self.at_most(50)?,
            p95: self.at_most(95)?,
            p99: self.at_most(99)?,
        })
    }

    /// The bound that so many of a hundred keep.
    fn at_most(&self, percent: u64) -> Option<u64> {
        let wanted = (self.ended.values().sum::<u64>() * percent).div_ceil(100);
        let mut seen = 0;
        let class = self.ended.iter().find_map(|(class, number)| {
            seen += number;
            (seen >= wanted).then_some(*class)
        })?;
        let bound = BOUNDS.get(usize::try_from(class).ok()?)?;
        u64::try_from(*bound).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_told_by_the_bound_that_so_many_keep() {
        let mut classes = Classes::default();
        classes.add(Some(0), 90);
        classes.add(Some(4), 9);
        classes.add(Some(19), 1);
        classes.add(None, 5);
        assert_eq!(classes.number, 105);
        let took = classes.took().unwrap();
        assert_eq!((took.p50, took.p95, took.p99), (1, 20, 20));
        assert_eq!(Classes::default().took(), None);
    }

    #[test]
    fn an_id_made_at_the_beginning_is_not_before_the_smallest() {
        let since = Timestamp::from_timestamp(1_773_513_000, 0).unwrap();
        let made = uuid::Builder::from_unix_timestamp_millis(1_773_513_000_000, &[0; 10]);
        let first = first_id(DbBackend::Sqlite, since);
        let made = format!("X'{:032x}'", made.into_uuid().as_u128());
        assert!(first < made, "{first} {made}");
    }
}
