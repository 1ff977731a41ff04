//! Which changes that were found become events, once.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use cuebook_core::event::{EventState, Origin, Trust};
use cuebook_core::reconcile::{Found, Resource, Snapshot, TYPES};
use cuebook_core::{Pid, Timestamp};
use cuebook_store::{
    BeginReconciliation, Begun, EventFilter, EventView, FoundPage, Operated, Page, PageKept,
    ReconciliationEnd, Store, StoreError, TakenReconciliation,
};
use serde_json::json;

use crate::stage::{Stage, stories};

/// A booking with so many tickets, changed at an instant.
fn booking(pid: &str, tickets: usize, at: Timestamp) -> Found {
    let tickets: Vec<_> = (0..tickets)
        .map(|number| json!({"pid": format!("t{number}")}))
        .collect();
    Found {
        resource: Resource::Bookings,
        pid: Pid::from(pid),
        booking: None,
        updated: Some(at),
        created: None,
        snapshot: Snapshot::of(&json!({"pid": pid, "confirmation": true, "tickets": tickets})),
        payment: None,
    }
}

async fn taken(stage: &Stage, store: &Store) -> TakenReconciliation {
    let lease = stage.now() + TimeDelta::seconds(60);
    store.take_reconciliation(lease).await.unwrap().unwrap()
}

async fn begun(stage: &Stage, store: &Store) -> TakenReconciliation {
    let since = Some(stage.now() - TimeDelta::hours(1));
    let request = BeginReconciliation {
        id: stage.id(),
        since,
        every: None,
    };
    assert!(matches!(
        store.begin_reconciliation(request).await.unwrap(),
        Begun::Begun(_)
    ));
    taken(stage, store).await
}

fn page(stage: &Stage, taken: TakenReconciliation, found: Vec<Found>) -> FoundPage {
    let rules = stage.booking("0", &["any/log"]).rules;
    let rules: BTreeMap<_, _> = TYPES
        .iter()
        .map(|name| ((*name).to_owned(), rules.clone()))
        .collect();
    FoundPage {
        id: taken.id,
        fence: taken.fence,
        resource: found[0].resource,
        found,
        rules: Arc::new(rules),
        lease: stage.now() + TimeDelta::seconds(60),
    }
}

async fn made(store: &Store) -> Vec<EventView> {
    let filter = EventFilter {
        origin: Some(Origin::Reconcile),
        ..EventFilter::default()
    };
    let limit = 100;
    let mut items = store
        .list_events(
            &filter,
            &Page {
                limit,
                cursor: None,
            },
        )
        .await
        .unwrap()
        .items;
    items.reverse();
    items
}

fn types(made: &[EventView]) -> Vec<&str> {
    made.iter()
        .map(|view| view.event.event_type.as_ref().unwrap().as_str())
        .collect()
}

