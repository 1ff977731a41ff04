//! Sends.

use chrono::TimeDelta;
use cuebook_core::effect::{AttemptOutcome, EffectState};
use cuebook_store::{CompletedAs, SendKinds, SendsWanted, SettledAs, Store, StoreError};

use crate::script::{checkpoint, mails, running};
use crate::stage::{Stage, stories};

async fn send(stage: &Stage, store: &Store, targets: &[&str]) {
    let claimed = running(stage, store, "42").await;
    store
        .complete_run(
            checkpoint(&claimed),
            mails(0, targets),
            CompletedAs::Completed,
        )
        .await
        .unwrap();
}

stories! {
    async fn a_send_is_claimed_once_and_settled(stage: &Stage) {
        let store = stage.open().await;
        send(stage, &store, &["a@example.test", "b@example.test", "c@example.test"]).await;
        let sends = store.claim_sends(10).await.unwrap();
        assert!(store.claim_sends(10).await.unwrap().is_empty());
        assert_eq!(store.counts().await.unwrap().sends_pending, 3);
        assert_eq!(store.next_due(None).await.unwrap().send, None);
        for (send, (outcome, state)) in sends.iter().zip([
            (SettledAs::Done, EffectState::Done),
            (SettledAs::Failed, EffectState::Failed),
            (SettledAs::Unknown, EffectState::Unknown),
        ]) {
            store.settle_send(stage.settlement(send, outcome)).await.unwrap();
            let effect = store.show_effect(send.id).await.unwrap().unwrap();
            assert_eq!(effect.state, state);
            assert_eq!(effect.attempts.len(), 1);
            assert_eq!(effect.attempts[0].status, Some(250));
            assert_eq!(effect.settled_at, Some(stage.now()));
        }
        assert_eq!(store.counts().await.unwrap().sends_pending, 0);
    }

    async fn a_retry_is_due_when_it_was_said_and_not_before(stage: &Stage) {
        let store = stage.open().await;
        send(stage, &store, &["a@example.test"]).await;
        let first = store.claim_sends(1).await.unwrap().remove(0);
        let at = stage.now() + TimeDelta::seconds(5);
        store.settle_send(stage.settlement(&first, SettledAs::RetryAt(at))).await.unwrap();
        store.wakes().timers.notified().await;
        assert_eq!(store.next_due(None).await.unwrap().send, Some(at));
        assert_eq!(store.next_due(Some(at)).await.unwrap().send, None, "nothing is due later");
        assert!(store.claim_sends(1).await.unwrap().is_empty());
        stage.pass(5);
        let second = store.claim_sends(1).await.unwrap().remove(0);
        assert_eq!((second.id, second.attempts), (first.id, 1));
        assert_eq!((&second.key, &second.body), (&first.key, &first.body), "the same bytes and key");
        store.settle_send(stage.settlement(&second, SettledAs::Done)).await.unwrap();
        let effect = store.show_effect(first.id).await.unwrap().unwrap();
        let outcomes: Vec<_> = effect.attempts.iter().map(|tried| tried.outcome).collect();
        assert_eq!(outcomes, [AttemptOutcome::Retry, AttemptOutcome::Done]);
    }

    async fn a_late_settlement_is_refused(stage: &Stage) {
        let store = stage.open().await;
        send(stage, &store, &["a@example.test"]).await;
        let old = store.claim_sends(1).await.unwrap().remove(0);
        let store = stage.open_after_death(store).await;
        let error = store.settle_send(stage.settlement(&old, SettledAs::Done)).await.unwrap_err();
        assert!(matches!(error, StoreError::Fenced));
        let new = store.claim_sends(1).await.unwrap().remove(0);
        let error = store.settle_send(stage.settlement(&old, SettledAs::Done)).await.unwrap_err();
        assert!(matches!(error, StoreError::Fenced));
        store.settle_send(stage.settlement(&new, SettledAs::Done)).await.unwrap();
        let error = store.settle_send(stage.settlement(&new, SettledAs::Failed)).await.unwrap_err();
        assert!(matches!(error, StoreError::Fenced), "settled is settled");
    }

    async fn what_was_not_begun_is_given_back_without_an_attempt(stage: &Stage) {
        let store = stage.open().await;
        send(stage, &store, &["a@example.test", "b@example.test"]).await;
        let claimed = store.claim_sends(10).await.unwrap();
        let at = stage.now() + TimeDelta::seconds(1);
        let both = claimed.iter().map(|send| (send.id, send.fence, at));
        store.put_back_sends(both).await.unwrap();
        store.wakes().timers.notified().await;
        assert!(store.claim_sends(10).await.unwrap().is_empty(), "not before it is due");
        stage.pass(1);
        let again = store.claim_sends(10).await.unwrap();
        assert_eq!(again.len(), 2);
        assert_eq!(again[0].attempts, 0);
        let effect = store.show_effect(again[0].id).await.unwrap().unwrap();
        assert_eq!((effect.state, effect.attempts.len()), (EffectState::Pending, 0));
        // The former claim gives nothing back any more.
        let late = claimed.iter().map(|send| (send.id, send.fence, stage.now()));
        store.put_back_sends(late).await.unwrap();
        assert!(store.claim_sends(10).await.unwrap().is_empty());
    }

    async fn sends_are_claimed_by_kind(stage: &Stage) {
        let store = stage.open().await;
        send(stage, &store, &["a@example.test", "b@example.test"]).await;
        let of = |kinds, limit| store.claim_sends_of(vec![SendsWanted { kinds, limit }]);
        assert!(of(SendKinds::AllBut("email::send"), 10).await.unwrap().is_empty());
        assert!(of(SendKinds::Only("email::send"), 0).await.unwrap().is_empty());
        assert_eq!(of(SendKinds::Only("email::send"), 1).await.unwrap().len(), 1);
        assert_eq!(of(SendKinds::AllBut("webhook::send"), 10).await.unwrap().len(), 1);
    }
}
