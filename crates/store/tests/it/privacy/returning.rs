//! What was erased does not come back: by looks for what no message told of, by copies, by what another process remembers.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::TimeDelta;
use cuebook_core::event::{Event, Origin};
use cuebook_core::reconcile::{Found, Resource, Snapshot, TYPES};
use cuebook_core::{EventId, Pid, Timestamp};
use cuebook_store::{
    AcceptEvent, BeginReconciliation, EventFilter, FoundPage, Page, PageKept, PrivacyKind, Store,
    StoreError, is_erased,
};
use serde_json::json;

use super::scene::{
    BOOKING, EMAIL, FOLLOWED, OTHER, PERSON, ask, by, everything, holds, lived, nothing_is_left,
    work,
};
use crate::stage::{Stage, stories};

const RULE: &str = "new-booking/thanks";

/// A booking of so many tickets that was made an hour ago and changed at an instant.
fn booking(stage: &Stage, pid: &str, tickets: usize, at: Timestamp) -> Found {
    let tickets: Vec<_> = (0..tickets)
        .map(|number| json!({"pid": format!("t{number}")}))
        .collect();
    Found {
        resource: Resource::Bookings,
        pid: Pid::from(pid),
        booking: None,
        updated: Some(at),
        created: Some(stage.now() - TimeDelta::hours(1)),
        snapshot: Snapshot::of(&json!({"pid": pid, "confirmation": true, "tickets": tickets})),
        payment: None,
    }
}

/// One look that finds these.
async fn look(stage: &Stage, store: &Store, found: Vec<Found>) -> PageKept {
    let lease = stage.now() + TimeDelta::seconds(60);
    let begin = BeginReconciliation {
        id: stage.id(),
        since: Some(stage.now() - TimeDelta::hours(2)),
        every: None,
    };
    store.begin_reconciliation(begin).await.unwrap();
    let taken = store.take_reconciliation(lease).await.unwrap().unwrap();
    let starts = stage.booking("0", &["any/log"]).rules;
    let rules: BTreeMap<_, _> = TYPES
        .iter()
        .map(|name| ((*name).to_owned(), starts.clone()))
        .collect();
    let page = FoundPage {
        id: taken.id,
        fence: taken.fence,
        resource: found[0].resource,
        found,
        rules: Arc::new(rules),
        lease,
    };
    let kept = store.keep_found(page).await.unwrap();
    store.cancel_reconciliation(taken.id).await.unwrap();
    kept
}

async fn of_origin(store: &Store, origin: Origin) -> Vec<Event> {
    let filter = EventFilter {
        origin: Some(origin),
        ..EventFilter::default()
    };
    let listed = store.list_events(&filter, &Page::default()).await.unwrap();
    listed.items.into_iter().map(|view| view.event).collect()
}

/// An event of this origin that says what another does.
fn copy(stage: &Stage, of: &Event, origin: Origin) -> AcceptEvent {
    let accept = stage.booking("0", &[RULE]);
    AcceptEvent {
        event: Event {
            id: EventId(stage.id()),
            origin,
            received_at: stage.now(),
            parent: Some(of.id),
            ..of.clone()
        },
        ..accept
    }
}

