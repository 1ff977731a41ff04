//! How many events may come of one.

use cuebook_core::EventId;
use cuebook_core::event::Origin;
use cuebook_core::run::RunState;
use cuebook_store::{AcceptEvent, ClaimedRun, CompletedAs, Segment, StoreError};

use crate::script::{checkpoint, running};
use crate::stage::{Stage, stories};

/// A segment that emits so `many` events; the first of them has a run.
fn emitting(stage: &Stage, parent: &ClaimedRun, many: usize) -> Segment {
    let event = |number: usize| {
        let rules: &[&str] = if number == 0 { &["any/again"] } else { &[] };
        let mut emitted: AcceptEvent = stage.booking("42", rules);
        emitted.event.origin = Origin::Emit;
        emitted.event.parent = Some(parent.run.event_id);
        emitted.event.depth = 1;
        emitted
    };
    Segment {
        emitted: (0..many).map(event).collect(),
        ..Segment::default()
    }
}

fn over(result: Result<(), StoreError>) -> (usize, usize) {
    match result.unwrap_err() {
        StoreError::TooManyEmitted { there, many } => (there, many),
        other => panic!("{other}"),
    }
}

stories! {
    async fn a_thousand_may_come_of_one_event_whoever_of_its_family_emits_them(stage: &Stage) {
        let store = stage.open().await;
        let end = |claimed: ClaimedRun, many: usize| {
            let store = store.clone();
            let segment = emitting(stage, &claimed, many);
            async move { store.complete_run(checkpoint(&claimed), segment, CompletedAs::Completed).await }
        };
        end(running(stage, &store, "42").await, 999).await.unwrap();
        let child = crate::script::claim_one(&store).await;
        assert_ne!(child.run.event_id, EventId(uuid::Uuid::nil()));
        assert_eq!(over(end(child.clone(), 2).await), (999, 2));
        end(child, 1).await.unwrap();
        let grandchild = crate::script::claim_one(&store).await;
        assert_eq!(over(end(grandchild.clone(), 1).await), (1000, 1));
        let view = store.show_run(grandchild.run.id).await.unwrap().unwrap();
        assert_eq!(view.run.state, RunState::Running, "nothing of it was written");
        end(grandchild, 0).await.unwrap();
        end(running(stage, &store, "42").await, 1).await.unwrap();
    }

    async fn segments_of_one_family_that_end_together_are_counted_together(stage: &Stage) {
        let store = stage.open().await;
        let mut event = stage.booking("42", &["any/one", "any/two"]);
        event.rules.iter_mut().for_each(|start| start.lane = false);
        store.accept_event(event).await.unwrap();
        let claimed = store.claim_runs(10).await.unwrap();
        let end = |at: usize| {
            let segment = emitting(stage, &claimed[at], 600);
            store.complete_run(checkpoint(&claimed[at]), segment, CompletedAs::Completed)
        };
        let (one, two) = tokio::join!(end(0), end(1));
        one.unwrap();
        assert_eq!(over(two), (600, 600));
    }
}
