//! Events that Ticketpark is asked about, and what a person decides about those that wait.

use chrono::TimeDelta;
use cuebook_core::Timestamp;
use cuebook_core::event::{Event, EventState, Trust};
use cuebook_store::{EventFilter, Inquiry, Operated, Page, RuleStart, Store};

use crate::stage::{Stage, stories};

fn lease(stage: &Stage) -> Timestamp {
    stage.now() + TimeDelta::seconds(60)
}

async fn state(store: &Store, event: &Event) -> EventState {
    store.show_event(event.id).await.unwrap().unwrap().state
}

async fn claimed(stage: &Stage, store: &Store) -> Vec<Event> {
    let claimed = store.claim_confirmations(10, lease(stage)).await.unwrap();
    claimed.into_iter().map(|claimed| claimed.event).collect()
}

fn rules(stage: &Stage) -> Vec<RuleStart> {
    stage.booking("0", &["any/log"]).rules
}

stories! {
    async fn no_rule_sees_an_event_before_it_is_believed(stage: &Stage) {
        let store = stage.open().await;
        let event = stage.booking("42", &[]).event;
        store.accept_to_confirm(event.clone()).await.unwrap();
        assert_eq!(state(&store, &event).await, EventState::Confirming);
        let filter = EventFilter { state: Some(EventState::Confirming), ..EventFilter::default() };
        assert_eq!(store.list_events(&filter, &Page::default()).await.unwrap().items.len(), 1);
        assert_eq!(store.unsettled_events().await.unwrap().confirming, 1);
        assert!(store.close_books().await.unwrap().findings.is_empty());

        let mut asked = claimed(stage, &store).await.remove(0);
        assert_eq!(asked.id, event.id);
        assert!(claimed(stage, &store).await.is_empty(), "somebody is asking");
        asked.trust = Trust::Confirmed;
        let believed = Inquiry::Believed(rules(stage));
        assert!(store.settle_confirmation(asked.clone(), believed.clone()).await.unwrap());
        assert!(!store.settle_confirmation(asked, believed).await.unwrap(), "it is decided once");
        let view = store.show_event(event.id).await.unwrap().unwrap();
        assert_eq!((view.state, view.runs.len()), (EventState::Pending, 1));
        assert_eq!(view.event.trust, Trust::Confirmed);
        assert_eq!(store.claim_runs(1).await.unwrap().len(), 1);
        assert!(store.close_books().await.unwrap().findings.is_empty());
    }

    async fn what_ticketpark_does_not_know_is_kept_in_quarantine(stage: &Stage) {
        let store = stage.open().await;
        let event = stage.booking("42", &[]).event;
        store.accept_to_confirm(event.clone()).await.unwrap();
        let asked = claimed(stage, &store).await.remove(0);
        let refused = Inquiry::Refused("no such booking".to_owned());
        assert!(store.settle_confirmation(asked, refused).await.unwrap());
        let view = store.show_event(event.id).await.unwrap().unwrap();
        assert_eq!((view.state, view.reason.as_deref()), (EventState::Rejected, Some("no such booking")));
        assert_eq!(view.event.body, event.body);
        assert!(store.close_books().await.unwrap().findings.is_empty());
    }

    async fn what_nobody_could_tell_is_asked_again_when_its_time_comes(stage: &Stage) {
        let store = stage.open().await;
        let event = stage.booking("42", &[]).event;
        store.accept_to_confirm(event.clone()).await.unwrap();
        let asked = claimed(stage, &store).await.remove(0);
        let later = stage.now() + TimeDelta::seconds(5);
        store.settle_confirmation(asked, Inquiry::Later(later, "down".to_owned())).await.unwrap();
        assert!(claimed(stage, &store).await.is_empty());
        assert_eq!(store.unsettled_events().await.unwrap().problem.as_deref(), Some("down"));
        assert_eq!(store.next_confirmation().await.unwrap(), Some(later));
        stage.clock.advance(TimeDelta::seconds(5));
        let again = store.claim_confirmations(10, lease(stage)).await.unwrap();
        assert_eq!(again[0].attempts, 1);
    }

    async fn who_asked_and_died_is_followed_by_another(stage: &Stage) {
        let store = stage.open().await;
        store.accept_to_confirm(stage.booking("42", &[]).event).await.unwrap();
        assert_eq!(claimed(stage, &store).await.len(), 1);
        let store = stage.open_after_death(store).await;
        store.void_confirmation_leases().await.unwrap();
        if stage.folder.is_none() {
            assert!(claimed(stage, &store).await.is_empty(), "another node may still be asking");
            stage.clock.advance(TimeDelta::seconds(60));
        }
        assert_eq!(claimed(stage, &store).await.len(), 1);
    }

    async fn the_events_of_a_booking_are_asked_about_in_their_order(stage: &Stage) {
        let store = stage.open().await;
        let events = [stage.booking("1", &[]).event, stage.booking("1", &[]).event, stage.booking("2", &[]).event];
        for event in &events {
            store.accept_to_confirm(event.clone()).await.unwrap();
        }
        let first = claimed(stage, &store).await;
        assert_eq!([first[0].id, first[1].id], [events[0].id, events[2].id]);
        store.settle_confirmation(first[0].clone(), Inquiry::Believed(Vec::new())).await.unwrap();
        let second = claimed(stage, &store).await;
        assert_eq!((second.len(), second[0].id), (1, events[1].id));
        assert_eq!(state(&store, &events[0]).await, EventState::NoRule);
    }

    async fn a_person_can_decide_in_ticketparks_place(stage: &Stage) {
        let store = stage.open().await;
        let events = [stage.booking("1", &[]).event, stage.booking("2", &[]).event];
        for event in &events {
            store.accept_to_confirm(event.clone()).await.unwrap();
        }
        let done = store.approve_event(events[0].clone(), rules(stage)).await.unwrap();
        assert_eq!(done, Operated::Done);
        let approved = store.show_event(events[0].id).await.unwrap().unwrap();
        assert_eq!((approved.state, approved.event.trust), (EventState::Pending, Trust::Unconfirmed));
        assert_eq!(store.discard_event(events[1].clone()).await.unwrap(), Operated::Done);
        assert_eq!(state(&store, &events[1]).await, EventState::Rejected);
        let again = store.approve_event(events[1].clone(), rules(stage)).await.unwrap();
        assert_eq!(again, Operated::NotIn(EventState::Rejected));
        assert!(claimed(stage, &store).await.is_empty(), "there is nothing left to ask");
        let unknown = store.discard_event(stage.booking("3", &[]).event).await.unwrap();
        assert_eq!(unknown, Operated::NoSuch);
        assert!(store.close_books().await.unwrap().findings.is_empty());
    }
}
