//! Which key a database belongs to, where it came from, and where it went.

use std::sync::Arc;

use chrono::TimeDelta;
use cuebook_core::effect::{AttemptOutcome, EffectState};
use cuebook_core::run::RunState;
use cuebook_core::{Chance, Clock};
use cuebook_store::{
    Arrival, ArrivedBy, Arriving, CompletedAs, EffectFilter, Page, SecretKey, Segment, SettledAs,
    Stopped, Store, StoreError, WaitUntil,
};

use crate::script::{checkpoint, mails, running};
use crate::stage::{Stage, stories};

async fn arrive(stage: &Stage, by: ArrivedBy) -> Arrival {
    let taken_at = stage.now() - TimeDelta::hours(3);
    let clock: Arc<dyn Clock> = stage.clock.clone();
    let chance: Arc<dyn Chance> = stage.chance.clone();
    let arriving = Arriving { by, taken_at };
    Store::arrive(&stage.url, arriving, clock, chance)
        .await
        .unwrap()
}

/// The numbers of what was tried for each effect, and what came of it.
async fn attempts(store: &Store) -> Vec<(EffectState, Vec<(u32, AttemptOutcome)>)> {
    let list = store
        .list_effects(&EffectFilter::default(), &Page::default())
        .await
        .unwrap();
    let all = list.items.iter().rev();
    all.map(|effect| {
        let tried = effect.attempts.iter().map(|one| (one.number, one.outcome));
        (effect.state, tried.collect())
    })
    .collect()
}

stories! {
    async fn another_key_is_refused_also_where_nothing_is_sealed_yet(stage: &Stage) {
        stage.open().await.close().await;
        let mut settings = stage.settings();
        settings.secret_key = SecretKey::generate(&*stage.chance);
        let error = Store::open(settings).await.err().unwrap();
        let StoreError::OtherSecretKey { stored, .. } = &error else { panic!("{error:?}") };
        assert_eq!(*stored, stage.key.id());
        assert!(error.to_string().contains("former key"), "{error}");
        assert_eq!(Store::fingerprint_of(&stage.url).await.unwrap(), Some(stage.key.id()));
        stage.open().await.close().await;
    }

    async fn what_was_restored_is_stopped_and_its_overdue_runs_sleep_until_it_is_resumed(stage: &Stage) {
        let store = stage.open().await;
        let claimed = running(stage, &store, "1").await;
        let wait = WaitUntil {
            wake_at: stage.now() + TimeDelta::minutes(1),
            code: "sleep",
            reason: "sleeps for 1m".to_owned(),
            forget: Vec::new(),
            event: None,
        };
        store.suspend_run(checkpoint(&claimed), Segment::default(), wait).await.unwrap();
        store.close().await;
        stage.pass(3600);
        let noted = arrive(stage, ArrivedBy::Restored).await;
        let store = stage.open().await;
        assert_eq!(store.arrival().await.unwrap(), Some(noted));
        let stops = store.stops().await.unwrap();
        assert_eq!((stops.len(), stops[0].what, stops[0].since), (1, Stopped::Everything, noted.at));
        assert_eq!(store.wake_runs().await.unwrap().woken, 0);
        let run = store.show_run(claimed.run.id).await.unwrap().unwrap().run;
        assert_eq!(run.state, RunState::Waiting);
        store.start(None, Stopped::Everything).await.unwrap();
        assert_eq!(store.wake_runs().await.unwrap().woken, 1);
    }

    async fn after_a_restore_what_is_due_is_in_doubt_and_what_is_done_is_not(stage: &Stage) {
        let store = stage.open().await;
        let claimed = running(stage, &store, "1").await;
        let segment = mails(0, &["a@b.ch", "b@b.ch"]);
        store.complete_run(checkpoint(&claimed), segment, CompletedAs::Completed).await.unwrap();
        let done = store.claim_sends(1).await.unwrap().remove(0);
        store.settle_send(stage.settlement(&done, SettledAs::Done)).await.unwrap();
        store.close().await;
        arrive(stage, ArrivedBy::Restored).await;
        let store = stage.open().await;
        let found = attempts(&store).await;
        let pending = found.iter().find(|(state, _)| *state == EffectState::Pending).unwrap();
        assert_eq!(pending.1, [(0, AttemptOutcome::Unknown)]);
        let done = found.iter().find(|(state, _)| *state == EffectState::Done).unwrap();
        assert_eq!(done.1, [(1, AttemptOutcome::Done)]);
        store.start(None, Stopped::Everything).await.unwrap();
        let due = store.claim_sends(10).await.unwrap();
        assert_eq!(due.len(), 1, "only what was not done goes out");
        assert_eq!(due[0].attempts, 0, "what nobody here has tried counts for no retry");
    }

    async fn what_restored_runs_send_is_in_doubt_and_what_later_ones_send_is_not(stage: &Stage) {
        let store = stage.open().await;
        store.accept_event(stage.booking("1", &["new-booking/thanks"])).await.unwrap();
        store.close().await;
        arrive(stage, ArrivedBy::Restored).await;
        stage.pass(1);
        let store = stage.open().await;
        store.accept_event(stage.booking("2", &["new-booking/thanks"])).await.unwrap();
        store.start(None, Stopped::Everything).await.unwrap();
        for claimed in store.claim_runs(10).await.unwrap() {
            let segment = mails(0, &["a@b.ch"]);
            store.complete_run(checkpoint(&claimed), segment, CompletedAs::Completed).await.unwrap();
        }
        let found: Vec<_> = attempts(&store).await.into_iter().map(|(_, tried)| tried).collect();
        assert_eq!(found, [vec![(0, AttemptOutcome::Unknown)], vec![]]);
    }

    async fn after_a_copy_nothing_is_in_doubt(stage: &Stage) {
        let store = stage.open().await;
        let claimed = running(stage, &store, "1").await;
        let segment = mails(0, &["a@b.ch"]);
        store.complete_run(checkpoint(&claimed), segment, CompletedAs::Completed).await.unwrap();
        store.close().await;
        arrive(stage, ArrivedBy::Copied).await;
        let store = stage.open().await;
        assert_eq!(attempts(&store).await, [(EffectState::Pending, vec![])]);
        assert!(store.claim_sends(10).await.unwrap().is_empty(), "and it is stopped");
    }

    async fn what_has_moved_is_refused_and_says_where_it_is(stage: &Stage) {
        let store = stage.open().await;
        store.mark_moved("postgres://db.example.test/cuebook").await.unwrap();
        store.close().await;
        let error = stage.try_open().await.err().unwrap();
        assert!(matches!(error, StoreError::Moved(_)), "{error:?}");
        assert!(error.to_string().contains("db.example.test"), "{error}");
    }
}
