//! What an operator stops and starts again: runs, sends, new runs of a rule. It stands in the database, so that it
//! outlives a restart and holds for every process.
//!
//! A stop is looked at where runs and sends are claimed and where events are accepted, in the same transaction: from its
//! commit on nothing more begins. What is in hand by then goes on to the end of its segment.

use std::collections::BTreeSet;

use cuebook_core::Timestamp;
use cuebook_core::clock::{from_micros, to_micros};
use cuebook_core::rule::RuleName;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value as Json, json};

use crate::audit::{Change, Target};
use crate::entities::stops;
use crate::error::StoreError;
use crate::reading::word;
use crate::statements::insert_missing;
use crate::store::Store;
use crate::writer::{Applied, Order, Transition, Tx};

/// What is stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stopped {
    /// No run goes on and nothing is sent.
    Everything,
    /// Nothing is sent.
    Sends,
    /// No new event starts a run; what there is goes on.
    NewRuns,
}

impl Stopped {
    fn as_str(self) -> &'static str {
        match self {
            Self::Everything => "everything",
            Self::Sends => "sends",
            Self::NewRuns => "new_runs",
        }
    }

    fn from_word(text: &str) -> Option<Self> {
        [Self::Everything, Self::Sends, Self::NewRuns]
            .into_iter()
            .find(|what| what.as_str() == text)
    }
}

/// A stop that is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stop {
    /// Of which rule; of all where none is named.
    pub rule: Option<RuleName>,
    /// What.
    pub what: Stopped,
    /// Since when.
    pub since: Timestamp,
}

/// A request to stop or to start again.
pub(crate) struct SetStop {
    rule: Option<RuleName>,
    what: Stopped,
    stop: bool,
}

impl Store {
    /// Stops something; nothing changes where it is stopped already.
    pub async fn stop(&self, rule: Option<RuleName>, what: Stopped) -> Result<(), StoreError> {
        let stop = true;
        self.change(SetStop { rule, what, stop }).await
    }

    /// Starts again what was stopped.
    pub async fn start(&self, rule: Option<RuleName>, what: Stopped) -> Result<(), StoreError> {
        let stop = false;
        self.change(SetStop { rule, what, stop }).await
    }

    /// All that is stopped, the stops of everything first.
    pub async fn stops(&self) -> Result<Vec<Stop>, StoreError> {
        let rows = stops::Entity::find().all(self.readers()).await?;
        let mut stops = rows.iter().map(stop_of).collect::<Result<Vec<_>, _>>()?;
        stops.sort_by(|one, other| (&one.rule, one.what).cmp(&(&other.rule, other.what)));
        Ok(stops)
    }
}

impl Transition for SetStop {
    type Output = ();
    const ORDER: Order = Order::Admin;

    async fn apply(batch: &[Self], tx: &Tx<'_>) -> Applied<()> {
        for request in batch {
            set(tx, request).await?;
        }
        Ok(batch.iter().map(|_| Ok(())).collect())
    }
}

impl Change for SetStop {
    fn target(&self) -> Target {
        let rule = self.rule.as_ref().map_or("all", RuleName::as_str);
        Target::new("stop", &format!("{} of {rule}", self.what.as_str()))
    }

    async fn picture(&self, tx: &Tx<'_>) -> Result<Option<Json>, StoreError> {
        let rule = self.rule.as_ref().map_or("", RuleName::as_str);
        let key = (rule.to_owned(), self.what.as_str().to_owned());
        let row = stops::Entity::find_by_id(key).one(tx.db).await?;
        Ok(row.map(|row| json!({"since": from_micros(row.since)})))
    }
}

/// Stops everything, as of `since`, in the place of a former stop.
pub(super) async fn stop_everything(tx: &Tx<'_>, since: Timestamp) -> Result<(), StoreError> {
    let key = (String::new(), Stopped::Everything.as_str().to_owned());
    stops::Entity::delete_by_id(key).exec(tx.db).await?;
    let row = stops::Model {
        rule: String::new(),
        what: Stopped::Everything.as_str().to_owned(),
        since: to_micros(since),
    };
    insert_missing(tx, vec![row]).await
}

async fn set(tx: &Tx<'_>, request: &SetStop) -> Result<(), StoreError> {
    let rule = request.rule.as_ref().map_or("", RuleName::as_str);
    if request.stop {
        let row = stops::Model {
            rule: rule.to_owned(),
            what: request.what.as_str().to_owned(),
            since: tx.now_micros(),
        };
        return insert_missing(tx, vec![row]).await;
    }
    stops::Entity::delete_many()
        .filter(stops::Column::Rule.eq(rule))
        .filter(stops::Column::What.eq(request.what.as_str()))
        .exec(tx.db)
        .await?;
    tx.ready.runs();
    tx.ready.sends();
    tx.ready.timers();
    Ok(())
}

fn stop_of(row: &stops::Model) -> Result<Stop, StoreError> {
    Ok(Stop {
        rule: match row.rule.as_str() {
            "" => None,
            name => Some(
                name.parse()
                    .map_err(|_| StoreError::unreadable("rule's name", name))?,
            ),
        },
        what: word("stop", &row.what, Stopped::from_word)?,
        since: from_micros(row.since),
    })
}

/// Which rules something is stopped of.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct StoppedRules {
    /// All.
    pub(super) all: bool,
    /// These.
    pub(super) rules: BTreeSet<String>,
}

impl StoppedRules {
    /// The rules of which one of `what` is stopped.
    pub(super) async fn load(tx: &Tx<'_>, what: &[Stopped]) -> Result<Self, StoreError> {
        let rows = if let Some(known) = tx.known.stops() {
            known
        } else {
            let rows = stops::Entity::find().all(tx.db).await?;
            tx.known.learn_stops(&rows);
            rows
        };
        let mut stopped = Self::default();
        for row in rows {
            if !what.iter().any(|what| what.as_str() == row.what) {
                continue;
            }
            if row.rule.is_empty() {
                stopped.all = true;
            } else {
                stopped.rules.insert(row.rule);
            }
        }
        Ok(stopped)
    }

    /// Whether this rule is among them.
    pub(super) fn has(&self, rule: &RuleName) -> bool {
        self.all || self.rules.contains(rule.as_str())
    }
}
