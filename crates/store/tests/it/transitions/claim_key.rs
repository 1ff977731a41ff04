//! Claims.

use cuebook_core::Value;
use cuebook_core::journal::{StepKind, StepPath, StepRecord};
use cuebook_core::run::RunState;
use cuebook_store::{ClaimedRun, KeyClaim, RunFailure, Store, StoreError};

use crate::script::{checkpoint, claim_one, complete, question, running};
use crate::stage::{Stage, stories};

fn wish(stage: &Stage, claimed: &ClaimedRun, key: &str, seconds: Option<i64>) -> KeyClaim {
    let step = StepRecord {
        question: question("once"),
        kind: StepKind::Local,
        ..stage.step(0, None)
    };
    KeyClaim {
        account: claimed.run.account.clone(),
        rule: claimed.run.rule.clone(),
        captured: false,
        key: key.to_owned(),
        until: seconds.map(|seconds| stage.now() + chrono::TimeDelta::seconds(seconds)),
        step,
    }
}

async fn once(store: &Store, claimed: &ClaimedRun, wish: KeyClaim) -> bool {
    let step = store.claim_key(checkpoint(claimed), wish).await.unwrap();
    step.answer == Some(Ok(Value::Bool(true)))
}

stories! {
    async fn the_first_run_that_asks_has_the_key_and_has_it_when_it_asks_again(stage: &Stage) {
        let store = stage.open().await;
        let first = running(stage, &store, "1").await;
        let second = running(stage, &store, "2").await;
        assert!(once(&store, &first, wish(stage, &first, "k", None)).await);
        assert!(!once(&store, &second, wish(stage, &second, "k", None)).await);
        assert!(once(&store, &second, wish(stage, &second, "another", None)).await);
        assert!(once(&store, &first, wish(stage, &first, "k", None)).await);
        complete(&store, &first).await;
        assert!(!once(&store, &second, wish(stage, &second, "k", None)).await);
    }

    async fn of_two_that_ask_at_the_same_time_one_has_it(stage: &Stage) {
        let store = stage.open().await;
        let first = running(stage, &store, "1").await;
        let second = running(stage, &store, "2").await;
        let (one, two) = tokio::join!(
            once(&store, &first, wish(stage, &first, "k", None)),
            once(&store, &second, wish(stage, &second, "k", None)),
        );
        assert_ne!(one, two);
    }

    async fn the_answer_stands_in_the_journal_with_the_claim(stage: &Stage) {
        let store = stage.open().await;
        let first = running(stage, &store, "1").await;
        let before = store.commits();
        assert!(once(&store, &first, wish(stage, &first, "k", None)).await);
        assert_eq!(store.commits(), before + 1);
        let store = stage.open_after_death(store).await;
        let journal = store.journal(first.run.id).await.unwrap();
        let entry = &journal.steps[&StepPath::top(0)];
        assert_eq!(entry.answer, Some(Ok(Value::Bool(true))));
        let second = stage.booking("2", &["new-booking/thanks"]);
        store.accept_event(second).await.unwrap();
        let claimed = store.claim_runs(10).await.unwrap();
        let second = claimed.iter().find(|claimed| claimed.run.id != first.run.id).unwrap();
        assert!(!once(&store, second, wish(stage, second, "k", None)).await);
    }

    async fn it_is_free_when_its_time_is_over_and_never_before(stage: &Stage) {
        let store = stage.open().await;
        let first = running(stage, &store, "1").await;
        assert!(once(&store, &first, wish(stage, &first, "k", Some(60))).await);
        complete(&store, &first).await;
        let second = running(stage, &store, "2").await;
        stage.pass(59);
        assert!(!once(&store, &second, wish(stage, &second, "k", None)).await);
        stage.pass(1);
        assert!(once(&store, &second, wish(stage, &second, "k", None)).await);
    }

    async fn it_is_free_when_its_run_has_failed_and_not_when_it_is_blocked(stage: &Stage) {
        for (state, free) in [(RunState::Failed, true), (RunState::Blocked, false)] {
            let store = stage.open().await;
            let key = state.as_str();
            let first = running(stage, &store, "1").await;
            assert!(once(&store, &first, wish(stage, &first, key, None)).await);
            let failure = RunFailure { state, code: "failed".to_owned(), reason: "why".to_owned() };
            store.fail_run(checkpoint(&first), failure).await.unwrap();
            let second = running(stage, &store, "2").await;
            assert_eq!(once(&store, &second, wish(stage, &second, key, None)).await, free);
            complete(&store, &second).await;
            store.close().await;
        }
    }

    async fn keys_of_other_rules_and_of_captured_runs_are_others(stage: &Stage) {
        let store = stage.open().await;
        let first = running(stage, &store, "1").await;
        assert!(once(&store, &first, wish(stage, &first, "k", None)).await);
        let event = stage.booking("2", &["new-booking/other"]);
        store.accept_event(event).await.unwrap();
        let other = claim_one(&store).await;
        assert!(once(&store, &other, wish(stage, &other, "k", None)).await);
        let second = running(stage, &store, "3").await;
        let captured = KeyClaim { captured: true, ..wish(stage, &second, "k", None) };
        assert!(once(&store, &second, captured).await);
    }

    async fn who_lost_its_run_claims_nothing(stage: &Stage) {
        let store = stage.open().await;
        let first = running(stage, &store, "1").await;
        let second = running(stage, &store, "2").await;
        complete(&store, &first).await;
        let late = store.claim_key(checkpoint(&first), wish(stage, &first, "k", None)).await;
        assert!(matches!(late.unwrap_err(), StoreError::Fenced));
        assert!(once(&store, &second, wish(stage, &second, "k", None)).await);
    }
}
