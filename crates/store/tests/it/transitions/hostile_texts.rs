//! Texts that a database may refuse: whatever comes from outside is stored all the same.

use cuebook_core::Value;
use cuebook_core::log_line::{LogLevel, LogLine};
use cuebook_core::message::Message;
use cuebook_core::run::RunState;
use cuebook_store::{CompletedAs, RunFailure, SettledAs};

use crate::script::{checkpoint, mails, running};
use crate::stage::{Stage, stories};

stories! {
    async fn every_webhook_is_stored_whatever_its_pid_or_type_is(stage: &Stage) {
        let store = stage.open().await;
        let long = "x".repeat(9_000);
        for (body, is_message) in [
            (r#"{"type":"new-booking","payload":{"booking_pid":"a\u0000b"}}"#.to_owned(), true),
            (format!(r#"{{"type":"new-booking","payload":{{"booking_pid":"{long}"}}}}"#), true),
            (format!(r#"{{"type":"new-booking","payload":{{"person_pid":{}}}}}"#, "9".repeat(9_000)), true),
            (r#"{"type":"new-\u0000booking","payload":{}}"#.to_owned(), false),
        ] {
            let mut accept = stage.booking("42", &["any/log"]);
            let id = accept.event.id;
            let parsed = Message::parse(body.as_bytes());
            assert_eq!(parsed.is_ok(), is_message, "{body}");
            match parsed {
                Ok(message) => accept.event.subject = message.subject,
                Err(error) => {
                    accept.rejected = Some(error.to_string());
                    accept.event.subject = None;
                }
            }
            accept.event.body = body.clone().into_bytes();
            store.accept_event(accept).await.unwrap();
            assert_eq!(store.event(id).await.unwrap().unwrap().body, body.into_bytes());
        }
    }

    async fn a_nul_in_what_a_run_says_holds_nothing_up(stage: &Stage) {
        let store = stage.open().await;
        let claimed = running(stage, &store, "42").await;
        let mut record = checkpoint(&claimed);
        record.logs.push(LogLine {
            key: "0".to_owned(),
            level: LogLevel::Info,
            message: "a\0b".to_owned(),
            fields: Value::from("c\0d"),
            at: stage.now(),
            line: None,
        });
        store.complete_run(record, mails(0, &["to\0m@example.test"]), CompletedAs::Completed).await.unwrap();
        let view = store.show_run(claimed.run.id).await.unwrap().unwrap();
        assert_eq!(view.logs[0].message, "a\u{fffd}b");
        assert_eq!(view.logs[0].fields, Value::from("c\0d"), "what is stored as bytes stays");
        assert_eq!(view.effects[0].target, "to\u{fffd}m@example.test");
        let send = store.claim_sends(1).await.unwrap().remove(0);
        let mut settlement = stage.settlement(&send, SettledAs::Failed);
        settlement.attempt.answer = Some("550 \0".to_owned());
        store.settle_send(settlement).await.unwrap();
        let effect = store.show_effect(send.id).await.unwrap().unwrap();
        assert_eq!(effect.attempts[0].answer.as_deref(), Some("550 \u{fffd}"));
        let failing = running(stage, &store, "43").await;
        let failure = RunFailure {
            state: RunState::Failed,
            code: "failed".to_owned(),
            reason: "no\0way".to_owned(),
        };
        store.fail_run(checkpoint(&failing), failure).await.unwrap();
        let run = store.show_run(failing.run.id).await.unwrap().unwrap().run;
        assert_eq!(run.reason.as_deref(), Some("no\u{fffd}way"));
    }
}
