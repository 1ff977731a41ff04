//! The event of a dry run and what it brings along: what came, or comes, after it, and what is recorded of its run.

use std::sync::Arc;

use anyhow::anyhow;
use cuebook_core::chance::CountedChance;
use cuebook_core::clock::SystemClock;
use cuebook_core::event::Event;
use cuebook_core::{Clock, Timestamp};
use cuebook_rules::Rule;
use cuebook_store::{Archive, PastRun};

use super::Run;
use crate::dry_run::{self, Later};
use crate::exit::Failure;
use crate::output;

/// So many later events of a subject are looked at.
const LATER: u64 = 500;

/// What the event brings along.
pub(super) struct Occasion {
    /// The event.
    pub(super) event: Event,
    /// The run that it led to, where it is a stored one.
    pub(super) past: Option<PastRun>,
    /// What came later, or comes.
    pub(super) later: Vec<Later>,
    /// What lies behind it has not happened.
    pub(super) until: Option<Timestamp>,
}

/// A sample, or what a file holds.
pub(super) fn made_up(arguments: &Run, rule: &Rule) -> anyhow::Result<Occasion> {
    let now = SystemClock.now();
    let chance = CountedChance::default();
    let given = dry_run::chosen(arguments.event.as_ref(), &rule.name)?;
    let event = dry_run::own(&given, &rule.name, &arguments.set, &chance, now)?;
    Ok(Occasion {
        event,
        past: None,
        later: later(arguments, rule, &chance, now)?,
        until: None,
    })
}

/// The events of `--then`, a minute after each other.
fn later(
    arguments: &Run,
    rule: &Rule,
    chance: &CountedChance,
    now: Timestamp,
) -> anyhow::Result<Vec<Later>> {
    let mut at = now;
    arguments
        .then
        .iter()
        .map(|given| {
            at += chrono::TimeDelta::minutes(1);
            dry_run::own(given, &rule.name, &[], chance, at).map(Arc::new)
        })
        .collect()
}

/// A stored event with the run of this rule that it led to.
pub(super) async fn stored(
    arguments: &Run,
    archive: &Archive,
    rule: &Rule,
) -> Result<Occasion, Failure> {
    let read = async {
        let Some(id) = arguments.event_id else {
            return Ok(None);
        };
        let Some(event) = archive.event(id).await? else {
            return Ok(None);
        };
        let names = [rule.name.clone()];
        let mut runs = archive.runs(&[id], Some(&names)).await?;
        let past = runs.remove(&id).and_then(|mut runs| runs.pop());
        let later = match &event.subject {
            Some(subject) => archive.about(&event.account, subject, id, LATER).await?,
            None => Vec::new(),
        };
        Ok::<_, cuebook_store::StoreError>(Some((event, past, later)))
    };
    let found = read.await.map_err(Failure::unreachable)?;
    let Some((event, past, later)) = found else {
        return Err(Failure::usage(anyhow!("there is no such event")));
    };
    if past.is_none() {
        output::note(format!(
            "note: the event had no run of {}: nothing is recorded to answer from",
            rule.name
        ));
    }
    let now = SystemClock.now();
    let chance = CountedChance::default();
    let made_up = self::later(arguments, rule, &chance, now).map_err(Failure::usage)?;
    let until = made_up.is_empty().then_some(now);
    Ok(Occasion {
        event,
        past,
        later: later.into_iter().map(Arc::new).chain(made_up).collect(),
        until,
    })
}
