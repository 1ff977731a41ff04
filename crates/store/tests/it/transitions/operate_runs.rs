//! What an operator decides about runs.

use cuebook_core::effect::EffectState;
use cuebook_core::journal::{Rounds, StepKind, StepRecord};
use cuebook_core::rule::VersionHash;
use cuebook_core::run::RunState;
use cuebook_core::{EffectId, RunId, Value};
use cuebook_store::{ClaimedRun, EffectChange, Operated, RunFailure, Store, StoreError};
use uuid::Uuid;

use crate::script::{checkpoint, claim_one, complete, mails, ready_ids, running, version};
use crate::stage::{Stage, stories};

fn failure(state: RunState) -> RunFailure {
    RunFailure {
        state,
        code: "script_error".to_owned(),
        reason: "line 3: no such field".to_owned(),
    }
}

/// A run with a write that succeeded, a read behind it, and a failure.
async fn failed(stage: &Stage, store: &Store, state: RunState) -> ClaimedRun {
    let claimed = running(stage, store, "42").await;
    let mut last = checkpoint(&claimed);
    last.steps.push(stage.step(0, Some(Value::Int(1))));
    last.steps.push(StepRecord {
        kind: StepKind::Read,
        ..stage.step(1, Some(Value::Int(2)))
    });
    store.fail_run(last, failure(state)).await.unwrap();
    claimed
}

/// An effect of a call that is begun and not settled.
fn begun(stage: &Stage) -> (EffectId, EffectChange) {
    let id = EffectId(stage.id());
    let begin = EffectChange::Begin {
        id,
        kind: "http::post".to_owned(),
        target: "https://example.test/".to_owned(),
        key: "key".to_owned(),
        path: stage.step(0, None).path,
        at: stage.now(),
    };
    (id, begin)
}

async fn state_of(store: &Store, id: EffectId) -> EffectState {
    store.show_effect(id).await.unwrap().unwrap().state
}

