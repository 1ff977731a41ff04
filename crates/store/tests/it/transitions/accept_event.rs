//! Accepting.

use cuebook_core::event::EventState;
use cuebook_store::{EventFilter, Page, StoreError};

use crate::stage::{Stage, stories};

stories! {
    async fn what_was_accepted_is_readable_byte_for_byte_after_reopening(stage: &Stage) {
        let store = stage.open().await;
        let mut accept = stage.booking("42", &[]);
        accept.event.body = b"{\"type\": \"x\",\x00\xff\xfe not even UTF-8".to_vec();
        accept.event.capture = true;
        accept.event.parent = Some(accept.event.id);
        accept.event.depth = 3;
        let id = accept.event.id;
        let event = accept.event.clone();
        store.accept_event(accept).await.unwrap();
        let store = stage.open_after_death(store).await;
        let found = store.event(id).await.unwrap().unwrap();
        assert_eq!(found.body, event.body);
        assert_eq!(format!("{found:?}"), format!("{event:?}"));
    }

    async fn each_rule_gets_one_run_in_the_events_own_transaction(stage: &Stage) {
        let store = stage.open().await;
        let accept = stage.booking("42", &["new-booking/thanks", "any/log"]);
        let id = accept.event.id;
        let accepted = store.accept_event(accept).await.unwrap();
        let view = store.show_event(id).await.unwrap().unwrap();
        let runs: Vec<_> = view.runs.iter().map(|run| run.id).collect();
        assert_eq!(accepted.runs, runs);
        assert_eq!(view.runs[0].rule.as_str(), "new-booking/thanks");
        assert_eq!(view.state, EventState::Pending);
    }

    async fn an_event_never_gets_two_runs_of_one_rule(stage: &Stage) {
        let store = stage.open().await;
        let accept = stage.booking("42", &["any/log", "any/log"]);
        let id = accept.event.id;
        let error = store.accept_event(accept).await.unwrap_err();
        assert!(matches!(error, StoreError::Invalid(_)), "{error:?}");
        assert!(store.event(id).await.unwrap().is_none());
    }

    async fn the_same_id_is_accepted_once(stage: &Stage) {
        let store = stage.open().await;
        let accept = stage.booking("42", &["any/log"]);
        store.accept_event(accept.clone()).await.unwrap();
        let error = store.accept_event(accept).await.unwrap_err();
        assert!(matches!(error, StoreError::Invalid(_)), "{error:?}");
        assert_eq!(store.counts().await.unwrap().events, 1);
    }

    async fn what_no_rule_wants_and_what_is_no_message_say_so(stage: &Stage) {
        let store = stage.open().await;
        let unwanted = stage.booking("1", &[]);
        let mut rejected = stage.booking("2", &["any/log"]);
        rejected.rejected = Some("the body is not JSON".to_owned());
        rejected.event.event_type = None;
        rejected.event.wire_type = None;
        rejected.event.subject = None;
        let ids = (unwanted.event.id, rejected.event.id);
        store.accept_event(unwanted).await.unwrap();
        let accepted = store.accept_event(rejected).await.unwrap();
        assert!(accepted.runs.is_empty(), "no rule sees what is in quarantine");
        let view = store.show_event(ids.0).await.unwrap().unwrap();
        assert_eq!(view.state, EventState::NoRule);
        let view = store.show_event(ids.1).await.unwrap().unwrap();
        assert_eq!(view.state, EventState::Rejected);
        assert_eq!(view.reason.as_deref(), Some("the body is not JSON"));
        let filter = EventFilter { state: Some(EventState::Rejected), ..EventFilter::default() };
        let listed = store.list_events(&filter, &Page::default()).await.unwrap();
        assert_eq!(listed.items.len(), 1);
    }

    async fn accepting_wakes_those_who_wait_for_runs(stage: &Stage) {
        let store = stage.open().await;
        store.accept_event(stage.booking("42", &["any/log"])).await.unwrap();
        // The permit was left by the commit; without it this would wait forever.
        store.wakes().runs.notified().await;
    }
}
