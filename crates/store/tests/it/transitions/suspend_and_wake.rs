//! Long waits.

use chrono::TimeDelta;
use cuebook_core::event::EventState;
use cuebook_core::journal::StepPath;
use cuebook_core::run::RunState;
use cuebook_core::{Timestamp, Value};
use cuebook_store::{ClaimedRun, Segment, Store, WaitUntil};

use crate::script::{checkpoint, claim_one, complete, mails, ready_ids, running};
use crate::stage::{Stage, stories};

async fn suspend(store: &Store, claimed: &ClaimedRun, segment: Segment, wake_at: Timestamp) {
    let wait = WaitUntil {
        wake_at,
        code: "sleep",
        reason: "sleeps for 3d".to_owned(),
        forget: Vec::new(),
        event: None,
    };
    store
        .suspend_run(checkpoint(claimed), segment, wait)
        .await
        .unwrap();
}

stories! {
    async fn a_suspended_run_has_sent_what_came_before_the_wait(stage: &Stage) {
        let store = stage.open().await;
        let claimed = running(stage, &store, "42").await;
        let wake_at = stage.now() + TimeDelta::days(3);
        suspend(&store, &claimed, mails(0, &["a@example.test"]), wake_at).await;
        assert_eq!(store.claim_sends(10).await.unwrap().len(), 1);
        let run = store.show_run(claimed.run.id).await.unwrap().unwrap().run;
        assert_eq!((run.state, run.wake_at), (RunState::Waiting, Some(wake_at)));
        assert_eq!(run.code.as_deref(), Some("sleep"));
        assert_eq!(run.ended_at, None);
        assert_eq!(store.next_due(None).await.unwrap().run, Some(wake_at));
        let event = store.show_event(claimed.run.event_id).await.unwrap().unwrap();
        assert_eq!(event.state, EventState::Processed);
    }

    async fn a_run_never_wakes_early(stage: &Stage) {
        let store = stage.open().await;
        let claimed = running(stage, &store, "42").await;
        // Not a whole number of microseconds, which is all that the database keeps.
        let wake_at = stage.now() + TimeDelta::seconds(60) + TimeDelta::nanoseconds(300);
        suspend(&store, &claimed, Segment::default(), wake_at).await;
        stage.pass(60);
        let report = store.wake_runs().await.unwrap();
        assert_eq!(report.woken, 0, "300 ns are missing");
        assert!(report.next.unwrap() >= wake_at);
        stage.clock.advance(TimeDelta::microseconds(1));
        let report = store.wake_runs().await.unwrap();
        assert_eq!((report.woken, report.next), (1, None));
        assert_eq!(store.wake_runs().await.unwrap().woken, 0, "a timer fires once");
        assert_eq!(ready_ids(&store).await, [claimed.run.id]);
    }

    async fn steps_that_are_forgotten_are_asked_again_and_others_stay(stage: &Stage) {
        let store = stage.open().await;
        let claimed = running(stage, &store, "42").await;
        let mut recorded = checkpoint(&claimed);
        recorded.steps = vec![stage.step(0, Some(Value::Unit)), stage.step(1, Some(Value::Unit))];
        store.record_steps(recorded).await.unwrap();
        let wait = WaitUntil {
            wake_at: stage.now(),
            code: "retry",
            reason: "later".to_owned(),
            forget: vec![StepPath::top(1)],
            event: None,
        };
        store
            .suspend_run(checkpoint(&claimed), Segment::default(), wait)
            .await
            .unwrap();
        let journal = store.journal(claimed.run.id).await.unwrap();
        let paths: Vec<String> = journal.steps.keys().map(ToString::to_string).collect();
        assert_eq!(paths, ["0"]);
    }

    async fn a_waiting_run_frees_its_lane_and_queues_again_behind(stage: &Stage) {
        let store = stage.open().await;
        let first = running(stage, &store, "42").await;
        let rule = ["new-booking/thanks"];
        let second = store.accept_event(stage.booking("42", &rule)).await.unwrap().runs;
        suspend(&store, &first, Segment::default(), stage.now() + TimeDelta::seconds(10)).await;
        let third = store.accept_event(stage.booking("42", &rule)).await.unwrap().runs;
        let running = claim_one(&store).await;
        assert_eq!(running.run.id, second[0], "the lane is free");
        stage.pass(10);
        assert_eq!(store.wake_runs().await.unwrap().woken, 1);
        assert!(ready_ids(&store).await.is_empty(), "the second is still running");
        complete(&store, &running).await;
        let running = claim_one(&store).await;
        assert_eq!(running.run.id, third[0], "who woke later stands behind");
        complete(&store, &running).await;
        let woken = claim_one(&store).await;
        assert_eq!(woken.run.id, first.run.id);
        assert_eq!(woken.claims, 1, "a new segment counts anew");
    }
}
