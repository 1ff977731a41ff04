//! What an operator decides about effects.

use cuebook_core::EffectId;
use cuebook_core::effect::EffectState;
use cuebook_store::{CompletedAs, EffectOperated, SettledAs, Store};
use uuid::Uuid;

use crate::script::{checkpoint, mails, running};
use crate::stage::{Stage, stories};

/// A mail in the outbox.
async fn mail(stage: &Stage, store: &Store) -> EffectId {
    let claimed = running(stage, store, "42").await;
    let segment = mails(0, &["tom@example.com"]);
    store
        .complete_run(checkpoint(&claimed), segment, CompletedAs::Completed)
        .await
        .unwrap();
    let view = store.show_run(claimed.run.id).await.unwrap().unwrap();
    view.effects[0].id
}

async fn state_of(store: &Store, id: EffectId) -> EffectState {
    store.show_effect(id).await.unwrap().unwrap().state
}

stories! {
    async fn a_send_that_was_given_up_is_sent_again_with_the_same_bytes(stage: &Stage) {
        let store = stage.open().await;
        let id = mail(stage, &store).await;
        let first = store.claim_sends(10).await.unwrap().remove(0);
        store.settle_send(stage.settlement(&first, SettledAs::Failed)).await.unwrap();
        assert_eq!(store.retry_send(id).await.unwrap(), EffectOperated::Done);
        let again = store.claim_sends(10).await.unwrap().remove(0);
        assert_eq!((again.id, &again.key, &again.body), (id, &first.key, &first.body));
        assert_eq!(again.attempts, 1, "attempts are counted on");
        store.settle_send(stage.settlement(&again, SettledAs::Done)).await.unwrap();
        let shown = store.show_effect(id).await.unwrap().unwrap();
        assert_eq!((shown.state, shown.attempts.len()), (EffectState::Done, 2));
    }

    async fn what_is_done_is_neither_retried_nor_discarded(stage: &Stage) {
        let store = stage.open().await;
        let id = mail(stage, &store).await;
        let claimed = store.claim_sends(10).await.unwrap().remove(0);
        store.settle_send(stage.settlement(&claimed, SettledAs::Done)).await.unwrap();
        let refused = EffectOperated::NotIn(EffectState::Done);
        assert_eq!(store.retry_send(id).await.unwrap(), refused);
        assert_eq!(store.discard_effect(id).await.unwrap(), refused);
        let nobody = EffectId(Uuid::nil());
        assert_eq!(store.retry_send(nobody).await.unwrap(), EffectOperated::NoSuch);
    }

    async fn a_discarded_send_is_never_sent(stage: &Stage) {
        let store = stage.open().await;
        let id = mail(stage, &store).await;
        assert_eq!(store.discard_effect(id).await.unwrap(), EffectOperated::Done);
        assert_eq!(state_of(&store, id).await, EffectState::Discarded);
        assert!(store.claim_sends(10).await.unwrap().is_empty());
    }

    async fn a_send_that_is_being_tried_is_not_discarded(stage: &Stage) {
        let store = stage.open().await;
        let id = mail(stage, &store).await;
        store.claim_sends(10).await.unwrap();
        assert_eq!(store.discard_effect(id).await.unwrap(), EffectOperated::UnderWay);
        assert_eq!(state_of(&store, id).await, EffectState::Pending);
    }
}
