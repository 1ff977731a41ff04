//! Events that end runs.

use chrono::TimeDelta;
use cuebook_core::RunId;
use cuebook_core::events::EventType;
use cuebook_core::run::RunState;
use cuebook_store::{AcceptEvent, CompletedAs, Segment, Store, WaitUntil};

use crate::script::{checkpoint, claim_one, mails, ready_ids};
use crate::stage::{Stage, stories};

/// A booking whose run ends when `seat-freed` comes.
fn booking(stage: &Stage, subject: &str) -> AcceptEvent {
    let mut event = stage.booking(subject, &["new-booking/thanks"]);
    event.rules[0].cancel_on = vec!["booking-updated".to_owned(), "seat-freed".to_owned()];
    event
}

fn other(stage: &Stage, subject: &str, event_type: &str) -> AcceptEvent {
    let mut event = stage.booking(subject, &[]);
    event.event.event_type = Some(EventType::from_wire(event_type));
    event
}

async fn state(store: &Store, run: RunId) -> (RunState, Option<String>) {
    let view = store.show_run(run).await.unwrap().unwrap();
    (view.run.state, view.run.code)
}

fn cancelled() -> (RunState, Option<String>) {
    (RunState::Cancelled, Some("cancel_on".to_owned()))
}

fn sleep(stage: &Stage) -> WaitUntil {
    WaitUntil {
        wake_at: stage.now() + TimeDelta::seconds(60),
        code: "sleep",
        reason: "sleeps".to_owned(),
        forget: Vec::new(),
        event: None,
    }
}

stories! {
    async fn the_event_ends_runs_that_are_ready_or_wait_and_says_which_it_was(stage: &Stage) {
        let store = stage.open().await;
        store.accept_event(booking(stage, "42")).await.unwrap();
        let waiting = claim_one(&store).await;
        store.suspend_run(checkpoint(&waiting), Segment::default(), sleep(stage)).await.unwrap();
        let ready = store.accept_event(booking(stage, "42")).await.unwrap().runs[0];
        let end = other(stage, "42", "seat-freed");
        let id = end.event.id;
        store.accept_event(end).await.unwrap();
        for run in [waiting.run.id, ready] {
            assert_eq!(state(&store, run).await, cancelled());
            let view = store.show_run(run).await.unwrap().unwrap();
            assert!(view.run.reason.unwrap().contains(&id.to_string()));
            assert_eq!((view.run.ended_at, view.run.wake_at), (Some(stage.now()), None));
        }
        stage.pass(61);
        store.wake_runs().await.unwrap();
        assert!(ready_ids(&store).await.is_empty());
    }

    async fn events_of_other_types_subjects_and_captured_ones_end_nothing(stage: &Stage) {
        let store = stage.open().await;
        let run = store.accept_event(booking(stage, "42")).await.unwrap().runs[0];
        let mut captured = other(stage, "42", "seat-freed");
        captured.event.capture = true;
        for event in [other(stage, "42", "seat"), other(stage, "4", "seat-freed"), captured] {
            store.accept_event(event).await.unwrap();
            assert_eq!(state(&store, run).await.0, RunState::Ready);
        }
    }

    async fn an_event_ends_only_runs_of_events_before_it(stage: &Stage) {
        let store = stage.open().await;
        let mut own = booking(stage, "42");
        own.event.event_type = Some(EventType::from_wire("seat-freed"));
        let run = store.accept_event(own).await.unwrap().runs[0];
        assert_eq!(state(&store, run).await.0, RunState::Ready);
        let (one, _) = tokio::join!(
            store.accept_event(booking(stage, "43")),
            store.accept_event(other(stage, "43", "seat-freed")),
        );
        assert_eq!(state(&store, one.unwrap().runs[0]).await, cancelled());
    }

    async fn a_run_in_hand_ends_its_segment_and_is_cancelled_where_it_would_wait(stage: &Stage) {
        let store = stage.open().await;
        store.accept_event(booking(stage, "42")).await.unwrap();
        let running = claim_one(&store).await;
        store.accept_event(other(stage, "42", "seat-freed")).await.unwrap();
        assert_eq!(state(&store, running.run.id).await.0, RunState::Running);
        let segment = mails(0, &["a@example.test"]);
        store.suspend_run(checkpoint(&running), segment, sleep(stage)).await.unwrap();
        assert_eq!(state(&store, running.run.id).await, cancelled());
        assert_eq!(store.claim_sends(10).await.unwrap().len(), 1, "what it has sent goes out");
        stage.pass(61);
        store.wake_runs().await.unwrap();
        assert!(ready_ids(&store).await.is_empty());
    }

    async fn a_run_in_hand_that_comes_to_its_end_is_completed(stage: &Stage) {
        let store = stage.open().await;
        store.accept_event(booking(stage, "42")).await.unwrap();
        let running = claim_one(&store).await;
        store.accept_event(other(stage, "42", "seat-freed")).await.unwrap();
        store.complete_run(checkpoint(&running), Segment::default(), CompletedAs::Completed).await.unwrap();
        assert_eq!(state(&store, running.run.id).await.0, RunState::Completed);
    }

    async fn a_cancelled_run_that_an_operator_begins_anew_may_wait_again(stage: &Stage) {
        let store = stage.open().await;
        store.accept_event(booking(stage, "42")).await.unwrap();
        let running = claim_one(&store).await;
        store.accept_event(other(stage, "42", "seat-freed")).await.unwrap();
        store.suspend_run(checkpoint(&running), Segment::default(), sleep(stage)).await.unwrap();
        store.restart_run(running.run.id).await.unwrap();
        let again = claim_one(&store).await;
        assert_eq!(again.run.begun_at, Some(stage.now()));
        store.suspend_run(checkpoint(&again), Segment::default(), sleep(stage)).await.unwrap();
        assert_eq!(state(&store, running.run.id).await.0, RunState::Waiting);
    }
}
