//! Taking up a claimed run: its event, its program, its journal.

use cuebook_core::journal::Journal;
use cuebook_core::rule::VersionHash;
use cuebook_core::run::{Run, RunState};
use cuebook_store::{Checkpoint, ClaimedRun, RunFailure};

use super::passes::Drive;
use super::run::{Left, LetGo};
use crate::back_off::until_available;
use crate::worker::Shared;

/// A run that was taken up so often without recording anything is not taken up again: it ends the process that does.
const ATTEMPTS: u32 = 3;

/// A run that was taken up.
pub(super) enum Begun<'a> {
    /// It can be driven.
    Ready(Box<Drive<'a>>),
    /// It could not be begun, and is over.
    Over(Left),
}

/// Takes up a claimed run.
pub(super) async fn begin(shared: &Shared, claimed: ClaimedRun) -> Result<Begun<'_>, LetGo> {
    let ClaimedRun { run, fence, claims } = claimed;
    let parts = &shared.parts;
    if claims > ATTEMPTS {
        let reason = format!(
            "it was taken up {ATTEMPTS} times, and each time the process ended before the run had recorded anything"
        );
        let failure = failure(RunState::Blocked, "killed_worker", reason);
        return over(shared, &run, fence, failure).await.map(Begun::Over);
    }
    let Some(event) = until_available(|| parts.store.event_for_run(run.event_id)).await? else {
        let failure = failure(
            RunState::Failed,
            "event_gone",
            "its event is no longer stored".to_owned(),
        );
        return over(shared, &run, fence, failure).await.map(Begun::Over);
    };
    let loaded = match shared.programs.load(&run, parts).await {
        Ok(loaded) => loaded,
        Err(error) => match error.code() {
            Some(code) => {
                let failure = failure(RunState::Failed, code, error.to_string());
                return over(shared, &run, fence, failure).await.map(Begun::Over);
            }
            None => return Err(error.into()),
        },
    };
    // A run is pinned by what it first records: without a version its journal is empty.
    let journal = match run.rule_version {
        Some(_) => until_available(|| parts.store.journal(run.id)).await?,
        None => Journal::default(),
    };
    let mut drive = Drive::new(shared, run, fence, event, loaded, journal);
    drive.suspected = claims > 1;
    Ok(Begun::Ready(Box::new(drive)))
}

/// Ends a run that cannot be driven through a fault of Cuebook's own, so that an operator sees it.
pub(super) async fn give_up(
    shared: &Shared,
    run: &Run,
    fence: i64,
    reason: String,
) -> Result<Left, LetGo> {
    let failure = failure(RunState::Failed, "internal", reason);
    over(shared, run, fence, failure).await
}

fn failure(state: RunState, code: &str, reason: String) -> RunFailure {
    RunFailure {
        state,
        code: code.to_owned(),
        reason,
    }
}

async fn over(shared: &Shared, run: &Run, fence: i64, failure: RunFailure) -> Result<Left, LetGo> {
    let version = run.rule_version.clone();
    let checkpoint = Checkpoint::new(
        run.id,
        fence,
        version.unwrap_or_else(|| VersionHash(String::new())),
    );
    until_available(|| {
        shared
            .parts
            .store
            .fail_run(checkpoint.clone(), failure.clone())
    })
    .await?;
    Ok(Left {
        state: failure.state,
        code: Some(failure.code),
        event_at: None,
    })
}
