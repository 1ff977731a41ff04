//! The run, its event, and the events that came of it or to it.

use anyhow::anyhow;
use cuebook_core::event::Event;
use cuebook_core::journal::StepKind;
use cuebook_core::run::RunState;
use cuebook_core::{EventId, RunId, Value};
use cuebook_store::{Archive, PastRun, StoreError};

use crate::commands::test::Test;
use crate::config::Config;
use crate::exit::Failure;
use crate::past::{self, Database};

/// A run of the past with what belongs to it.
pub(super) struct Past {
    pub(super) run: PastRun,
    pub(super) event: Event,
    /// The events that ended its waits, in the order of the script.
    pub(super) came: Vec<Event>,
    /// The events that its event led to, in order: of all rules that ran on it.
    pub(super) emitted: Vec<Event>,
}

/// Finds it.
pub(super) async fn find(id: RunId, arguments: &Test, config: &Config) -> Result<Past, Failure> {
    let database = Database {
        demo: arguments.demo,
    };
    let archive = past::open(&database, config).await?;
    let found = load(&archive, id).await.map_err(Failure::unreachable)?;
    archive.close().await.map_err(Failure::unreachable)?;
    let past = found.ok_or_else(|| {
        Failure::usage(anyhow!(
            "there is no run {id} in the database, or its event is no longer stored"
        ))
    })?;
    check(&past.run).map_err(Failure::usage)?;
    Ok(past)
}

async fn load(archive: &Archive, id: RunId) -> Result<Option<Past>, StoreError> {
    let Some(run) = archive.run(id).await? else {
        return Ok(None);
    };
    let Some(event) = archive.event(run.run.event_id).await? else {
        return Ok(None);
    };
    let mut came = Vec::new();
    let waits = run
        .steps
        .values()
        .filter(|step| step.entry.kind == StepKind::Wait);
    for wait in waits {
        let answer = wait
            .entry
            .answer
            .as_ref()
            .and_then(|answer| answer.as_ref().ok());
        let id = answer
            .and_then(|event| event.get("id"))
            .and_then(Value::as_text);
        if let Some(id) = id.and_then(|id| id.parse::<EventId>().ok()) {
            came.extend(archive.event(id).await?);
        }
    }
    let emitted = archive.emitted(run.run.event_id).await?;
    Ok(Some(Past {
        run,
        event,
        came,
        emitted,
    }))
}

/// Only what a test can bring about again is written.
fn check(past: &PastRun) -> anyhow::Result<()> {
    match past.run.state {
        RunState::Completed | RunState::Skipped | RunState::Failed | RunState::Waiting => Ok(()),
        RunState::Ready | RunState::Running => Err(anyhow!(
            "the run is not over: wait until it has ended or waits"
        )),
        state @ (RunState::Blocked | RunState::Cancelled) => Err(anyhow!(
            "the run is {state}: an operator or another event had a hand in it, which a test of the rule cannot show"
        )),
    }
}
