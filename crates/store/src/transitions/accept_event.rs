//! Accepts an event: its row and one run per rule that is for it, in one transaction.
//!
//! A rule that an operator has disabled gets no run. From nothing to an event that is `queued` (with `ready` runs),
//! `no_rule` or `rejected`. If the process dies before
//! the commit nothing was accepted and the caller has not been told otherwise; if after, the runs are claimed by the next
//! process. A caller that got an error must not take it for a refusal: the commit may have reached the disk.

use std::collections::BTreeSet;
use std::time::Duration;

use cuebook_core::clock::to_micros;
use cuebook_core::event::{Event, Origin};
use cuebook_core::rule::{Concurrency, RuleName, RuleOptions, VersionHash};
use cuebook_core::run::RunState;
use cuebook_core::{EventId, RunId};
use sea_orm::EntityTrait;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::begin_at_once::begin_runs;
use super::cancel_on;
use super::debounce;
use super::endpoints;
use super::event_waits::end_waits;
use super::stop::{Stopped, StoppedRules};
use crate::audit::{Change, Target};
use crate::entities::{events, runs};
use crate::error::StoreError;
use crate::privacy::erased_events;
use crate::statements::insert_all;
use crate::store::Store;
use crate::writer::{Applied, Order, SubjectLocks, Transition, Tx};

/// Why an event has no run though there are rules for it.
const DISABLED: &str = "an operator has disabled every rule that is for it";

/// An event to be accepted.
#[derive(Debug, Clone)]
pub struct AcceptEvent {
    /// The event.
    pub event: Event,
    /// Why it is no message: it goes to quarantine, and no rule sees it.
    pub rejected: Option<String>,
    /// The rules that are for it.
    pub rules: Vec<RuleStart>,
}

/// A rule that a run is made for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleStart {
    /// The rule.
    pub rule: RuleName,
    /// Whether its runs for one subject come one after another. Without a subject they do not in any case.
    pub lane: bool,
    /// The types of events that end the run.
    pub cancel_on: Vec<String>,
    /// How long it must be quiet about its subject before it runs. Without a subject it runs at once.
    pub debounce: Option<Duration>,
    /// The version that the run is pinned to from the beginning; `None` for the one in force when it begins.
    pub version: Option<VersionHash>,
}

impl RuleStart {
    /// A run of `rule` as its options say.
    pub fn new(rule: RuleName, options: &RuleOptions) -> Self {
        Self {
            rule,
            lane: options.concurrency == Concurrency::Subject,
            cancel_on: options.cancel_on.clone(),
            debounce: options.debounce,
            version: None,
        }
    }

    /// The same run on this version of its rule.
    #[must_use]
    pub fn on(self, version: VersionHash) -> Self {
        Self {
            version: Some(version),
            ..self
        }
    }
}

/// An event that is on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// The event.
    pub id: EventId,
    /// Its runs, in the order of the rules.
    pub runs: Vec<RunId>,
}

impl Store {
    /// Accepts an event. `Ok` means that it is on disk.
    pub async fn accept_event(&self, event: AcceptEvent) -> Result<Accepted, StoreError> {
        self.change(event).await
    }
}

impl Transition for AcceptEvent {
    type Output = Accepted;
    const ORDER: Order = Order::Accept;

    fn lock(&self, locks: &mut SubjectLocks) {
        let Some(subject) = &self.event.subject else {
            return;
        };
        if self.rules.iter().any(|start| start.debounce.is_some()) {
            locks.wait_about(subject);
        } else {
            locks.event_about(subject);
        }
    }

    async fn apply(batch: &[Self], tx: &Tx<'_>) -> Applied<Accepted> {
        let copied = batch.iter().filter_map(Self::copied);
        let erased = erased_events(tx, &copied.collect::<Vec<_>>()).await?;
        let is_gone = |event: &Self| event.copied().is_some_and(|of| erased.contains(&of));
        let left = batch.iter().filter(|event| !is_gone(event));
        let mut accepted = insert_events(tx, left.map(|event| (event, None)))
            .await?
            .into_iter();
        let gone = || StoreError::Invalid("the event was erased meanwhile".to_owned());
        Ok(batch
            .iter()
            .map(|event| {
                let taken = (!is_gone(event)).then(|| accepted.next());
                taken.flatten().ok_or_else(gone)
            })
            .collect())
    }
}