stories! {
    async fn a_retried_run_keeps_its_journal_up_to_the_last_write(stage: &Stage) {
        let store = stage.open().await;
        for state in [RunState::Failed, RunState::Blocked] {
            let run = failed(stage, &store, state).await.run.id;
            assert_eq!(store.retry_run(run, None).await.unwrap(), Operated::Done);
            let again = claim_one(&store).await;
            assert_eq!((again.run.id, again.run.generation), (run, 0));
            assert_eq!(again.run.rule_version, Some(version()));
            assert_eq!((again.run.reason, again.run.ended_at), (None, None));
            let journal = store.journal(run).await.unwrap();
            let paths: Vec<String> = journal.steps.keys().map(ToString::to_string).collect();
            assert_eq!(paths, ["0"]);
            let rounds = Rounds::of(&journal.logged);
            assert_eq!(rounds.key("0".to_owned(), 0), "0", "logged before the write");
            assert_eq!(rounds.key("0".to_owned(), 1), "1.0", "what comes behind is logged anew");
            store.cancel_run(run, "enough").await.unwrap();
        }
    }

    async fn a_write_that_was_refused_is_asked_anew(stage: &Stage) {
        let store = stage.open().await;
        let claimed = running(stage, &store, "42").await;
        let mut last = checkpoint(&claimed);
        let refused = Value::from([("status", Value::Int(409))]);
        last.steps.extend([stage.step(0, Some(Value::Int(1))), stage.step(1, Some(refused))]);
        store.fail_run(last, failure(RunState::Failed)).await.unwrap();
        store.retry_run(claimed.run.id, None).await.unwrap();
        let journal = store.journal(claimed.run.id).await.unwrap();
        let paths: Vec<String> = journal.steps.keys().map(ToString::to_string).collect();
        assert_eq!(paths, ["0"]);
    }

    async fn a_run_is_retried_on_the_version_that_is_named(stage: &Stage) {
        let store = stage.open().await;
        let run = failed(stage, &store, RunState::Failed).await.run.id;
        let newest = VersionHash("v2".repeat(32));
        store.retry_run(run, Some(newest.clone())).await.unwrap();
        assert_eq!(claim_one(&store).await.run.rule_version, Some(newest));
    }

    async fn a_retried_run_queues_behind_those_of_its_lane(stage: &Stage) {
        let store = stage.open().await;
        let run = failed(stage, &store, RunState::Failed).await.run.id;
        let next = store.accept_event(stage.booking("42", &["new-booking/thanks"])).await.unwrap();
        stage.pass(1);
        store.retry_run(run, None).await.unwrap();
        let first = claim_one(&store).await;
        assert_eq!(first.run.id, next.runs[0]);
        complete(&store, &first).await;
        assert_eq!(claim_one(&store).await.run.id, run);
    }

    async fn what_does_not_stand_still_is_not_retried(stage: &Stage) {
        let store = stage.open().await;
        assert_eq!(store.retry_run(RunId(Uuid::nil()), None).await.unwrap(), Operated::NoSuch);
        let claimed = running(stage, &store, "42").await;
        let running = Operated::NotIn(RunState::Running);
        assert_eq!(store.retry_run(claimed.run.id, None).await.unwrap(), running);
        assert_eq!(store.restart_run(claimed.run.id).await.unwrap(), running);
        complete(&store, &claimed).await;
        let completed = Operated::NotIn(RunState::Completed);
        assert_eq!(store.retry_run(claimed.run.id, None).await.unwrap(), completed);
        assert_eq!(store.cancel_run(claimed.run.id, "no").await.unwrap(), completed);
    }

    async fn a_restarted_run_has_an_empty_journal_and_no_version(stage: &Stage) {
        let store = stage.open().await;
        let run = failed(stage, &store, RunState::Failed).await.run.id;
        assert_eq!(store.restart_run(run).await.unwrap(), Operated::Done);
        let again = claim_one(&store).await;
        assert_eq!((again.run.id, again.run.generation), (run, 1));
        assert_eq!(again.run.rule_version, None);
        assert!(store.journal(run).await.unwrap().steps.is_empty());
    }

    async fn what_a_run_has_done_is_told_before_it_begins_anew(stage: &Stage) {
        let store = stage.open().await;
        let claimed = running(stage, &store, "42").await;
        store.complete_run(
            checkpoint(&claimed),
            mails(0, &["tom@example.com"]),
            cuebook_store::CompletedAs::Completed,
        ).await.unwrap();
        let done = store.effects_done(claimed.run.id).await.unwrap();
        assert_eq!(done.len(), 1);
        assert_eq!(done[0].target, "tom@example.com");
    }

    async fn a_cancelled_run_is_taken_from_its_worker_and_its_call_is_unknown(stage: &Stage) {
        let store = stage.open().await;
        let claimed = running(stage, &store, "42").await;
        let (effect, begin) = begun(stage);
        let mut intent = checkpoint(&claimed);
        intent.steps.push(stage.step(0, None));
        intent.effects.push(begin);
        store.record_steps(intent).await.unwrap();
        let next = store.accept_event(stage.booking("42", &["new-booking/thanks"])).await.unwrap();

        assert_eq!(store.cancel_run(claimed.run.id, "a mistake").await.unwrap(), Operated::Done);
        let view = store.show_run(claimed.run.id).await.unwrap().unwrap();
        assert_eq!(view.run.state, RunState::Cancelled);
        assert_eq!(view.run.reason.as_deref(), Some("a mistake"));
        assert!(view.run.ended_at.is_some());
        assert_eq!(view.effects[0].state, EffectState::Unknown);
        assert_eq!(view.effects[0].attempts.len(), 1, "the doubt is recorded");
        let mut late = checkpoint(&claimed);
        late.effects.push(EffectChange::Settle { id: effect, state: EffectState::Done, at: stage.now() });
        assert!(matches!(store.record_steps(late).await, Err(StoreError::Fenced)));
        assert_eq!(state_of(&store, effect).await, EffectState::Unknown);
        assert_eq!(ready_ids(&store).await, next.runs, "its lane goes on");
    }

    async fn a_waiting_run_that_is_cancelled_never_wakes(stage: &Stage) {
        let store = stage.open().await;
        let claimed = running(stage, &store, "42").await;
        let wait = cuebook_store::WaitUntil {
            wake_at: stage.now() + chrono::TimeDelta::seconds(60),
            code: "sleep",
            reason: "sleeps".to_owned(),
            forget: Vec::new(),
            event: None,
        };
        store.suspend_run(checkpoint(&claimed), cuebook_store::Segment::default(), wait).await.unwrap();
        store.cancel_run(claimed.run.id, "no longer").await.unwrap();
        stage.pass(120);
        assert_eq!(store.wake_runs().await.unwrap().woken, 0);
        assert_eq!(ready_ids(&store).await, []);
    }

    async fn a_run_that_is_blocked_in_the_middle_of_a_call_leaves_no_open_intent(stage: &Stage) {
        let store = stage.open().await;
        let claimed = running(stage, &store, "42").await;
        let (effect, begin) = begun(stage);
        let mut intent = checkpoint(&claimed);
        intent.steps.push(stage.step(0, None));
        intent.effects.push(begin);
        store.record_steps(intent).await.unwrap();
        store.fail_run(checkpoint(&claimed), failure(RunState::Blocked)).await.unwrap();
        assert_eq!(state_of(&store, effect).await, EffectState::Unknown);
    }
}
