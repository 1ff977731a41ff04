//! Claims and lanes.

use cuebook_core::run::RunState;
use cuebook_store::StoreError;

use crate::script::{checkpoint, claim_one, complete, ready_ids, running};
use crate::stage::{Stage, stories};

stories! {
    async fn a_claim_takes_the_oldest_first_and_none_twice(stage: &Stage) {
        let store = stage.open().await;
        let mut expected = Vec::new();
        for subject in ["1", "2", "3"] {
            let accepted = store.accept_event(stage.booking(subject, &["any/log"])).await.unwrap();
            expected.extend(accepted.runs);
            stage.pass(1);
        }
        let first = store.claim_runs(2).await.unwrap();
        let ids: Vec<_> = first.iter().map(|claimed| claimed.run.id).collect();
        assert_eq!(ids, expected[..2]);
        assert_eq!(first[0].run.state, RunState::Running);
        assert_eq!((first[0].fence, first[0].claims), (1, 1));
        assert_eq!(first[0].run.started_at, Some(stage.now()));
        assert_eq!(ready_ids(&store).await, expected[2..]);
        assert!(ready_ids(&store).await.is_empty());
    }

    async fn a_lane_is_taken_one_by_one_in_order_of_arrival(stage: &Stage) {
        let store = stage.open().await;
        let rule = ["new-booking/thanks"];
        let first = store.accept_event(stage.booking("42", &rule)).await.unwrap().runs;
        let second = store.accept_event(stage.booking("42", &rule)).await.unwrap().runs;
        let other = store.accept_event(stage.booking("43", &rule)).await.unwrap().runs;
        let claimed = store.claim_runs(10).await.unwrap();
        let ids: Vec<_> = claimed.iter().map(|claimed| claimed.run.id).collect();
        assert_eq!(ids, [first[0], other[0]], "the second of the lane waits for the first");
        assert!(ready_ids(&store).await.is_empty(), "also while the first is running");
        complete(&store, &claimed[0]).await;
        assert_eq!(ready_ids(&store).await, second);
    }

    async fn without_a_lane_all_run_at_once(stage: &Stage) {
        let store = stage.open().await;
        for _ in 0..3 {
            let mut accept = stage.booking("42", &["any/log"]);
            accept.rules[0].lane = false;
            store.accept_event(accept).await.unwrap();
        }
        assert_eq!(ready_ids(&store).await.len(), 3);
    }

    async fn rules_do_not_share_lanes(stage: &Stage) {
        let store = stage.open().await;
        store.accept_event(stage.booking("42", &["any/log", "any/mail"])).await.unwrap();
        assert_eq!(ready_ids(&store).await.len(), 2);
    }

    async fn claims_in_one_group_share_what_is_ready(stage: &Stage) {
        let store = stage.open().await;
        for subject in ["1", "2", "3", "4", "5"] {
            store.accept_event(stage.booking(subject, &["any/log"])).await.unwrap();
        }
        let claims = futures::future::join_all((0..4).map(|_| store.claim_runs(2))).await;
        let mut ids: Vec<_> = claims
            .into_iter()
            .flat_map(|claim| claim.unwrap())
            .map(|claimed| claimed.run.id)
            .collect();
        assert_eq!(ids.len(), 5);
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), 5, "none was given to two");
    }

    async fn claims_count_until_something_is_recorded(stage: &Stage) {
        let store = stage.open().await;
        running(stage, &store, "42").await;
        let store = stage.open_after_death(store).await;
        let claimed = claim_one(&store).await;
        assert_eq!(claimed.claims, 2, "it was claimed and recorded nothing");
        store.record_steps(checkpoint(&claimed)).await.unwrap();
        let store = stage.open_after_death(store).await;
        let claimed = claim_one(&store).await;
        assert_eq!(claimed.claims, 3, "recording nothing is no progress");
        let mut progress = checkpoint(&claimed);
        progress.steps.push(stage.step(0, None));
        store.record_steps(progress).await.unwrap();
        let store = stage.open_after_death(store).await;
        assert_eq!(claim_one(&store).await.claims, 1);
    }

    async fn what_a_dead_process_held_comes_a_few_at_a_time_and_holds_nobody_else_up(stage: &Stage) {
        let store = stage.open().await;
        for subject in 0..10 {
            store.accept_event(stage.booking(&subject.to_string(), &["any/log"])).await.unwrap();
        }
        assert_eq!(store.claim_runs(20).await.unwrap().len(), 10);
        let store = stage.open_after_death(store).await;
        let few = store.claim_runs(20).await.unwrap();
        assert_eq!(few.iter().map(|run| run.claims).collect::<Vec<_>>(), [2; 4]);
        let fresh = store.accept_event(stage.booking("fresh", &["any/log"])).await.unwrap().runs;
        assert_eq!(ready_ids(&store).await, fresh);
        // One that records something is no suspect any more.
        let mut progress = checkpoint(&few[0]);
        progress.steps.push(stage.step(0, None));
        store.record_steps(progress).await.unwrap();
        assert_eq!(claim_one(&store).await.claims, 2);
        assert!(ready_ids(&store).await.is_empty());
    }

    async fn what_two_dead_processes_held_comes_one_by_one_and_first_alone(stage: &Stage) {
        let store = stage.open().await;
        for subject in 0..3 {
            store.accept_event(stage.booking(&subject.to_string(), &["any/log"])).await.unwrap();
        }
        store.claim_runs(20).await.unwrap();
        let store = stage.open_after_death(store).await;
        assert_eq!(store.claim_runs(20).await.unwrap().len(), 3);
        let store = stage.open_after_death(store).await;
        let fresh = store.accept_event(stage.booking("fresh", &["any/log"])).await.unwrap().runs;
        let claimed = store.claim_runs(20).await.unwrap();
        let [alone] = &claimed[..] else { panic!("one, not {claimed:?}") };
        assert_eq!(alone.claims, 3);
        assert_eq!(ready_ids(&store).await, fresh, "the next claim holds others up no longer");
        assert!(ready_ids(&store).await.is_empty());
        complete(&store, alone).await;
        assert_eq!(claim_one(&store).await.claims, 3);
        assert!(ready_ids(&store).await.is_empty());
    }

    async fn a_stale_fence_is_refused_and_changes_nothing(stage: &Stage) {
        let store = stage.open().await;
        let old = running(stage, &store, "42").await;
        let store = stage.open_after_death(store).await;
        let new = claim_one(&store).await;
        assert!(new.fence > old.fence);
        let mut late = checkpoint(&old);
        late.steps.push(stage.step(0, None));
        let error = store.record_steps(late).await.unwrap_err();
        assert!(matches!(error, StoreError::Fenced));
        assert!(store.journal(new.run.id).await.unwrap().steps.is_empty());
        complete(&store, &new).await;
        let error = store.record_steps(checkpoint(&new)).await.unwrap_err();
        assert!(matches!(error, StoreError::Fenced), "an ended run records nothing");
    }
}
