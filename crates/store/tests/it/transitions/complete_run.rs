//! Completing.

use cuebook_core::Value;
use cuebook_core::effect::EffectState;
use cuebook_core::event::{EventState, Origin};
use cuebook_core::journal::{StepKind, StepPath};
use cuebook_core::run::RunState;
use cuebook_core::send::Route;
use cuebook_store::{CompletedAs, Segment, StoreError};

use crate::script::{checkpoint, mails, ready_ids, running};
use crate::stage::{Stage, stories};

stories! {
    async fn sends_appear_with_the_commit_that_ends_the_run(stage: &Stage) {
        let store = stage.open().await;
        let claimed = running(stage, &store, "42").await;
        let mut record = checkpoint(&claimed);
        record.steps.push(stage.step(0, Some(Value::Unit)));
        store.record_steps(record).await.unwrap();
        assert!(store.claim_sends(10).await.unwrap().is_empty());
        let segment = mails(1, &["a@example.test", "b@example.test"]);
        store.complete_run(checkpoint(&claimed), segment, CompletedAs::Completed).await.unwrap();
        store.wakes().sends.notified().await;
        let sends = store.claim_sends(10).await.unwrap();
        let targets: Vec<_> = sends.iter().map(|send| send.target.as_str()).collect();
        assert_eq!(targets, ["a@example.test", "b@example.test"]);
        assert_eq!(sends[0].body, b"Subject: \xc3\xa4\r\n\r\n\x00");
        assert_eq!(sends[0].envelope, serde_json::json!({ "to": "a@example.test" }));
        assert_eq!((sends[0].attempts, sends[0].run_id), (0, Some(claimed.run.id)));
        let view = store.show_run(claimed.run.id).await.unwrap().unwrap();
        assert_eq!(view.run.state, RunState::Completed);
        assert_eq!(view.run.ended_at, Some(stage.now()));
        assert_eq!(view.effects.len(), 2);
        let journal = store.journal(claimed.run.id).await.unwrap();
        let step = &journal.steps[&StepPath::top(1)];
        assert_eq!((step.kind, &step.answer), (StepKind::Send, &Some(Ok(Value::Unit))));
    }

    async fn a_run_ends_once(stage: &Stage) {
        let store = stage.open().await;
        let claimed = running(stage, &store, "42").await;
        let end = |segment| store.complete_run(checkpoint(&claimed), segment, CompletedAs::Completed);
        let (one, two) = tokio::join!(end(mails(1, &["a@example.test"])), end(mails(1, &["b@example.test"])));
        one.unwrap();
        assert!(matches!(two.unwrap_err(), StoreError::Fenced));
        assert_eq!(store.claim_sends(10).await.unwrap().len(), 1);
    }

    async fn a_skipped_run_sends_nothing(stage: &Stage) {
        let store = stage.open().await;
        let claimed = running(stage, &store, "42").await;
        let end = CompletedAs::Skipped { reason: "not paid".to_owned() };
        store.complete_run(checkpoint(&claimed), mails(0, &["a@example.test"]), end).await.unwrap();
        let view = store.show_run(claimed.run.id).await.unwrap().unwrap();
        assert_eq!(view.run.state, RunState::Skipped);
        assert_eq!(view.run.reason.as_deref(), Some("not paid"));
        assert!(view.effects.is_empty());
    }

    async fn a_captured_send_is_readable_and_never_claimed(stage: &Stage) {
        let store = stage.open().await;
        let claimed = running(stage, &store, "42").await;
        let mut segment = mails(0, &["a@example.test"]);
        segment.sends[0].1 = EffectState::Captured;
        store.complete_run(checkpoint(&claimed), segment, CompletedAs::Completed).await.unwrap();
        assert!(store.claim_sends(10).await.unwrap().is_empty());
        let view = store.show_run(claimed.run.id).await.unwrap().unwrap();
        let effect = &view.effects[0];
        assert_eq!(effect.state, EffectState::Captured);
        assert_eq!(effect.settled_at, Some(stage.now()));
        let message = store.effect_message(effect.id).await.unwrap().unwrap();
        assert_eq!(message.kind, "email::send");
        assert_eq!(message.body, b"Subject: \xc3\xa4\r\n\r\n\x00");
    }

    async fn an_emitted_event_is_accepted_in_the_same_transaction(stage: &Stage) {
        let store = stage.open().await;
        let claimed = running(stage, &store, "42").await;
        let mut segment = mails(0, &["seat-freed"]);
        segment.sends[0].0.parts[0].route = Route::Event;
        let mut emitted = stage.booking("42", &["any/log"]);
        emitted.event.origin = Origin::Emit;
        emitted.event.parent = Some(claimed.run.event_id);
        emitted.event.depth = 1;
        let id = emitted.event.id;
        segment.emitted.push(emitted);
        let before = store.commits();
        store.complete_run(checkpoint(&claimed), segment, CompletedAs::Completed).await.unwrap();
        assert_eq!(store.commits(), before + 1);
        let event = store.show_event(id).await.unwrap().unwrap();
        assert_eq!((event.event.depth, event.state), (1, EventState::Pending));
        assert_eq!(ready_ids(&store).await, [event.runs[0].id]);
        let view = store.show_run(claimed.run.id).await.unwrap().unwrap();
        assert_eq!(view.effects[0].state, EffectState::Done);
        assert!(store.claim_sends(10).await.unwrap().is_empty());
    }

    async fn an_end_that_cannot_be_written_leaves_nothing_behind(stage: &Stage) {
        let store = stage.open().await;
        let claimed = running(stage, &store, "42").await;
        let mut segment = mails(0, &["a@example.test"]);
        let twice = stage.booking("42", &["any/log", "any/log"]);
        segment.emitted.push(twice);
        let result = store.complete_run(checkpoint(&claimed), segment, CompletedAs::Completed).await;
        assert!(matches!(result.unwrap_err(), StoreError::Invalid(_)));
        let view = store.show_run(claimed.run.id).await.unwrap().unwrap();
        assert_eq!(view.run.state, RunState::Running);
        assert!(view.effects.is_empty() && view.steps.is_empty());
        store.complete_run(checkpoint(&claimed), Segment::default(), CompletedAs::Completed).await.unwrap();
    }
}
