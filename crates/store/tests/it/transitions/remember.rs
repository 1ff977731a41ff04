//! What rules remember.

use cuebook_core::state::{StateChange, StateKey, StateScope};
use cuebook_core::{Account, RunId, Value};
use cuebook_store::{CompletedAs, Segment, Store, StoreError};

use crate::script::{checkpoint, claim_one, running};
use crate::stage::{Stage, stories};

fn key(name: &str) -> StateKey {
    StateKey {
        account: Account::default(),
        scope: StateScope::Rule,
        rule: Some("new-booking/thanks".parse().unwrap()),
        subject: None,
        captured: false,
        key: name.to_owned(),
    }
}

fn segment(changes: &[(&str, StateChange)]) -> Segment {
    Segment {
        state: changes
            .iter()
            .map(|(name, change)| (key(name), change.clone()))
            .collect(),
        ..Segment::default()
    }
}

async fn change(
    stage: &Stage,
    store: &Store,
    changes: &[(&str, StateChange)],
) -> (RunId, Result<(), StoreError>) {
    let claimed = running(stage, store, "42").await;
    let done = store
        .complete_run(
            checkpoint(&claimed),
            segment(changes),
            CompletedAs::Completed,
        )
        .await;
    (claimed.run.id, done)
}

fn int(number: i64) -> Value {
    Value::Int(number)
}

stories! {
    async fn changes_take_place_in_their_order_when_the_segment_ends(stage: &Stage) {
        let store = stage.open().await;
        let set = StateChange::Set(Value::from("\u{0} text"));
        change(stage, &store, &[("a", set), ("b", StateChange::Set(Value::Int(1))), ("b", StateChange::Add(2))]).await.1.unwrap();
        assert_eq!(store.read_state(&key("a")).await.unwrap(), Some(Value::from("\u{0} text")));
        assert_eq!(store.read_state(&key("b")).await.unwrap(), Some(int(3)));
        let remove = [("a", StateChange::Remove), ("b", StateChange::Add(-5)), ("b", StateChange::Add(1)), ("c", StateChange::Remove), ("c", StateChange::Add(7))];
        change(stage, &store, &remove).await.1.unwrap();
        assert_eq!(store.read_state(&key("a")).await.unwrap(), None);
        assert_eq!(store.read_state(&key("b")).await.unwrap(), Some(int(-1)));
        assert_eq!(store.read_state(&key("c")).await.unwrap(), Some(int(7)));
    }

    async fn keys_of_other_scopes_subjects_and_captured_runs_are_others(stage: &Stage) {
        let store = stage.open().await;
        change(stage, &store, &[("a", StateChange::Add(1))]).await.1.unwrap();
        let others = [
            StateKey { scope: StateScope::Shared, rule: None, ..key("a") },
            StateKey { scope: StateScope::Subject, subject: Some("42".into()), ..key("a") },
            StateKey { captured: true, ..key("a") },
            StateKey { account: Account("other".to_owned()), ..key("a") },
        ];
        for other in others {
            assert_eq!(store.read_state(&other).await.unwrap(), None, "{other:?}");
        }
    }

    async fn of_a_segment_that_counts_up_a_text_nothing_is_written_and_the_run_may_still_fail(stage: &Stage) {
        let store = stage.open().await;
        change(stage, &store, &[("text", StateChange::Set(Value::from("a")))]).await.1.unwrap();
        let claimed = running(stage, &store, "43").await;
        let changes = segment(&[("n", StateChange::Add(1)), ("text", StateChange::Add(1))]);
        let refused = store.complete_run(checkpoint(&claimed), changes, CompletedAs::Completed).await;
        assert!(matches!(refused.unwrap_err(), StoreError::NotCountable(_)));
        assert_eq!(store.read_state(&key("n")).await.unwrap(), None);
        let good = segment(&[("n", StateChange::Add(1))]);
        store.complete_run(checkpoint(&claimed), good, CompletedAs::Completed).await.unwrap();
        assert_eq!(store.read_state(&key("n")).await.unwrap(), Some(int(1)));
    }

    async fn a_refused_segment_does_not_disturb_others_of_its_commit(stage: &Stage) {
        let store = stage.open().await;
        change(stage, &store, &[("text", StateChange::Set(Value::from("a")))]).await.1.unwrap();
        let mut claims = Vec::new();
        for subject in ["1", "2", "3"] {
            let event = stage.booking(subject, &["new-booking/thanks"]);
            store.accept_event(event).await.unwrap();
            claims.push(claim_one(&store).await);
        }
        let end = |at: usize, changes: &[(&str, StateChange)]| {
            store.complete_run(checkpoint(&claims[at]), segment(changes), CompletedAs::Completed)
        };
        let (one, two, three) = tokio::join!(
            end(0, &[("n", StateChange::Add(1))]),
            end(1, &[("n", StateChange::Add(100)), ("text", StateChange::Add(1))]),
            end(2, &[("n", StateChange::Add(2))]),
        );
        one.unwrap();
        assert!(matches!(two.unwrap_err(), StoreError::NotCountable(_)));
        three.unwrap();
        assert_eq!(store.read_state(&key("n")).await.unwrap(), Some(int(3)));
    }

    async fn what_is_remembered_outlives_the_process(stage: &Stage) {
        let store = stage.open().await;
        change(stage, &store, &[("n", StateChange::Add(4))]).await.1.unwrap();
        let store = stage.open_after_death(store).await;
        assert_eq!(store.read_state(&key("n")).await.unwrap(), Some(int(4)));
    }
}