impl AcceptEvent {
    /// The event that it repeats.
    fn copied(&self) -> Option<Uuid> {
        let is_copy = self.event.origin == Origin::Replay;
        self.event.parent.filter(|_| is_copy).map(|of| of.0)
    }
}

impl Change for AcceptEvent {
    fn target(&self) -> Target {
        Target::new("event", &self.event.id)
    }

    async fn picture(&self, tx: &Tx<'_>) -> Result<Option<Json>, StoreError> {
        let row = events::Entity::find_by_id(self.event.id.0)
            .one(tx.db)
            .await?;
        Ok(row.map(|row| {
            let rules: Vec<_> = self.rules.iter().map(|start| start.rule.as_str()).collect();
            json!({
                "type": row.event_type,
                "origin": row.origin,
                "captured": row.capture,
                "parent": row.parent,
                "rules": rules,
            })
        }))
    }
}

/// Inserts events with their runs; also for those that a rule emitted, each with the root of its family.
pub(super) async fn insert_events<'a>(
    tx: &Tx<'_>,
    events: impl IntoIterator<Item = (&'a AcceptEvent, Option<Uuid>)>,
) -> Result<Vec<Accepted>, StoreError> {
    let (events, roots): (Vec<&AcceptEvent>, Vec<Option<Uuid>>) = events.into_iter().unzip();
    if events.is_empty() {
        return Ok(Vec::new());
    }
    let started = start_runs(tx, &events).await?;
    let rows = events.iter().zip(roots).zip(&started.accepted);
    let rows: Vec<events::Model> = rows
        .map(|((event, root), accepted)| event_row(event, root, accepted.runs.len()))
        .collect::<Result<_, _>>()?;
    insert_all(tx, rows).await?;
    started.follow(tx, &events).await
}

/// The runs that events start, not written yet.
pub(super) struct Started {
    runs: Vec<runs::Model>,
    accepted: Vec<Accepted>,
}

/// Makes the runs of events whose rows are about to stand there for the rules to see.
pub(super) async fn start_runs(
    tx: &Tx<'_>,
    events: &[&AcceptEvent],
) -> Result<Started, StoreError> {
    let disabled = StoppedRules::load(tx, &[Stopped::NewRuns]).await?;
    let mut run_rows = Vec::new();
    let mut accepted = Vec::new();
    for event in events {
        let starts: Vec<&RuleStart> = match event.rejected {
            Some(_) => Vec::new(),
            None => event
                .rules
                .iter()
                .filter(|start| !disabled.has(&start.rule))
                .collect(),
        };
        if !tx.is_shared() {
            // Elsewhere another node may take the runs, and one that erases the event cannot reach into this memory.
            tx.fresh.keep(&event.event, starts.len());
        }
        let first = run_rows.len();
        run_rows.extend(
            starts
                .into_iter()
                .map(|start| run_row(tx, &event.event, start)),
        );
        accepted.push(Accepted {
            id: event.event.id,
            runs: run_rows[first..].iter().map(|run| RunId(run.id)).collect(),
        });
    }
    Ok(Started {
        runs: run_rows,
        accepted,
    })
}

impl Started {
    /// What was accepted, in the order of the events.
    pub(super) fn accepted(&self) -> &[Accepted] {
        &self.accepted
    }