stories! {
    async fn a_look_at_ticketpark_does_not_bring_back_who_was_erased(stage: &Stage) {
        let store = stage.open().await;
        store.keep_reconcile_mark(stage.now() - TimeDelta::days(1)).await.unwrap();
        let before = stage.now() - TimeDelta::minutes(30);
        let found = vec![booking(stage, BOOKING, 1, before), booking(stage, OTHER, 1, before)];
        assert_eq!(look(stage, &store, found.clone()).await.made, 2);
        ask(&store, by(None, None, Some(BOOKING)), false).await;
        work(&store).await;
        stage.clock.advance(TimeDelta::minutes(5));
        assert_eq!(look(stage, &store, found).await, PageKept { looked: 2, ..PageKept::default() });
        assert!(!holds(&everything(stage).await, BOOKING), "nor is its pid kept for that");
        // What happens to it from then on is taken like anything else; but it is not new.
        let later = booking(stage, BOOKING, 2, stage.now() - TimeDelta::minutes(1));
        assert_eq!(look(stage, &store, vec![later]).await.made, 1);
        let newest = of_origin(&store, Origin::Reconcile).await.remove(0);
        assert_eq!(newest.event_type.unwrap().as_str(), "booking-changed");
    }

    async fn nor_the_bookings_that_were_followed_and_their_payments(stage: &Stage) {
        let store = stage.open().await;
        store.keep_reconcile_mark(stage.now() - TimeDelta::days(1)).await.unwrap();
        lived(stage, &store).await;
        ask(&store, by(Some(PERSON), Some(EMAIL), None), false).await;
        work(&store).await;
        let before = stage.now() - TimeDelta::minutes(30);
        let booked = booking(stage, FOLLOWED, 1, before);
        let paid = Found {
            resource: Resource::Payments,
            pid: Pid::from("p1"),
            booking: Some(Pid::from(FOLLOWED)),
            ..booked.clone()
        };
        let person = Found { resource: Resource::Persons, pid: Pid::from(PERSON), ..booked.clone() };
        for found in [booked, paid, person] {
            let kept = look(stage, &store, vec![found]).await;
            assert_eq!(kept, PageKept { looked: 1, ..PageKept::default() });
        }
        nothing_is_left(stage, "after further looks").await;
    }

    async fn an_erasure_that_has_touched_nothing_hides_nothing(stage: &Stage) {
        let store = stage.open().await;
        store.keep_reconcile_mark(stage.now() - TimeDelta::days(1)).await.unwrap();
        ask(&store, by(None, None, Some(BOOKING)), true).await;
        work(&store).await;
        let id = ask(&store, by(None, None, Some(BOOKING)), false).await;
        store.claim_privacy().await.unwrap();
        store.cancel_privacy(PrivacyKind::Erasure, id).await.unwrap();
        let found = booking(stage, BOOKING, 1, stage.now() - TimeDelta::minutes(30));
        assert_eq!(look(stage, &store, vec![found]).await.made, 1);
    }

    async fn copies_made_while_an_erasure_goes_on_are_erased_with_it(stage: &Stage) {
        let store = stage.open().await;
        let waits = lived(stage, &store).await;
        let original = store.event(waits.run.event_id).await.unwrap().unwrap();
        ask(&store, by(None, None, Some(BOOKING)), false).await;
        stage.pass(1);
        let replayed = copy(stage, &original, Origin::Replay);
        let emitted = copy(stage, &replayed.event, Origin::Emit);
        let elsewhere = AcceptEvent {
            event: Event { body: stage.booking(OTHER, &[]).event.body, subject: None, ..copy(stage, &original, Origin::Emit).event },
            ..copy(stage, &original, Origin::Emit)
        };
        for event in [&replayed, &emitted, &elsewhere] {
            store.accept_event(event.clone()).await.unwrap();
        }
        work(&store).await;
        assert!(!holds(&everything(stage).await, BOOKING));
        for (event, erased) in [(&replayed, true), (&emitted, true), (&elsewhere, false)] {
            let event = store.event(event.event.id).await.unwrap().unwrap();
            assert_eq!(is_erased(&event), erased, "{event:?}");
        }
        let late = store.accept_event(copy(stage, &original, Origin::Replay)).await;
        assert!(matches!(late, Err(StoreError::Invalid(_))), "it was read before: {late:?}");
        assert_eq!(store.close_books().await.unwrap().findings, []);
    }

    async fn a_node_remembers_nothing_that_another_has_erased(stage: &Stage) {
        let store = stage.open().await;
        let accepted = store.accept_event(stage.booking(BOOKING, &[RULE])).await.unwrap();
        let other = if stage.folder.is_some() { store.clone() } else { stage.open().await };
        ask(&other, by(None, None, Some(BOOKING)), false).await;
        work(&other).await;
        let event = store.event_for_run(accepted.id).await.unwrap().unwrap();
        assert!(is_erased(&event));
    }
}
