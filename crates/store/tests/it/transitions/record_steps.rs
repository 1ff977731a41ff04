//! Journals.

use cuebook_core::effect::{AttemptOutcome, EffectState};
use cuebook_core::journal::{StepKind, StepPath};
use cuebook_core::log_line::{LogLevel, LogLine};
use cuebook_core::rule::VersionHash;
use cuebook_core::{CallError, EffectId, Value};
use cuebook_store::EffectChange;

use crate::script::{checkpoint, running, version};
use crate::stage::{Stage, stories};

stories! {
    async fn an_answer_follows_its_intent_and_is_never_replaced(stage: &Stage) {
        let store = stage.open().await;
        let claimed = running(stage, &store, "42").await;
        let path = StepPath::top(0);
        for (answer, expected) in [
            (None, None),
            (Some(Value::Int(1)), Some(Ok(Value::Int(1)))),
            (Some(Value::Int(2)), Some(Ok(Value::Int(1)))),
            (None, Some(Ok(Value::Int(1)))),
        ] {
            let mut record = checkpoint(&claimed);
            record.steps.push(stage.step(0, answer));
            store.record_steps(record).await.unwrap();
            let journal = store.journal(claimed.run.id).await.unwrap();
            assert_eq!(journal.steps[&path].answer, expected);
        }
    }

    async fn an_intent_and_its_answer_may_come_together(stage: &Stage) {
        let store = stage.open().await;
        let claimed = running(stage, &store, "42").await;
        let mut record = checkpoint(&claimed);
        record.steps.push(stage.step(0, None));
        record.steps.push(stage.step(0, Some(Value::from("first"))));
        record.steps.push(stage.step(0, Some(Value::from("second"))));
        store.record_steps(record).await.unwrap();
        let journal = store.journal(claimed.run.id).await.unwrap();
        assert_eq!(journal.steps[&StepPath::top(0)].answer, Some(Ok(Value::from("first"))));
    }

    async fn the_journal_gives_back_what_was_recorded(stage: &Stage) {
        let store = stage.open().await;
        let claimed = running(stage, &store, "42").await;
        let mut record = checkpoint(&claimed);
        let money = Value::from([("amount", Value::Decimal("50.00".parse().unwrap()))]);
        let read = stage.step(0, Some(money));
        let mut thrown = stage.step(1, None);
        thrown.path = StepPath::top(1).child(2, 0);
        thrown.answer = Some(Err(CallError::new("timeout", "no answer").after(3)));
        let mut wait = stage.step(2, None);
        wait.kind = StepKind::Wait;
        wait.wake_at = Some(stage.now());
        let expected = [read.entry(), thrown.entry(), wait.entry()];
        record.steps.extend([read, thrown, wait]);
        store.record_steps(record).await.unwrap();
        let journal = store.journal(claimed.run.id).await.unwrap();
        let entries: Vec<_> = journal.steps.into_values().collect();
        assert_eq!(entries, expected);
        let view = store.show_run(claimed.run.id).await.unwrap().unwrap();
        assert_eq!(view.steps[0].arguments, [Value::from("https://example.test/")]);
        assert_eq!(view.steps[1].path.to_string(), "1.2.0");
        assert_eq!(view.steps[1].line, Some(3));
    }

    async fn a_log_line_is_stored_once(stage: &Stage) {
        let store = stage.open().await;
        let claimed = running(stage, &store, "42").await;
        let line = |key: &str, message: &str| LogLine {
            key: key.to_owned(),
            level: LogLevel::Warn,
            message: message.to_owned(),
            fields: Value::from([("n", Value::Int(1))]),
            at: stage.now(),
            line: Some(2),
        };
        for message in ["as it was said", "said again by a replay"] {
            let mut record = checkpoint(&claimed);
            record.logs.extend([line("10", message), line("2", message)]);
            store.record_steps(record).await.unwrap();
        }
        let journal = store.journal(claimed.run.id).await.unwrap();
        assert!(journal.logged.contains("10") && journal.logged.contains("2"));
        let view = store.show_run(claimed.run.id).await.unwrap().unwrap();
        assert_eq!(view.logs, [line("2", "as it was said"), line("10", "as it was said")]);
    }

    async fn a_run_is_pinned_to_the_first_version(stage: &Stage) {
        let store = stage.open().await;
        let claimed = running(stage, &store, "42").await;
        store.record_steps(checkpoint(&claimed)).await.unwrap();
        let mut later = checkpoint(&claimed);
        later.version = VersionHash("v2".repeat(32));
        store.record_steps(later).await.unwrap();
        let view = store.show_run(claimed.run.id).await.unwrap().unwrap();
        assert_eq!(view.run.rule_version, Some(version()));
    }

    async fn the_ledger_follows_a_write_from_intent_to_answer(stage: &Stage) {
        let store = stage.open().await;
        let claimed = running(stage, &store, "42").await;
        let id = EffectId(stage.id());
        let mut intent = checkpoint(&claimed);
        intent.effects.push(EffectChange::Begin {
            id,
            kind: "http::post".to_owned(),
            target: "https://example.test/".to_owned(),
            key: "k".to_owned(),
            path: StepPath::top(0),
            at: stage.now(),
        });
        // A commit that nobody could confirm is made again.
        store.record_steps(intent.clone()).await.unwrap();
        store.record_steps(intent).await.unwrap();
        let effect = store.show_effect(id).await.unwrap().unwrap();
        assert_eq!(effect.state, EffectState::Pending);
        assert!(store.claim_sends(10).await.unwrap().is_empty(), "a call is no send");
        let first = stage.attempt(1, AttemptOutcome::Retry);
        let second = stage.attempt(2, AttemptOutcome::Done);
        let mut answer = checkpoint(&claimed);
        answer.effects.extend([
            EffectChange::Attempt { id, attempt: first.clone() },
            EffectChange::Attempt { id, attempt: second.clone() },
            EffectChange::Settle { id, state: EffectState::Done, at: stage.now() },
        ]);
        store.record_steps(answer.clone()).await.unwrap();
        store.record_steps(answer).await.unwrap();
        let effect = store.show_effect(id).await.unwrap().unwrap();
        assert_eq!(effect.state, EffectState::Done);
        assert_eq!(effect.attempts, [first, second]);
        assert_eq!(effect.settled_at, Some(stage.now()));
        assert!(store.effect_message(id).await.unwrap().is_none());
    }
}