stories! {
    async fn a_change_without_an_event_becomes_one_and_never_two(stage: &Stage) {
        let store = stage.open().await;
        store.keep_reconcile_mark(stage.now() - TimeDelta::days(1)).await.unwrap();
        let at = stage.now() - TimeDelta::minutes(30);
        // Of this one a webhook has told, a second after the change.
        stage.clock.advance(TimeDelta::minutes(-30) + TimeDelta::seconds(1));
        store.accept_event(stage.booking("1", &[])).await.unwrap();
        stage.clock.advance(TimeDelta::minutes(30) - TimeDelta::seconds(1));
        let taken = begun(stage, &store).await;
        let found = vec![booking("1", 1, at), booking("2", 1, at)];
        let kept = store.keep_found(page(stage, taken, found.clone())).await.unwrap();
        assert_eq!(kept, PageKept { looked: 2, known: 1, unchanged: 0, made: 1, held: 0 });
        let again = store.keep_found(page(stage, taken, found)).await.unwrap();
        assert_eq!(again, PageKept { looked: 2, ..PageKept::default() });
        let made = made(&store).await;
        assert_eq!(types(&made), ["booking-changed"]);
        let event = &made[0].event;
        assert_eq!((event.trust, event.subject.as_ref().unwrap().as_str()), (Trust::Confirmed, "2"));
        assert_eq!((made[0].state, made[0].runs.len()), (EventState::Pending, 1));
        assert!(store.close_books().await.unwrap().findings.is_empty());
    }

    async fn an_event_accounts_for_one_change_and_no_more(stage: &Stage) {
        let store = stage.open().await;
        store.keep_reconcile_mark(stage.now() - TimeDelta::days(1)).await.unwrap();
        store.accept_event(stage.booking("1", &[])).await.unwrap();
        let first = booking("1", 1, stage.now());
        stage.clock.advance(TimeDelta::minutes(10));
        let taken = begun(stage, &store).await;
        assert_eq!(store.keep_found(page(stage, taken, vec![first])).await.unwrap().known, 1);
        // Its tickets were changed a moment later, and nothing told of it.
        let second = booking("1", 2, stage.now() - TimeDelta::minutes(9));
        let kept = store.keep_found(page(stage, taken, vec![second])).await.unwrap();
        assert_eq!((kept.known, kept.made), (0, 1));
        assert_eq!(types(&made(&store).await), ["booking-tickets-updated"]);
        // Touched, and as it was.
        let third = booking("1", 2, stage.now() - TimeDelta::minutes(8));
        let kept = store.keep_found(page(stage, taken, vec![third])).await.unwrap();
        assert_eq!((kept.unchanged, kept.made), (1, 0));
    }

    async fn what_is_over_fifty_an_hour_waits_for_a_person(stage: &Stage) {
        let store = stage.open().await;
        store.keep_reconcile_mark(stage.now() - TimeDelta::days(1)).await.unwrap();
        let at = stage.now() - TimeDelta::minutes(30);
        let found = (0..52).map(|number| booking(&number.to_string(), 1, at)).collect();
        let taken = begun(stage, &store).await;
        let kept = store.keep_found(page(stage, taken, found)).await.unwrap();
        assert_eq!((kept.made, kept.held), (50, 2));
        let held: Vec<_> = made(&store).await.into_iter().filter(|view| view.state == EventState::Held).collect();
        assert_eq!(held.len(), 2);
        assert!(held[0].runs.is_empty() && held[0].reason.as_ref().unwrap().contains("50"));
        assert_eq!(store.unsettled_events().await.unwrap().held, 2);
        let rules = stage.booking("0", &["any/log"]).rules;
        store.approve_event(held[0].event.clone(), rules).await.unwrap();
        store.discard_event(held[1].event.clone()).await.unwrap();
        let approved = store.show_event(held[0].event.id).await.unwrap().unwrap();
        assert_eq!((approved.state, approved.event.trust), (EventState::Pending, Trust::Confirmed));
        assert!(store.close_books().await.unwrap().findings.is_empty());
        // An hour later there is room again.
        stage.clock.advance(TimeDelta::minutes(61));
        let late = booking("x", 1, stage.now() - TimeDelta::minutes(30));
        store.keep_found(page(stage, taken, vec![late])).await.unwrap();
        assert_eq!(made(&store).await.len(), 53);
    }

    async fn what_changed_before_the_baseline_runs_nothing_by_itself(stage: &Stage) {
        let store = stage.open().await;
        store.keep_reconcile_mark(stage.now()).await.unwrap();
        let last_year = stage.now() - TimeDelta::days(365);
        let taken = begun(stage, &store).await;
        let kept = store.keep_found(page(stage, taken, vec![booking("1", 1, last_year)])).await.unwrap();
        assert_eq!((kept.made, kept.held), (0, 1));
    }

    async fn one_runs_at_a_time_and_the_timers_has_its_time(stage: &Stage) {
        let store = stage.open().await;
        let mark = store.keep_reconcile_mark(stage.now()).await.unwrap();
        let every = Some(Duration::from_mins(15));
        let timer = |stage: &Stage| BeginReconciliation { id: stage.id(), since: None, every };
        let due = stage.now() + TimeDelta::minutes(15);
        assert_eq!(store.begin_reconciliation(timer(stage)).await.unwrap(), Begun::NotDue(due));
        stage.clock.advance(TimeDelta::minutes(15));
        let Begun::Begun(id) = store.begin_reconciliation(timer(stage)).await.unwrap() else { panic!("it is due") };
        assert_eq!(store.begin_reconciliation(timer(stage)).await.unwrap(), Begun::Running(id));
        let mine = taken(stage, &store).await;
        assert_eq!((mine.id, mine.since), (id, mark.baseline));
        let lease = stage.now() + TimeDelta::seconds(60);
        assert_eq!(store.take_reconciliation(lease).await.unwrap(), None, "somebody has it");
        assert!(store.end_reconciliation(id, mine.fence, ReconciliationEnd::Completed).await.unwrap());
        assert_eq!(store.reconcile_mark().await.unwrap().unwrap().looked_until, mine.until);
        let shown = store.show_reconciliation(id).await.unwrap().unwrap();
        assert_eq!((shown.state.as_str(), shown.cause.as_str()), ("completed", "timer"));
    }

    async fn one_that_failed_leaves_what_it_has_not_seen_to_the_next(stage: &Stage) {
        let store = stage.open().await;
        let mark = store.keep_reconcile_mark(stage.now() - TimeDelta::hours(2)).await.unwrap();
        let taken = begun(stage, &store).await;
        let failed = ReconciliationEnd::Failed("Ticketpark is down".to_owned());
        assert!(store.end_reconciliation(taken.id, taken.fence, failed).await.unwrap());
        assert_eq!(store.reconcile_mark().await.unwrap(), Some(mark));
        let shown = store.show_reconciliation(taken.id).await.unwrap().unwrap();
        assert_eq!(shown.reason.as_deref(), Some("Ticketpark is down"));
        // One that begins behind the mark would leave a gap, too.
        let later = begun(stage, &store).await;
        store.end_reconciliation(later.id, later.fence, ReconciliationEnd::Completed).await.unwrap();
        assert_eq!(store.reconcile_mark().await.unwrap(), Some(mark));
    }

    async fn who_died_or_was_cancelled_writes_no_more(stage: &Stage) {
        let store = stage.open().await;
        store.keep_reconcile_mark(stage.now() - TimeDelta::days(1)).await.unwrap();
        let dead = begun(stage, &store).await;
        let at = stage.now() - TimeDelta::minutes(30);
        store.keep_found(page(stage, dead, vec![booking("1", 1, at)])).await.unwrap();
        let store = stage.open_after_death(store).await;
        if stage.folder.is_none() {
            stage.clock.advance(TimeDelta::seconds(61));
        }
        let heir = taken(stage, &store).await;
        assert_eq!((heir.id, heir.since), (dead.id, dead.since));
        let late = store.keep_found(page(stage, dead, vec![booking("2", 1, at)])).await;
        assert!(matches!(late, Err(StoreError::Fenced)), "{late:?}");
        let kept = store.keep_found(page(stage, heir, vec![booking("1", 1, at), booking("2", 1, at)])).await.unwrap();
        assert_eq!(kept.made, 1, "the first was made good before");
        assert_eq!(store.cancel_reconciliation(heir.id).await.unwrap(), Operated::Done);
        let late = store.keep_found(page(stage, heir, vec![booking("3", 1, at)])).await;
        assert!(matches!(late, Err(StoreError::Fenced)), "{late:?}");
        assert_eq!(store.cancel_reconciliation(heir.id).await.unwrap(), Operated::NotIn("cancelled".to_owned()));
        assert_eq!(made(&store).await.len(), 2);
    }

    async fn a_payment_whose_booking_nobody_says_is_known_by_its_own_pid(stage: &Stage) {
        let store = stage.open().await;
        store.keep_reconcile_mark(stage.now() - TimeDelta::days(1)).await.unwrap();
        let mut event = stage.booking("7", &[]);
        event.event.body = br#"{"type":"new-payment","payload":{"booking_pid":7,"payment_pid":"p1"}}"#.to_vec();
        event.event.event_type = Some(cuebook_core::events::EventType::from_wire("new-payment"));
        store.accept_event(event).await.unwrap();
        let at = stage.now();
        let payment = |pid: &str| Found {
            resource: Resource::Payments,
            snapshot: Snapshot::of(&json!({"pid": pid})),
            ..booking(pid, 0, at)
        };
        stage.clock.advance(TimeDelta::minutes(5));
        let taken = begun(stage, &store).await;
        let kept = store.keep_found(page(stage, taken, vec![payment("p1"), payment("p2")])).await.unwrap();
        assert_eq!((kept.known, kept.made), (1, 1));
        assert_eq!(types(&made(&store).await), ["payment-changed"]);
    }
}
