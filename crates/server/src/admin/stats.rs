//! Statistics: how much of everything there was in a time, and how long it took.

use std::sync::Arc;

use chrono::TimeDelta;
use cuebook_core::Timestamp;
use cuebook_core::clock::Clock;
use cuebook_store::{Counted, Interval, StatsRange, Store};
use poem_openapi::param::Query;
use poem_openapi::payload::Json;
use poem_openapi::types::Example;
use poem_openapi::{Enum, Object, OpenApi};

use super::sample;
use super::seats::Seats;
use super::tag::Tag;
use super::value::Text;
use crate::auth::{Allowed, Read};
use crate::problem::{Code, Refused, refusals};

/// The time that is counted where no other is asked for.
const USUAL: TimeDelta = TimeDelta::hours(24);
/// The longest time, by how it is divided: so that an answer stays of sensible size.
const LONGEST: [(By, TimeDelta, &str); 3] = [
    (By::Hour, TimeDelta::days(7), "seven days by `hour`"),
    (By::Day, TimeDelta::days(92), "92 days by `day`"),
    (By::All, TimeDelta::days(400), "400 days in `all`"),
];

refusals! {
    /// `GET /stats`
    StatsRefusals = [InvalidParameter, InvalidValue];
}

/// How the time is divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[oai(rename = "StatsInterval", rename_all = "lowercase")]
enum By {
    /// By hours.
    Hour,
    /// By days, in UTC.
    Day,
    /// Not at all.
    All,
}

/// What came and was made within a time.
#[derive(Debug, Object)]
#[oai(rename = "Stats", example)]
struct StatsBody {
    /// Where the time begins.
    since: Text<Timestamp>,
    /// Where it ends; this instant is not counted.
    until: Text<Timestamp>,
    /// How it is divided.
    interval: By,
    /// Events by type, and by what was decided when they came: `queued` for rules, `no_rule`, `rejected`.
    events: Vec<CountedBody>,
    /// Runs by rule and state; how long they took counts from when the event was accepted, waits included.
    runs: Vec<CountedBody>,
    /// Effects by kind and state; how long they took counts from when they were recorded to when they were settled.
    effects: Vec<CountedBody>,
}

/// A number of things that are alike.
#[derive(Debug, Object)]
#[oai(rename = "Counted", example)]
struct CountedBody {
    /// Where the hour or the day begins; `null` where the time is not divided.
    at: Option<Text<Timestamp>>,
    /// The event's type, the rule or the effect's kind; `null` for what has no type.
    name: Option<String>,
    /// The state.
    state: String,
    /// How many.
    number: u64,
    /// Half of those that have ended took at most so long, in milliseconds, rounded up to a step such as 1, 2, 5, 10; `null`
    /// while none has.
    p50_ms: Option<u64>,
    /// Of a hundred that have ended 95 took at most so long.
    p95_ms: Option<u64>,
    /// Of a hundred that have ended 99 took at most so long.
    p99_ms: Option<u64>,
}

/// The operation that counts.
pub(crate) struct StatsApi {
    /// What is counted.
    pub(crate) store: Store,
    /// Tells what the last day is.
    pub(crate) clock: Arc<dyn Clock>,
    /// One: to count is to read much, and there are few connections that read.
    pub(crate) seats: Seats,
}

#[OpenApi]
impl StatsApi {
    /// Count events, runs and effects
    ///
    /// How many there were by type, rule, kind and state, and how long they took, of the last 24 hours or another time. Reads each
    /// row of that time: for people and dashboards that ask now and then; for a monitor there is `/metrics`.
    #[oai(
        path = "/stats",
        method = "get",
        operation_id = "show_stats",
        tag = "Tag::System"
    )]
    async fn show_stats(
        &self,
        _key: Allowed<Read>,
        /// From this instant on; 24 hours before `until` where it is left out.
        since: Query<Option<Text<Timestamp>>>,
        /// Until before this instant; now where it is left out.
        until: Query<Option<Text<Timestamp>>>,
        /// How the time is divided: `hour` (seven days at most), `day` (92) or `all` (400).
        #[oai(default = "by_hour")]
        interval: Query<By>,
    ) -> Result<Json<StatsBody>, Refused<StatsRefusals>> {
        let until = until.0.map_or_else(|| self.clock.now(), |until| until.0);
        let since = match since.0 {
            Some(since) => since.0,
            None => until.checked_sub_signed(USUAL).unwrap_or(until),
        };
        let interval = interval.0;
        if let Some(fault) = fault(since, until, interval) {
            return Err(Refused::new(Code::InvalidValue, fault));
        }
        let range = StatsRange {
            since,
            until,
            interval: interval.into(),
        };
        let store = self.store.clone();
        let counting = self.seats.wait_for(async move { store.stats(range).await });
        let stats = match counting.await {
            Some(stats) => stats?,
            None => return Err(Refused::new(Code::Internal, "it could not be counted")),
        };
        let shown = |counted: Vec<Counted>| counted.into_iter().map(CountedBody::new).collect();
        Ok(Json(StatsBody {
            since: Text(since),
            until: Text(until),
            interval,
            events: shown(stats.events),
            runs: shown(stats.runs),
            effects: shown(stats.effects),
        }))
    }
}

fn by_hour() -> By {
    By::Hour
}

/// What is wrong with a time, if anything is.
fn fault(since: Timestamp, until: Timestamp, by: By) -> Option<String> {
    if since > until {
        return Some("`since` is after `until`".to_owned());
    }
    let (_, longest, words) = LONGEST.iter().find(|(named, ..)| *named == by)?;
    (until - since > *longest).then(|| format!("the time is too long: at most {words}"))
}

impl From<By> for Interval {
    fn from(by: By) -> Self {
        match by {
            By::Hour => Self::Hour,
            By::Day => Self::Day,
            By::All => Self::All,
        }
    }
}

impl CountedBody {
    fn new(counted: Counted) -> Self {
        Self {
            at: counted.at.map(Text),
            name: counted.name,
            state: counted.state,
            number: counted.number,
            p50_ms: counted.took.map(|took| took.p50),
            p95_ms: counted.took.map(|took| took.p95),
            p99_ms: counted.took.map(|took| took.p99),
        }
    }
}

impl Example for StatsBody {
    fn example() -> Self {
        let counted = |name: &str, state: &str| CountedBody {
            name: Some(name.to_owned()),
            state: state.to_owned(),
            ..CountedBody::example()
        };
        Self {
            since: Text(sample::instant(-86_400)),
            until: Text(sample::instant(0)),
            interval: By::Hour,
            events: vec![CountedBody {
                p50_ms: None,
                p95_ms: None,
                p99_ms: None,
                ..counted("new-booking", "queued")
            }],
            runs: vec![CountedBody::example()],
            effects: vec![counted("email::send", "done")],
        }
    }
}

impl Example for CountedBody {
    fn example() -> Self {
        Self {
            at: Some(Text(sample::instant(-1_800))),
            name: Some("new-booking/thank-you".to_owned()),
            state: "completed".to_owned(),
            number: 12,
            p50_ms: Some(20),
            p95_ms: Some(100),
            p99_ms: Some(200),
        }
    }
}
