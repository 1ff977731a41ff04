//! After a death, and after an orderly end.

use cuebook_core::effect::{AttemptOutcome, EffectState};
use cuebook_core::run::RunState;
use cuebook_store::{CompletedAs, EffectFilter, Page};

use crate::script::{checkpoint, claim_one, mails, running};
use crate::stage::{Stage, stories};

stories! {
    async fn what_a_dead_process_ran_is_ready_again(stage: &Stage) {
        let store = stage.open().await;
        let claimed = running(stage, &store, "42").await;
        let mut record = checkpoint(&claimed);
        record.steps.push(stage.step(0, None));
        store.record_steps(record).await.unwrap();
        let store = stage.open_after_death(store).await;
        let run = store.show_run(claimed.run.id).await.unwrap().unwrap().run;
        assert_eq!(run.state, RunState::Ready);
        assert_eq!(store.journal(run.id).await.unwrap().steps.len(), 1, "its journal stands");
        assert!(claim_one(&store).await.fence > claimed.fence);
    }

    async fn an_attempt_of_a_dead_process_is_doubtful_and_the_send_goes_out_again(stage: &Stage) {
        let store = stage.open().await;
        let claimed = running(stage, &store, "42").await;
        let segment = mails(0, &["a@example.test", "b@example.test"]);
        store.complete_run(checkpoint(&claimed), segment, CompletedAs::Completed).await.unwrap();
        let open = store.claim_sends(1).await.unwrap().remove(0);
        let began = stage.now();
        stage.pass(2);
        let store = stage.open_after_death(store).await;
        let effect = store.show_effect(open.id).await.unwrap().unwrap();
        assert_eq!(effect.state, EffectState::Pending);
        let doubtful = &effect.attempts[0];
        assert_eq!((doubtful.number, doubtful.outcome), (1, AttemptOutcome::Unknown));
        assert_eq!((doubtful.started_at, doubtful.ended_at), (began, stage.now()));
        let all = store.list_effects(&EffectFilter::default(), &Page::default()).await.unwrap();
        let untouched = all.items.iter().find(|other| other.id != open.id).unwrap();
        assert!(untouched.attempts.is_empty(), "what nobody had claimed is not in doubt");
        let again = store.claim_sends(10).await.unwrap();
        assert_eq!(again.len(), 2);
        let again = again.iter().find(|send| send.id == open.id).unwrap();
        assert_eq!((again.attempts, &again.key), (1, &open.key));
    }

    async fn an_orderly_end_gives_claims_back_without_counting_them(stage: &Stage) {
        let store = stage.open().await;
        let claimed = running(stage, &store, "42").await;
        store.release_claims().await.unwrap();
        store.close().await;
        let store = stage.open().await;
        let again = claim_one(&store).await;
        assert_eq!((again.run.id, again.claims), (claimed.run.id, 1));
    }
}

/// Only on Postgres may two processes share a database.
#[tokio::test]
async fn a_living_process_keeps_its_claims_when_another_starts() {
    let Some(stage) = Stage::postgres().await else {
        return;
    };
    let one = stage.open().await;
    let claimed = running(&stage, &one, "42").await;
    let two = stage.open().await;
    assert!(two.claim_runs(10).await.unwrap().is_empty());
    one.complete_run(
        checkpoint(&claimed),
        cuebook_store::Segment::default(),
        CompletedAs::Completed,
    )
    .await
    .unwrap();
    one.close().await;
    two.close().await;
    stage.drop_database().await;
}
