//! A journal that does not fit its script.

use chrono::TimeDelta;
use cuebook_core::Value;
use cuebook_core::journal::{Question, StepKind, StepPath, StepRecord};
use cuebook_core::run::RunState;
use cuebook_store::{Checkpoint, Store};
use cuebook_testkit::Cuebook;
use serde_json::json;

/// Takes the run as a worker would, and answers something that its script never asked.
async fn write_a_strange_step(store: Store) {
    assert_eq!(store.wake_runs().await.unwrap().woken, 1);
    let claimed = store.claim_runs(1).await.unwrap().remove(0);
    let now = claimed.run.created_at;
    let version = claimed.run.rule_version.unwrap();
    let mut checkpoint = Checkpoint::new(claimed.run.id, claimed.fence, version);
    checkpoint.steps.push(StepRecord {
        path: StepPath::top(1),
        question: Question {
            function: "http::get".to_owned(),
            digest: "0".repeat(32),
        },
        kind: StepKind::Read,
        arguments: Vec::new(),
        answer: Some(Ok(Value::Unit)),
        wake_at: None,
        line: None,
        started_at: now,
        ended_at: Some(now),
        attempts: 1,
    });
    store.record_steps(checkpoint).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_whose_journal_has_another_question_is_blocked_and_says_where() {
    let rule = r#"//! Sleeps, then makes an id.
sleep("1h");
let id = uuid();
email::send(#{ to: "tom@example.com", subject: id, text: "hello" });
"#;
    let cuebook = Cuebook::builder()
        .with_manual_clock()
        .rule("new-booking/sleepy.rhai", rule)
        .start()
        .await;
    let event = cuebook
        .hook("new-booking", json!({ "booking_pid": "1" }))
        .await;
    cuebook.wait_for_run(event, RunState::Waiting).await;
    let killed = cuebook.kill().await;
    killed.advance(TimeDelta::hours(1));
    killed.with_store(write_a_strange_step).await;

    let cuebook = killed.reopen().await;
    let shown = cuebook.ended_run(event).await;
    assert_eq!(shown.run.state, RunState::Blocked);
    assert_eq!(shown.run.code.as_deref(), Some("diverged"));
    let reason = shown.run.reason.unwrap();
    assert!(
        reason.contains("step 1") && reason.contains("http::get"),
        "{reason}"
    );
    assert_eq!(shown.effects, []);
}
