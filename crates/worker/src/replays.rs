//! Replays of many events: works them off, oldest first, some events at a time.
//!
//! How far a replay is stands in the database, and moves on in the transaction that makes its events: whoever dies in
//! between has replayed nothing twice, and the next goes on from there. A replay takes its time: while many of its runs wait
//! for their turn, nothing is added, so that what comes in has not to queue behind it.

use std::sync::Arc;
use std::time::Duration;

use cuebook_core::EventId;
use cuebook_core::event::{Event, Origin};
use cuebook_core::replay::{Replay, ReplayVersion};
use cuebook_core::rule::{RuleName, RuleOptions};
use cuebook_rules::RuleSet;
use cuebook_store::{
    AcceptEvent, PastEvent, ReplayBatch, ReplayStep, ReplayStepped, RuleStart, StoreError,
    is_erased, is_expired,
};

use crate::back_off::BackOff;
use crate::parts::WorkerParts;
use crate::worker::Shared;

/// How many events are replayed in one transaction.
const AT_ONCE: usize = 32;
/// How many of a replay's runs may wait for their turn before nothing is added.
const BACKLOG: u64 = 128;
/// How long a new replay, or the end of a backlog, can go unnoticed.
const POLL: Duration = Duration::from_millis(500);

/// Works until the worker stops.
pub(crate) async fn work(shared: Arc<Shared>) {
    let stopping = &shared.stopping;
    let mut back_off = BackOff::default();
    while !stopping.is_cancelled() {
        match look(&shared.parts).await {
            Ok(true) => back_off = BackOff::default(),
            Ok(false) => {
                back_off = BackOff::default();
                tokio::select! {
                    () = stopping.cancelled() => {}
                    () = tokio::time::sleep(POLL) => {}
                }
            }
            Err(error) => {
                tracing::warn!(%error, "replays cannot go on for now");
                tokio::select! {
                    () = stopping.cancelled() => {}
                    () = back_off.pause() => {}
                }
            }
        }
    }
}

/// Takes a step of each replay that is not held up by itself. Whether there was one.
async fn look(parts: &WorkerParts) -> Result<bool, StoreError> {
    let mut stepped = false;
    for replay in parts.store.running_replays().await? {
        if parts.store.replay_backlog(replay.id).await? < BACKLOG {
            stepped |= step(parts, &replay).await?;
        }
    }
    Ok(stepped)
}

/// Takes one step. Whether it was taken.
async fn step(parts: &WorkerParts, replay: &Replay) -> Result<bool, StoreError> {
    let rules = parts.rules.load();
    if let Some(rule) = gone(replay, &rules) {
        if parts.store.active_rule_version(rule).await?.is_some() {
            // Another node has deployed it a moment ago: this one is about to know of it.
            return Ok(false);
        }
        let because = format!("no rule {rule} is in force any more");
        tracing::warn!(replay = %replay.id, %rule, "a replay ends: its rule is gone");
        parts.store.fail_replay(replay.id, because).await?;
        return Ok(true);
    }
    let batch = parts.store.replay_batch(replay, AT_ONCE).await?;
    let ReplayBatch {
        events,
        missing,
        to,
        last,
    } = batch;
    let found = events.len();
    let made: Vec<(EventId, AcceptEvent)> = events
        .into_iter()
        .filter_map(|past| again(parts, replay, &rules, past))
        .collect();
    let step = ReplayStep {
        replay: replay.id,
        from: replay.position,
        to,
        skipped: missing + (found - made.len()) as u64,
        made,
        last,
    };
    let stepped = parts.store.step_replay(step).await?;
    if last && stepped == ReplayStepped::Done {
        tracing::info!(replay = %replay.id, "a replay has come to its end");
    }
    Ok(stepped == ReplayStepped::Done)
}

/// The rule that a replay is to go through, if it is not there.
fn gone<'a>(replay: &'a Replay, rules: &RuleSet) -> Option<&'a RuleName> {
    let rule = replay.rule.as_ref()?;
    let newest = replay.version == ReplayVersion::Newest;
    (newest && !rules.rules.contains_key(rule)).then_some(rule)
}

/// The event once more, if there is a rule for it.
fn again(
    parts: &WorkerParts,
    replay: &Replay,
    rules: &RuleSet,
    past: PastEvent,
) -> Option<(EventId, AcceptEvent)> {
    if is_expired(&past.event) || is_erased(&past.event) {
        // Nothing is left of it that a rule could be given.
        return None;
    }
    let starts = match replay.version {
        ReplayVersion::Newest => newest(replay, rules, &past.event),
        ReplayVersion::Original => original(replay, rules, &past),
    };
    if starts.is_empty() {
        return None;
    }
    let now = parts.clock.now();
    let of = past.event.id;
    let event = Event {
        id: EventId(parts.chance.uuid(now)),
        origin: Origin::Replay,
        received_at: now,
        capture: !replay.perform,
        parent: Some(of),
        ..past.event
    };
    let accept = AcceptEvent {
        event,
        rejected: None,
        rules: starts,
    };
    Some((of, accept))
}

/// The rules as they are now.
fn newest(replay: &Replay, rules: &RuleSet, event: &Event) -> Vec<RuleStart> {
    let start = |name: &RuleName, options: &RuleOptions| RuleStart::new(name.clone(), options);
    if let Some(name) = &replay.rule {
        let rule = rules.rules.get(name);
        return rule
            .map(|rule| start(name, &rule.options))
            .into_iter()
            .collect();
    }
    let Some(event_type) = &event.event_type else {
        return Vec::new();
    };
    let for_event = if event.origin == Origin::Schedule {
        // The type of a tick does not say for which rule it is, its payload does.
        let payload = event.payload();
        let rule = payload["rule"].as_str().and_then(|name| name.parse().ok());
        rule.map_or_else(Vec::new, |rule| rules.for_tick(&rule))
    } else {
        rules.for_event(event_type, Origin::Replay)
    };
    let starts = for_event.into_iter();
    starts
        .map(|rule| start(&rule.name, &rule.options))
        .collect()
}

/// The rules that ran then, each on the version that it had. What its head says about lanes and the like is taken from the
/// rule as it is now, where it still is.
fn original(replay: &Replay, rules: &RuleSet, past: &PastEvent) -> Vec<RuleStart> {
    let wanted = |name: &RuleName| replay.rule.as_ref().is_none_or(|rule| rule == name);
    let runs = past.runs.iter().filter(|(name, _)| wanted(name));
    runs.filter_map(|(name, version)| {
        let options = match rules.rules.get(name) {
            Some(rule) => rule.options.clone(),
            None => RuleOptions::default(),
        };
        let start = RuleStart::new(name.clone(), &options);
        Some(start.on(version.clone()?))
    })
    .collect()
}
