//! What a claim took that nobody can have: rows that cannot be read, and claims whose answer was lost.

use cuebook_core::effect::{AttemptOutcome, EffectState};
use cuebook_core::run::RunState;
use cuebook_store::{CompletedAs, SettledAs, StoreError};
use sea_orm::{ConnectionTrait, Statement};

use crate::script::{checkpoint, claim_one, mails, ready_ids, running};
use crate::stage::{Stage, stories};

/// One text of the database.
async fn text(stage: &Stage, sql: &str) -> String {
    let db = stage.connect().await;
    let statement = Statement::from_string(db.get_database_backend(), sql);
    let row = db.query_one_raw(statement).await.unwrap().unwrap();
    let text = row.try_get_by_index(0).unwrap();
    db.close().await.unwrap();
    text
}

async fn change(stage: &Stage, sql: &str) {
    let db = stage.connect().await;
    db.execute_unprepared(sql).await.unwrap();
    db.close().await.unwrap();
}

stories! {
    async fn a_run_that_cannot_be_read_is_blocked_and_the_others_are_claimed(stage: &Stage) {
        let store = stage.open().await;
        let mut runs = Vec::new();
        for subject in ["1", "2", "3"] {
            runs.extend(store.accept_event(stage.booking(subject, &["any/log"])).await.unwrap().runs);
        }
        change(stage, "UPDATE runs SET rule = 'no name' WHERE subject = '2'").await;
        assert_eq!(ready_ids(&store).await, [runs[0], runs[2]]);
        let told = text(stage, "SELECT state || ' ' || code || ': ' || reason FROM runs WHERE subject = '2'").await;
        assert_eq!(told, "blocked unreadable: a stored rule's name cannot be read: no name");
        let held = "SELECT CAST(COUNT(*) AS TEXT) FROM runs WHERE holder IS NOT NULL";
        assert_eq!(text(stage, held).await, "2");
        assert!(ready_ids(&store).await.is_empty());
    }

    async fn a_send_that_cannot_be_read_fails_and_the_others_are_claimed(stage: &Stage) {
        let store = stage.open().await;
        let claimed = running(stage, &store, "42").await;
        let segment = mails(0, &["a@example.test", "b@example.test"]);
        store.complete_run(checkpoint(&claimed), segment, CompletedAs::Completed).await.unwrap();
        change(
            stage,
            "DELETE FROM effect_bodies WHERE effect_id = (SELECT id FROM effects WHERE target = 'a@example.test')",
        ).await;
        let sends = store.claim_sends(10).await.unwrap();
        assert_eq!(sends.len(), 1);
        assert_eq!(sends[0].target, "b@example.test");
        store.settle_send(stage.settlement(&sends[0], SettledAs::Done)).await.unwrap();
        let run = store.show_run(claimed.run.id).await.unwrap().unwrap();
        let bad = run.effects.iter().find(|effect| effect.target == "a@example.test").unwrap();
        assert_eq!(bad.state, EffectState::Failed);
        assert_eq!(bad.attempts[0].outcome, AttemptOutcome::Failed);
        assert!(bad.attempts[0].error.as_deref().unwrap().starts_with("unreadable: "));
        assert_eq!(store.counts().await.unwrap().sends_pending, 0);
        assert!(store.claim_sends(10).await.unwrap().is_empty());
    }

    async fn a_run_whose_claim_nobody_heard_of_is_ready_again_and_what_is_in_hand_stays(stage: &Stage) {
        let store = stage.open().await;
        let mine = running(stage, &store, "1").await;
        // The answer to this claim is lost.
        let lost = running(stage, &store, "2").await;
        let in_hand = [(mine.run.id, mine.fence)];
        assert_eq!(store.release_runs_except(in_hand).await.unwrap(), 1);
        let again = claim_one(&store).await;
        assert_eq!(again.run.id, lost.run.id);
        assert!(again.fence > lost.fence);
        assert_eq!(again.claims, 1, "a claim that nobody had is no sign of a run that kills");
        let late = store.record_steps(checkpoint(&lost)).await;
        assert!(matches!(late, Err(StoreError::Fenced)));
        store.record_steps(checkpoint(&mine)).await.unwrap();
        let in_hand = [(mine.run.id, mine.fence), (again.run.id, again.fence)];
        assert_eq!(store.release_runs_except(in_hand).await.unwrap(), 0);
        let state = store.show_run(mine.run.id).await.unwrap().unwrap().run.state;
        assert_eq!(state, RunState::Running);
    }

    async fn a_send_whose_claim_nobody_heard_of_is_free_again_without_an_attempt(stage: &Stage) {
        let store = stage.open().await;
        let claimed = running(stage, &store, "42").await;
        let segment = mails(0, &["a@example.test", "b@example.test"]);
        store.complete_run(checkpoint(&claimed), segment, CompletedAs::Completed).await.unwrap();
        let mine = store.claim_sends(1).await.unwrap().remove(0);
        let lost = store.claim_sends(1).await.unwrap().remove(0);
        assert_eq!(store.release_sends_except([(mine.id, mine.fence)]).await.unwrap(), 1);
        let again = store.claim_sends(10).await.unwrap();
        assert_eq!(again.len(), 1);
        assert_eq!((again[0].id, again[0].attempts), (lost.id, 0));
        assert!(again[0].fence > lost.fence);
        let effect = store.show_effect(lost.id).await.unwrap().unwrap();
        assert!(effect.attempts.is_empty(), "nobody tried it");
        store.settle_send(stage.settlement(&mine, SettledAs::Done)).await.unwrap();
    }
}