    /// Writes the runs, now that their events' rows stand there, and lets the events do to others what they do.
    pub(super) async fn follow(
        self,
        tx: &Tx<'_>,
        events: &[&AcceptEvent],
    ) -> Result<Vec<Accepted>, StoreError> {
        let Self { mut runs, accepted } = self;
        begin_runs(tx, &mut runs).await?;
        if runs.iter().any(|run| run.holder.is_none()) {
            tx.ready.runs();
        }
        if runs.iter().any(|run| run.cancel_on.is_some()) {
            tx.known.learn_ended(true);
        }
        let debounced: BTreeSet<String> = runs
            .iter()
            .filter(|run| run.state == RunState::Waiting.as_str())
            .filter_map(|run| run.subject.clone())
            .collect();
        if !debounced.is_empty() {
            tx.ready.timers();
        }
        insert_all(tx, runs).await?;
        let messages = events.iter().filter(|event| event.rejected.is_none());
        endpoints::forward(tx, messages.map(|event| &event.event)).await?;
        debounce::supersede(tx, debounced).await?;
        cancel_on::end_runs(tx, events).await?;
        end_waits(tx, events).await?;
        Ok(accepted)
    }
}

/// Where an event stands that rules may see, with so many runs, and why if it has none.
pub(super) fn standing(accept: &AcceptEvent, runs: usize) -> (&'static str, Option<String>) {
    match &accept.rejected {
        Some(why) => ("rejected", Some(why.clone())),
        None if runs > 0 => ("queued", None),
        None => {
            let disabled = (!accept.rules.is_empty()).then(|| DISABLED.to_owned());
            ("no_rule", disabled)
        }
    }
}

/// The row of an event with so many runs.
pub(super) fn event_row(
    accept: &AcceptEvent,
    root: Option<Uuid>,
    runs: usize,
) -> Result<events::Model, StoreError> {
    let event = &accept.event;
    let (disposition, reason) = standing(accept, runs);
    Ok(events::Model {
        id: event.id.0,
        account: event.account.0.clone(),
        event_type: event.event_type.as_ref().map(ToString::to_string),
        wire_type: event.wire_type.clone(),
        subject: event.subject.as_ref().map(ToString::to_string),
        origin: event.origin.as_str().to_owned(),
        received_at: to_micros(event.received_at),
        capture: event.capture,
        parent: event.parent.map(|parent| parent.0),
        depth: i32::try_from(event.depth).unwrap_or(i32::MAX),
        root,
        disposition: disposition.to_owned(),
        reason,
        headers: serde_json::to_vec(&event.headers)
            .map_err(|error| StoreError::Invalid(error.to_string()))?,
        body: event.body.clone(),
        trust: event.trust.as_str().to_owned(),
    })
}

fn run_row(tx: &Tx<'_>, event: &Event, start: &RuleStart) -> runs::Model {
    let id = tx.id();
    let subject = event.subject.as_ref().map(ToString::to_string);
    let quiet = start.debounce.filter(|_| subject.is_some());
    let wake_at = quiet.map(|quiet| {
        let micros = i64::try_from(quiet.as_micros()).unwrap_or(i64::MAX);
        tx.now_micros().saturating_add(micros)
    });
    let state = match wake_at {
        Some(_) => RunState::Waiting,
        None => RunState::Ready,
    };
    let reason = |quiet: Duration| {
        let seconds = quiet.as_secs();
        format!("waits until nothing more has come about its subject for {seconds} s")
    };
    runs::Model {
        id,
        event_id: event.id.0,
        account: event.account.0.clone(),
        rule: start.rule.to_string(),
        rule_version: start.version.as_ref().map(|version| version.0.clone()),
        state: state.as_str().to_owned(),
        code: quiet.map(|_| debounce::CODE.to_owned()),
        reason: quiet.map(reason),
        lane: subject
            .as_ref()
            .filter(|_| start.lane)
            .map(|subject| format!("{}\u{1f}{}\u{1f}{subject}", start.rule, event.account)),
        subject,
        queue_key: id,
        generation: 0,
        fence: 0,
        claims: 0,
        holder: None,
        created_at: tx.now_micros(),
        started_at: None,
        ended_at: None,
        wake_at,
        captured: event.capture,
        cancel_on: cancel_on::column(&start.cancel_on),
        cancelled_by: None,
        begun_at: None,
    }
}
