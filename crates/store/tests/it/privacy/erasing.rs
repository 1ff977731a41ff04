//! Erasing.

use std::sync::Arc;

use cuebook_core::effect::EffectState;
use cuebook_core::event::EventState;
use cuebook_core::run::RunState;
use cuebook_store::{
    Actor, EffectFilter, EventFilter, Operated, Page, PrivacyState, RunFilter, is_erased,
};

use super::scene::{
    BOOKING, CANARIES, EMAIL, OTHER, PERSON, ask, by, erasure, everything, holds, lived,
    nothing_is_left, rows, work,
};
use crate::stage::{Stage, stories};

stories! {
    async fn of_an_erased_person_nothing_is_left_and_the_books_close(stage: &Stage) {
        let store = stage.open().await;
        let waits = lived(stage, &store).await;
        let actor = Arc::new(Actor::new("k", None, "cancel_run", None));
        actor.because(&format!("{EMAIL} asked for it"));
        let held = store.acting(&actor);
        held.cancel_run(waits.run.id, "by hand").await.unwrap();
        let before = everything(stage).await;
        for canary in CANARIES {
            assert!(holds(&before, canary), "{canary} has to be there first");
        }
        let id = ask(&store, by(Some(PERSON), Some(EMAIL), None), false).await;
        work(&store).await;
        let done = erasure(&store, id).await;
        assert_eq!((done.state, done.error.clone()), (PrivacyState::Completed, None));
        assert_eq!(done.bookings_followed, 2, "{done:?}");
        for (what, count) in [
            ("events", 3), ("runs", 2), ("steps", 4), ("log_lines", 1), ("effects", 2),
            ("state", 1), ("kept_answers", 1), ("audit_rows", 1),
        ] {
            assert_eq!(done.found.get(what), Some(&count), "{what} of {:?}", done.found);
        }
        nothing_is_left(stage, "after an erasure").await;
        assert_eq!(store.close_books().await.unwrap().findings, []);
        assert_eq!(store.integrity().await.unwrap(), [""; 0]);
    }

    async fn a_waiting_run_ends_cancelled_and_what_had_left_is_told_by_its_host(stage: &Stage) {
        let store = stage.open().await;
        let waits = lived(stage, &store).await;
        let id = ask(&store, by(Some(PERSON), Some(EMAIL), None), false).await;
        work(&store).await;
        let run = store.show_run(waits.run.id).await.unwrap().unwrap().run;
        assert_eq!(run.state, RunState::Cancelled);
        assert_eq!((run.code.as_deref(), run.reason.as_deref()), (Some("erased"), Some("erased")));
        assert_eq!((run.subject, run.wake_at), (None, None));
        assert_eq!(store.restart_run(run.id).await.unwrap(), Operated::NotIn(RunState::Cancelled));
        let received = store.privacy_received(id, 10).await.unwrap();
        let hosts: Vec<_> = received.iter().map(|one| (one.kind.as_str(), one.host.as_str(), one.state.as_str())).collect();
        assert_eq!(hosts, [("email::send", "tomsons.example", "done")]);
        let effects = store.list_effects(&EffectFilter::default(), &Page::default()).await.unwrap();
        let erased: Vec<_> = effects.items.iter().filter(|one| one.target == "erased").map(|one| one.state).collect();
        assert_eq!(erased, [EffectState::Discarded, EffectState::Done], "the mail that waited never leaves");
        assert_eq!(store.claim_sends(10).await.unwrap().len(), 0);
        let event = store.event(waits.run.event_id).await.unwrap().unwrap();
        assert!(is_erased(&event));
        let shown = store.show_event(event.id).await.unwrap().unwrap();
        assert_eq!((shown.state, shown.reason.as_deref()), (EventState::Processed, Some("erased")));
    }

    async fn a_booking_is_erased_without_the_persons_other_bookings(stage: &Stage) {
        let store = stage.open().await;
        lived(stage, &store).await;
        let id = ask(&store, by(None, None, Some(OTHER)), false).await;
        work(&store).await;
        let done = erasure(&store, id).await;
        assert_eq!((done.found["events"], done.bookings_followed), (1, 0));
        let all = everything(stage).await;
        assert!(!holds(&all, OTHER) && holds(&all, BOOKING));
    }

    async fn a_dry_run_finds_the_same_and_changes_nothing(stage: &Stage) {
        let store = stage.open().await;
        lived(stage, &store).await;
        let before = rows(stage).await;
        let id = ask(&store, by(Some(PERSON), Some(EMAIL), None), true).await;
        work(&store).await;
        let done = erasure(&store, id).await;
        assert_eq!(done.state, PrivacyState::Completed);
        assert_eq!((done.found["events"], done.found["runs"]), (3, 2));
        let found = store.privacy_found(id, 100).await.unwrap();
        assert_eq!((found.events.len(), found.runs.len()), (3, 2));
        assert_eq!(store.privacy_received(id, 10).await.unwrap().len(), 1);
        assert_eq!(rows(stage).await, before);
    }

    async fn a_process_that_dies_at_any_point_of_an_erasure_leaves_it_to_the_next(stage: &Stage) {
        let store = stage.open().await;
        lived(stage, &store).await;
        let id = ask(&store, by(Some(PERSON), Some(EMAIL), None), false).await;
        let mut store = store;
        let mut deaths = 0;
        loop {
            let claimed = store.claim_privacy().await.unwrap();
            let Some(claimed) = claimed else { break };
            let goes_on = store.advance_privacy(claimed).await.unwrap();
            if !goes_on { break }
            deaths += 1;
            let db = stage.connect().await;
            sea_orm::ConnectionTrait::execute_unprepared(&db, "UPDATE privacy_requests SET seen_at = 0").await.unwrap();
            db.close().await.unwrap();
            store = stage.open_after_death(store).await;
        }
        assert!(deaths > 8, "{deaths}");
        let done = erasure(&store, id).await;
        assert_eq!((done.state, done.found["events"]), (PrivacyState::Completed, 3));
        nothing_is_left(stage, "after many deaths").await;
        assert_eq!(store.close_books().await.unwrap().findings, []);
    }

    async fn a_cancelled_erasure_goes_no_further(stage: &Stage) {
        let store = stage.open().await;
        lived(stage, &store).await;
        let kind = cuebook_store::PrivacyKind::Erasure;
        let id = ask(&store, by(Some(PERSON), None, None), false).await;
        store.claim_privacy().await.unwrap();
        assert!(store.advance_privacy(id).await.unwrap());
        assert_eq!(store.cancel_privacy(kind, id).await.unwrap(), Operated::Done);
        assert!(!store.advance_privacy(id).await.unwrap());
        assert_eq!(store.claim_privacy().await.unwrap(), None);
        let again = store.cancel_privacy(kind, id).await.unwrap();
        assert_eq!(again, Operated::NotIn(PrivacyState::Cancelled));
        assert!(holds(&everything(stage).await, PERSON));
    }

    async fn what_comes_after_an_erasure_was_asked_for_is_taken_like_anything_else(stage: &Stage) {
        let store = stage.open().await;
        lived(stage, &store).await;
        ask(&store, by(None, None, Some(BOOKING)), false).await;
        stage.pass(1);
        store.accept_event(stage.booking(BOOKING, &["new-booking/thanks"])).await.unwrap();
        work(&store).await;
        let filter = EventFilter { subject: Some(BOOKING.to_owned()), ..EventFilter::default() };
        assert_eq!(store.list_events(&filter, &Page::default()).await.unwrap().items.len(), 1);
        let ready = RunFilter { state: Some(RunState::Ready), ..RunFilter::default() };
        assert_eq!(store.list_runs(&ready, &Page::default()).await.unwrap().items.len(), 1);
    }
}
