//! Failing.

use cuebook_core::Value;
use cuebook_core::event::EventState;
use cuebook_core::run::RunState;
use cuebook_store::RunFailure;

use crate::script::{checkpoint, ready_ids, running};
use crate::stage::{Stage, stories};

stories! {
    async fn a_failed_run_keeps_its_steps_sends_nothing_and_leaves_its_lane(stage: &Stage) {
        let store = stage.open().await;
        let claimed = running(stage, &store, "42").await;
        let next = store.accept_event(stage.booking("42", &["new-booking/thanks"])).await.unwrap();
        let mut last = checkpoint(&claimed);
        last.steps.push(stage.step(0, Some(Value::Int(1))));
        let failure = RunFailure {
            state: RunState::Failed,
            code: "script_error".to_owned(),
            reason: "line 3: no such field".to_owned(),
        };
        store.fail_run(last, failure).await.unwrap();
        let view = store.show_run(claimed.run.id).await.unwrap().unwrap();
        assert_eq!(view.run.state, RunState::Failed);
        assert_eq!(view.run.code.as_deref(), Some("script_error"));
        assert_eq!(view.run.reason.as_deref(), Some("line 3: no such field"));
        assert_eq!((view.steps.len(), view.effects.len()), (1, 0));
        let event = store.show_event(claimed.run.event_id).await.unwrap().unwrap();
        assert_eq!((event.state, event.runs_failed), (EventState::Processed, 1));
        assert_eq!(ready_ids(&store).await, next.runs);
    }

    async fn a_run_that_diverged_is_blocked(stage: &Stage) {
        let store = stage.open().await;
        let claimed = running(stage, &store, "42").await;
        let failure = RunFailure {
            state: RunState::Blocked,
            code: "diverged".to_owned(),
            reason: "at step 4".to_owned(),
        };
        store.fail_run(checkpoint(&claimed), failure).await.unwrap();
        let view = store.show_run(claimed.run.id).await.unwrap().unwrap();
        assert_eq!(view.run.state, RunState::Blocked);
    }
}
