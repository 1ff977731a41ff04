//! Of a burst, the last one runs.

use std::time::Duration;

use cuebook_core::RunId;
use cuebook_core::run::RunState;
use cuebook_store::{AcceptEvent, Store};

use crate::script::ready_ids;
use crate::stage::{Stage, stories};

fn booking(stage: &Stage, subject: &str) -> AcceptEvent {
    let mut event = stage.booking(subject, &["new-booking/thanks"]);
    event.rules[0].debounce = Some(Duration::from_secs(30));
    event
}

async fn accept(store: &Store, event: AcceptEvent) -> RunId {
    store.accept_event(event).await.unwrap().runs[0]
}

async fn state(store: &Store, run: RunId) -> (RunState, Option<String>) {
    let view = store.show_run(run).await.unwrap().unwrap();
    (view.run.state, view.run.code)
}

fn superseded() -> (RunState, Option<String>) {
    (RunState::Skipped, Some("superseded".to_owned()))
}

stories! {
    async fn the_last_of_a_burst_runs_once_it_has_been_quiet_and_the_others_are_skipped(stage: &Stage) {
        let store = stage.open().await;
        let first = accept(&store, booking(stage, "42")).await;
        assert!(ready_ids(&store).await.is_empty());
        stage.pass(29);
        let second = accept(&store, booking(stage, "42")).await;
        assert_eq!(state(&store, first).await, superseded());
        stage.pass(29);
        store.wake_runs().await.unwrap();
        assert!(ready_ids(&store).await.is_empty(), "it has not been quiet for long enough");
        assert_eq!(state(&store, second).await, (RunState::Waiting, Some("debounce".to_owned())));
        stage.pass(1);
        store.wake_runs().await.unwrap();
        assert_eq!(ready_ids(&store).await, [second]);
        let third = accept(&store, booking(stage, "42")).await;
        assert_eq!(state(&store, second).await.0, RunState::Running, "who runs is not superseded");
        assert_eq!(state(&store, third).await.0, RunState::Waiting);
    }

    async fn a_burst_in_one_commit_is_a_burst(stage: &Stage) {
        let store = stage.open().await;
        let (one, two, three) = tokio::join!(
            accept(&store, booking(stage, "42")),
            accept(&store, booking(stage, "42")),
            accept(&store, booking(stage, "42")),
        );
        let mut states = Vec::new();
        for run in [one, two, three] {
            states.push(state(&store, run).await.0);
        }
        states.sort();
        assert_eq!(states, [RunState::Waiting, RunState::Skipped, RunState::Skipped]);
    }

    async fn other_subjects_rules_and_captured_events_are_other_bursts(stage: &Stage) {
        let store = stage.open().await;
        let first = accept(&store, booking(stage, "42")).await;
        let mut captured = booking(stage, "42");
        captured.event.capture = true;
        let mut rule = booking(stage, "42");
        rule.rules[0].rule = "new-booking/other".parse().unwrap();
        for event in [booking(stage, "43"), captured, rule] {
            accept(&store, event).await;
        }
        assert_eq!(state(&store, first).await.0, RunState::Waiting);
    }

    async fn without_a_subject_it_runs_at_once(stage: &Stage) {
        let store = stage.open().await;
        let mut event = booking(stage, "42");
        event.event.subject = None;
        let run = accept(&store, event).await;
        assert_eq!(ready_ids(&store).await, [run]);
    }
}
