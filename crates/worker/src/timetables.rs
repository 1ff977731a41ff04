//! Rules on a timetable: keeps their rows as the rules in force say, and makes an event of each tick that is due.
//!
//! A tick that was missed, because nobody ran or the rule was paused, is made up for once: of several the latest is
//! accepted, and its payload says by how much it is late. Which process accepts a tick is decided by the store.

use std::sync::Arc;
use std::time::Duration;

use cuebook_core::event::{Event, Origin};
use cuebook_core::message::NotAMessage;
use cuebook_core::tick::TickPayload;
use cuebook_core::{EventId, Timestamp};
use cuebook_rules::{Rule, RuleSet, Timetable};
use cuebook_store::{
    AcceptEvent, RuleStart, Stop, Stopped, StoreError, Tick, Ticked, TimetableDue, TimetableKept,
};

use crate::back_off::BackOff;
use crate::parts::WorkerParts;
use crate::worker::Shared;

/// How long changed rules, the end of a pause, or a clock that was set can go unnoticed.
const POLL: Duration = Duration::from_secs(1);

/// Why ticks cannot be seen or accepted for now.
#[derive(Debug, thiserror::Error)]
enum Failed {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What a tick says is no message.
    #[error("a tick is no message")]
    Message(#[from] NotAMessage),
}

/// Watches until the worker stops.
pub(crate) async fn work(shared: Arc<Shared>) {
    let stopping = &shared.stopping;
    let mut back_off = BackOff::default();
    // The hash of the rules whose timetables are kept.
    let mut kept = None;
    while !stopping.is_cancelled() {
        match look(&shared.parts, &mut kept).await {
            Ok(next) => {
                back_off = BackOff::default();
                tokio::select! {
                    () = stopping.cancelled() => {}
                    () = shared.pauses.until(next) => {}
                    () = tokio::time::sleep(POLL) => {}
                }
            }
            Err(error) => {
                tracing::warn!(%error, "timetables cannot be followed for now");
                tokio::select! {
                    () = stopping.cancelled() => {}
                    () = back_off.pause() => {}
                }
            }
        }
    }
}

/// Accepts what is due now. Gives the instant at which something is due next.
async fn look(parts: &WorkerParts, kept: &mut Option<String>) -> Result<Timestamp, Failed> {
    let rules = parts.rules.load();
    if kept.as_ref() != Some(&rules.hash) {
        let all = to_keep(parts, &rules, |_| true);
        parts.store.keep_timetables(all).await?;
        *kept = Some(rules.hash.clone());
    }
    let mut next = Timestamp::MAX_UTC;
    if rules.by_timetable().next().is_none() {
        return Ok(next);
    }
    let all = parts.store.timetables().await?;
    let forgotten = to_keep(parts, &rules, |rule| {
        all.iter().all(|due| due.rule != rule.name)
    });
    if !forgotten.is_empty() {
        parts.store.keep_more_timetables(forgotten).await?;
    }
    let mut stops = None;
    for due in all {
        // Another process may have other rules for the moment.
        let Some((rule, timetable)) = rules.by_timetable().find(|(rule, timetable)| {
            rule.name == due.rule && timetable.to_string() == due.timetable
        }) else {
            continue;
        };
        if due.next > parts.clock.now() {
            next = next.min(due.next);
            continue;
        }
        if stops.is_none() {
            stops = Some(parts.store.stops().await?);
        }
        let is_paused = stops.iter().flatten().any(|stop| is_pause(stop, rule));
        if !is_paused {
            accept(parts, &rules, rule, timetable, &due).await?;
        }
    }
    Ok(next)
}

/// The rules on a timetable that `which` wants, beginning now.
fn to_keep(
    parts: &WorkerParts,
    rules: &RuleSet,
    which: impl Fn(&Rule) -> bool,
) -> Vec<TimetableKept> {
    let now = parts.clock.now();
    let rules = rules.by_timetable().filter(|(rule, _)| which(rule));
    let kept = rules.map(|(rule, timetable)| TimetableKept {
        rule: rule.name.clone(),
        timetable: timetable.to_string(),
        next: after(timetable, now),
    });
    kept.collect()
}

fn is_pause(stop: &Stop, rule: &Rule) -> bool {
    let of_rule = stop.rule.as_ref();
    stop.what == Stopped::Everything && of_rule.is_none_or(|name| *name == rule.name)
}

async fn accept(
    parts: &WorkerParts,
    rules: &RuleSet,
    rule: &Rule,
    timetable: &Timetable,
    due: &TimetableDue,
) -> Result<(), Failed> {
    let now = parts.clock.now();
    let at = timetable.latest(now).unwrap_or(due.next).max(due.next);
    let late = (now - at).num_seconds();
    let tick = Tick {
        rule: rule.name.clone(),
        timetable: due.timetable.clone(),
        due: due.next,
        at,
        next: after(timetable, now),
        event: event(parts, rules, rule, (timetable, due.last), (at, now))?,
    };
    match parts.store.accept_tick(tick).await? {
        Ticked::Accepted(accepted) => {
            tracing::info!(rule = %rule.name, event = %accepted.id, late, "its time has come");
        }
        Ticked::Disabled => {
            tracing::info!(rule = %rule.name, "its time has passed: it is disabled");
        }
        Ticked::Taken | Ticked::Paused => {}
    }
    Ok(())
}

/// The event of the tick at `at`, accepted `now`.
fn event(
    parts: &WorkerParts,
    rules: &RuleSet,
    rule: &Rule,
    (timetable, last): (&Timetable, Option<Timestamp>),
    (at, now): (Timestamp, Timestamp),
) -> Result<AcceptEvent, NotAMessage> {
    let payload = TickPayload {
        rule: rule.name.clone(),
        scheduled_for: timetable.local(at),
        late: (now - at).num_seconds(),
        previous: last.map(|last| timetable.local(last)),
    };
    let id = EventId(parts.chance.uuid(now));
    let starts = rules.for_tick(&rule.name).into_iter();
    Ok(AcceptEvent {
        event: Event::made(id, Origin::Schedule, payload.to_message(), now)?,
        rejected: None,
        rules: starts
            .map(|rule| RuleStart::new(rule.name.clone(), &rule.options))
            .collect(),
    })
}

/// When the timetable is due after `at`.
fn after(timetable: &Timetable, at: Timestamp) -> Timestamp {
    timetable.next(at).unwrap_or(Timestamp::MAX_UTC)
}
