//! The stop button.

use cuebook_core::event::EventState;
use cuebook_core::rule::RuleName;
use cuebook_store::{CompletedAs, Stopped};

use crate::script::{checkpoint, claim_one, mails, ready_ids, running};
use crate::stage::{Stage, stories};

fn thanks() -> RuleName {
    "new-booking/thanks".parse().unwrap()
}

stories! {
    async fn while_everything_is_stopped_events_are_stored_and_nothing_is_claimed(stage: &Stage) {
        let store = stage.open().await;
        let claimed = running(stage, &store, "1").await;
        store
            .complete_run(checkpoint(&claimed), mails(0, &["a@b.ch"]), CompletedAs::Completed)
            .await
            .unwrap();
        store.stop(None, Stopped::Everything).await.unwrap();
        let accepted = store.accept_event(stage.booking("2", &["new-booking/thanks"])).await.unwrap();
        assert_eq!(accepted.runs.len(), 1);
        assert_eq!(ready_ids(&store).await, []);
        assert!(store.claim_sends(10).await.unwrap().is_empty());
        store.start(None, Stopped::Everything).await.unwrap();
        assert_eq!(ready_ids(&store).await, accepted.runs);
        assert_eq!(store.claim_sends(10).await.unwrap().len(), 1);
    }

    async fn a_stop_outlives_the_process(stage: &Stage) {
        let store = stage.open().await;
        store.stop(None, Stopped::Sends).await.unwrap();
        store.close().await;
        let store = stage.open().await;
        let stops = store.stops().await.unwrap();
        assert_eq!(stops.len(), 1);
        assert_eq!((&stops[0].rule, stops[0].what), (&None, Stopped::Sends));
    }

    async fn while_sends_are_stopped_runs_go_on(stage: &Stage) {
        let store = stage.open().await;
        store.stop(None, Stopped::Sends).await.unwrap();
        let claimed = running(stage, &store, "1").await;
        store
            .complete_run(checkpoint(&claimed), mails(0, &["a@b.ch"]), CompletedAs::Completed)
            .await
            .unwrap();
        assert!(store.claim_sends(10).await.unwrap().is_empty());
    }

    async fn a_rule_that_is_stopped_holds_up_no_other(stage: &Stage) {
        let store = stage.open().await;
        store.stop(Some(thanks()), Stopped::Everything).await.unwrap();
        let rules = ["new-booking/thanks", "new-booking/other"];
        let accepted = store.accept_event(stage.booking("1", &rules)).await.unwrap();
        let other = claim_one(&store).await;
        assert_eq!(other.run.id, accepted.runs[1]);
        store
            .complete_run(checkpoint(&other), mails(0, &["a@b.ch"]), CompletedAs::Completed)
            .await
            .unwrap();
        assert_eq!(store.claim_sends(10).await.unwrap().len(), 1);
        store.start(Some(thanks()), Stopped::Everything).await.unwrap();
        assert_eq!(ready_ids(&store).await, [accepted.runs[0]]);
    }

    async fn a_disabled_rule_gets_no_new_run_and_its_old_ones_go_on(stage: &Stage) {
        let store = stage.open().await;
        let before = store.accept_event(stage.booking("1", &["new-booking/thanks"])).await.unwrap();
        store.stop(Some(thanks()), Stopped::NewRuns).await.unwrap();
        let after = store.accept_event(stage.booking("2", &["new-booking/thanks"])).await.unwrap();
        assert_eq!(after.runs, []);
        let event = store.show_event(after.id).await.unwrap().unwrap();
        assert_eq!(event.state, EventState::NoRule);
        assert!(event.reason.unwrap().contains("disabled"));
        assert_eq!(ready_ids(&store).await, before.runs);
    }
}
