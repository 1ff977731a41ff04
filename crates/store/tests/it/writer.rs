//! The writer: groups, guilt, and an end in good order. What it does when the database is away is told beside it.

use cuebook_store::StoreError;

use crate::stage::{Stage, stories};

stories! {
    async fn concurrent_requests_share_commits(stage: &Stage) {
        let store = stage.open().await;
        let before = store.commits();
        let accepts = (0..300).map(|n| store.accept_event(stage.booking(&n.to_string(), &["any/log"])));
        for accepted in futures::future::join_all(accepts).await {
            assert_eq!(accepted.unwrap().runs.len(), 1);
        }
        let commits = store.commits() - before;
        assert!(commits <= 10, "300 events took {commits} commits");
        assert_eq!(store.counts().await.unwrap().events, 300);
    }

    async fn only_the_guilty_request_of_a_group_fails(stage: &Stage) {
        let store = stage.open().await;
        let good = stage.booking("1", &["any/log"]);
        let bad = stage.booking("2", &["any/log", "any/log"]);
        let also_good = stage.booking("3", &["any/log"]);
        let (one, two, three) = tokio::join!(
            store.accept_event(good),
            store.accept_event(bad),
            store.accept_event(also_good),
        );
        one.unwrap();
        assert!(matches!(two.unwrap_err(), StoreError::Invalid(_)));
        three.unwrap();
        assert_eq!(store.counts().await.unwrap().events, 2);
    }

    async fn a_closed_store_says_so(stage: &Stage) {
        let store = stage.open().await;
        store.ping().await.unwrap();
        let clone = store.clone();
        store.close().await;
        let error = clone.accept_event(stage.booking("1", &[])).await.unwrap_err();
        assert!(matches!(error, StoreError::Closed));
        assert!(clone.ping().await.is_err());
    }

    async fn closing_lets_the_writer_finish(stage: &Stage) {
        let store = stage.open().await;
        let id = stage.booking("1", &[]);
        let event = id.event.id;
        let accepting = store.accept_event(id);
        let (accepted, ()) = tokio::join!(accepting, store.close());
        accepted.unwrap();
        let store = stage.open().await;
        assert!(store.event(event).await.unwrap().is_some());
    }

    async fn a_large_group_stays_within_the_limits_of_a_statement(stage: &Stage) {
        let store = stage.open().await;
        let rules: Vec<String> = (0..40).map(|n| format!("any/rule-{n}")).collect();
        let rules: Vec<&str> = rules.iter().map(String::as_str).collect();
        let accepts = (0..60).map(|n| store.accept_event(stage.booking(&n.to_string(), &rules)));
        for accepted in futures::future::join_all(accepts).await {
            assert_eq!(accepted.unwrap().runs.len(), 40);
        }
        assert_eq!(store.claim_runs(5_000).await.unwrap().len(), 2_400);
    }
}
