//! Closed books.

use cuebook_core::run::RunState;
use cuebook_store::{CompletedAs, RunFailure, Stopped, Store};
use sea_orm::ConnectionTrait;

use crate::script::{checkpoint, claim_one, complete, mails, running};
use crate::stage::{Stage, stories};

async fn codes(store: &Store) -> Vec<&'static str> {
    let books = store.close_books().await.unwrap();
    books.findings.iter().map(|finding| finding.code).collect()
}

/// A bit of everything.
async fn lived(stage: &Stage, store: &Store) {
    let done = running(stage, store, "1").await;
    store
        .complete_run(
            checkpoint(&done),
            mails(0, &["a@b.ch"]),
            CompletedAs::Completed,
        )
        .await
        .unwrap();
    let failed = running(stage, store, "2").await;
    let failure = RunFailure {
        state: RunState::Failed,
        code: "script_error".to_owned(),
        reason: "line 3".to_owned(),
    };
    store.fail_run(checkpoint(&failed), failure).await.unwrap();
    let mut rejected = stage.booking("3", &[]);
    rejected.rejected = Some("no message".to_owned());
    store.accept_event(rejected).await.unwrap();
    store.accept_event(stage.booking("4", &[])).await.unwrap();
    running(stage, store, "5").await;
}

stories! {
    async fn the_books_close_on_a_bit_of_everything(stage: &Stage) {
        let store = stage.open().await;
        lived(stage, &store).await;
        let books = store.close_books().await.unwrap();
        assert_eq!(books.findings, []);
        assert_eq!(books.balance.events, 5);
        let state = |name: &str| books.balance.events_by_state.get(name).copied().unwrap_or(0);
        assert_eq!((state("processed"), state("pending")), (2, 1));
        assert_eq!((state("rejected"), state("no_rule")), (1, 1));
        assert_eq!(books.balance.runs_by_state["failed"], 1);
        assert_eq!(books.balance.effects_by_state["pending"], 1);
    }

    async fn the_books_close_after_an_operator_has_been_at_work(stage: &Stage) {
        let store = stage.open().await;
        lived(stage, &store).await;
        let failed = store.list_runs(
            &cuebook_store::RunFilter { state: Some(RunState::Failed), ..Default::default() },
            &cuebook_store::Page::default(),
        ).await.unwrap().items[0].run.id;
        store.stop(None, Stopped::Sends).await.unwrap();
        store.retry_run(failed, None).await.unwrap();
        store.cancel_run(failed, "enough").await.unwrap();
        store.restart_run(failed).await.unwrap();
        let again = claim_one(&store).await;
        complete(&store, &again).await;
        assert_eq!(codes(&store).await, [] as [&str; 0]);
    }

    async fn what_cannot_be_accounted_for_is_found(stage: &Stage) {
        for (damage, code) in [
            ("UPDATE runs SET holder = NULL WHERE state = 'running'", "running_without_holder"),
            ("UPDATE runs SET state = 'waiting', holder = NULL WHERE state = 'running'", "waiting_for_nothing"),
            ("UPDATE runs SET reason = NULL, code = NULL WHERE state = 'failed'", "ended_without_reason"),
            ("UPDATE effects SET due_at = NULL WHERE state = 'pending'", "open_call_of_ended_run"),
            ("DELETE FROM effect_bodies", "send_without_body"),
            ("UPDATE events SET disposition = 'queued' WHERE disposition = 'no_rule'", "event_without_run"),
            ("UPDATE events SET disposition = 'lost' WHERE disposition = 'no_rule'", "event_without_state"),
            ("UPDATE events SET reason = NULL", "rejected_without_reason"),
        ] {
            let (fresh, stage) = match stage.folder {
                Some(_) => (Some(Stage::sqlite()), None),
                None => (Stage::postgres().await, Some(())),
            };
            let fresh = fresh.unwrap();
            let store = fresh.open().await;
            lived(&fresh, &store).await;
            let db = fresh.connect().await;
            db.execute_unprepared(damage).await.unwrap();
            db.close().await.unwrap();
            assert_eq!(codes(&store).await, [code], "{damage}");
            store.close().await;
            if stage.is_some() {
                fresh.drop_database().await;
            }
        }
    }
}
