//! What becomes ready while the worker has hands free.

use cuebook_core::run::RunState;
use cuebook_store::{ClaimedRun, CompletedAs, SettledAs, Stopped, Store, StoreError};

use crate::script::{checkpoint, claim_one, complete, mails, ready_ids};
use crate::stage::{Stage, stories};

/// A store whose worker has found nothing more to claim and has so many hands free.
async fn open(stage: &Stage, places: usize) -> Store {
    let store = stage.open().await;
    assert!(ready_ids(&store).await.is_empty());
    store.hands().runs.open(places);
    store.hands().sends.open(places);
    store
}

/// The run sends a mail and is over.
async fn send(store: &Store, run: &ClaimedRun) {
    let mail = mails(0, &["a@example.test"]);
    let end = CompletedAs::Completed;
    store
        .complete_run(checkpoint(run), mail, end)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_run_is_handed_over_as_running_while_there_are_places() {
    let stage = Stage::sqlite();
    let store = open(&stage, 1).await;
    let first = store
        .accept_event(stage.booking("1", &["any/log"]))
        .await
        .unwrap();
    let second = store
        .accept_event(stage.booking("2", &["any/log"]))
        .await
        .unwrap();
    let handed = store.hands().runs.take();
    assert_eq!(handed.len(), 1);
    assert_eq!(handed[0].run.id, first.runs[0]);
    assert_eq!(handed[0].run.state, RunState::Running);
    assert_eq!((handed[0].fence, handed[0].claims), (1, 1));
    assert_eq!(
        ready_ids(&store).await,
        second.runs,
        "the other waits for a claim"
    );
    complete(&store, &handed[0]).await;
}

#[tokio::test]
async fn the_second_of_a_lane_waits_also_in_the_same_group() {
    let stage = Stage::sqlite();
    let store = open(&stage, 10).await;
    let accept = || store.accept_event(stage.booking("42", &["any/log"]));
    let (first, second) = tokio::join!(accept(), accept());
    let third = accept().await.unwrap();
    let handed = store.hands().runs.take();
    assert_eq!(handed.len(), 1);
    assert_eq!(handed[0].run.id, first.unwrap().runs[0]);
    assert!(ready_ids(&store).await.is_empty());
    complete(&store, &handed[0]).await;
    assert_eq!(ready_ids(&store).await, second.unwrap().runs);
    assert!(!third.runs.is_empty());
}

#[tokio::test]
async fn a_send_is_handed_over_as_claimed_and_settled_once() {
    let stage = Stage::sqlite();
    let store = open(&stage, 10).await;
    store
        .accept_event(stage.booking("1", &["any/log"]))
        .await
        .unwrap();
    let run = store.hands().runs.take().remove(0);
    send(&store, &run).await;
    let mut sends = store.hands().sends.take();
    assert_eq!(sends.len(), 1);
    assert!(store.claim_sends(10).await.unwrap().is_empty());
    let send = sends.remove(0);
    assert_eq!((send.target.as_str(), send.fence), ("a@example.test", 1));
    assert_eq!(send.body, b"Subject: \xc3\xa4\r\n\r\n\x00");
    let settlement = stage.settlement(&send, SettledAs::Done);
    store.settle_send(settlement.clone()).await.unwrap();
    let again = store.settle_send(settlement).await;
    assert!(matches!(again, Err(StoreError::Fenced)), "{again:?}");
}

#[tokio::test]
async fn mails_have_a_hand_of_their_own() {
    let stage = Stage::sqlite();
    let store = open(&stage, 10).await;
    store.hands().know_mails("email::send");
    store
        .accept_event(stage.booking("1", &["any/log"]))
        .await
        .unwrap();
    let run = store.hands().runs.take().remove(0);
    send(&store, &run).await;
    assert!(store.hands().sends.take().is_empty() && store.hands().mails.take().is_empty());
    assert_eq!(
        store.claim_sends(10).await.unwrap().len(),
        1,
        "the mails' hand is closed"
    );
}

#[tokio::test]
async fn what_is_stopped_is_not_handed_over() {
    let stage = Stage::sqlite();
    let store = open(&stage, 10).await;
    let rule = || Some("any/log".parse().unwrap());
    store.stop(rule(), Stopped::Everything).await.unwrap();
    // An operator's decision makes the writer forget what it knew; a claim finds out again.
    assert!(ready_ids(&store).await.is_empty());
    store
        .accept_event(stage.booking("1", &["any/log"]))
        .await
        .unwrap();
    assert!(store.hands().runs.take().is_empty());
    store.start(rule(), Stopped::Everything).await.unwrap();
    assert_eq!(ready_ids(&store).await.len(), 1);
}

#[tokio::test]
async fn a_run_that_an_event_may_end_waits_for_a_claim() {
    let stage = Stage::sqlite();
    let store = open(&stage, 10).await;
    let mut accept = stage.booking("1", &["any/log"]);
    accept.rules[0].cancel_on = vec!["booking-cancelled".to_owned()];
    store.accept_event(accept).await.unwrap();
    assert!(store.hands().runs.take().is_empty());
    claim_one(&store).await;
}

#[tokio::test]
async fn what_was_handed_over_to_a_process_that_died_is_taken_over() {
    let stage = Stage::sqlite();
    let store = open(&stage, 10).await;
    let accepted = store
        .accept_event(stage.booking("1", &["any/log"]))
        .await
        .unwrap();
    assert_eq!(store.hands().runs.take().len(), 1);
    let store = stage.open_after_death(store).await;
    let again = claim_one(&store).await;
    assert_eq!(again.run.id, accepted.runs[0]);
    assert_eq!(again.claims, 2);
}

stories! {
    async fn a_closed_hand_gets_nothing(stage: &Stage) {
        let store = stage.open().await;
        let accepted = store.accept_event(stage.booking("1", &["any/log"])).await.unwrap();
        assert!(store.hands().runs.take().is_empty());
        assert_eq!(ready_ids(&store).await, accepted.runs);
    }
}
