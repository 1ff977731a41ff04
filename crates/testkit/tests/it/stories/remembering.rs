//! Rules that remember.

use cuebook_core::RunId;
use cuebook_core::run::RunState;
use cuebook_core::state::{StateKey, StateScope};
use cuebook_core::{Account, Value};
use cuebook_testkit::{Answer, Cuebook, HttpPeer};
use serde_json::json;

/// A cuebook with one rule for bookings.
async fn with_rule(source: &str) -> Cuebook {
    Cuebook::builder()
        .rule("new-booking/count.rhai", format!("//! Counts.\n{source}"))
        .start()
        .await
}

/// What a run came to, in words: its state and what it logged last or why it ended.
async fn outcome(cuebook: &Cuebook, pid: &str) -> (RunState, String, RunId) {
    let event = cuebook
        .hook("new-booking", json!({ "booking_pid": pid }))
        .await;
    let shown = cuebook.ended_run(event).await;
    let said = shown.logs.last().map(|line| line.message.clone());
    let said = said.or(shown.run.reason).unwrap_or_default();
    (shown.run.state, said, shown.run.id)
}

async fn value(
    cuebook: &Cuebook,
    scope: StateScope,
    subject: Option<&str>,
    key: &str,
) -> Option<Value> {
    let key = StateKey {
        account: Account::default(),
        scope,
        rule: (scope != StateScope::Shared).then(|| "new-booking/count".parse().unwrap()),
        subject: subject.map(Into::into),
        captured: false,
        key: key.to_owned(),
    };
    cuebook.store().read_state(&key).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_reads_what_runs_before_it_have_left_each_scope_apart() {
    let cuebook = with_rule(
        r#"
state::incr("n");
state::incr("n", 10, "rule");
state::set("last", #{ pid: event.subject, paid: decimal("50.00") }, "shared");
log::info(`${state::get("n", 0)} ${state::get("n", 0, "rule")} ${state::get("last", (), "shared").paid}`);
"#,
    )
    .await;
    let said = async |pid| outcome(&cuebook, pid).await.1;
    assert_eq!(said("1").await, "1 10 50.00");
    assert_eq!(said("1").await, "2 20 50.00");
    assert_eq!(said("2").await, "1 30 50.00");
    let of_subject = value(&cuebook, StateScope::Subject, Some("1"), "n").await;
    assert_eq!(of_subject, Some(Value::Int(2)));
    let shared = value(&cuebook, StateScope::Shared, None, "last").await;
    assert_eq!(shared.unwrap().get("pid"), Some(&Value::from("2")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_sees_what_its_own_segment_did_before() {
    let cuebook = with_rule(
        r#"
let seen = [state::get("a", "none")];
state::set("a", 5); seen.push(state::get("a"));
state::incr("a", 2); seen.push(state::get("a"));
state::remove("a"); seen.push(state::get("a", "gone"));
state::incr("a"); seen.push(state::get("a"));
log::info(text::join(seen, " "));
"#,
    )
    .await;
    let (state, said, run) = outcome(&cuebook, "1").await;
    assert_eq!(
        (state, said.as_str()),
        (RunState::Completed, "none 5 7 gone 1")
    );
    let left = value(&cuebook, StateScope::Subject, Some("1"), "a").await;
    assert_eq!(left, Some(Value::Int(1)));
    let shown = cuebook.run(run).await;
    assert!(shown.effects.is_empty(), "nothing of it is outside");
    assert_eq!(shown.steps.len(), 9, "each step is journaled");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_fails_changes_nothing() {
    let cuebook = with_rule("state::set(\"a\", 1); fail(\"no\");").await;
    assert_eq!(outcome(&cuebook, "1").await.0, RunState::Failed);
    let left = value(&cuebook, StateScope::Subject, Some("1"), "a").await;
    assert_eq!(left, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn counting_up_what_is_no_number_fails_the_run_with_a_reason_and_sends_nothing() {
    let cuebook = with_rule(
        "if event.subject == \"1\" { state::set(\"b\", \"text\", \"rule\"); } \
         else { emit(\"never\", #{}); state::incr(\"a\", 1, \"rule\"); state::incr(\"b\", 1, \"rule\"); }",
    )
    .await;
    assert_eq!(outcome(&cuebook, "1").await.0, RunState::Completed);
    let (state, said, run) = outcome(&cuebook, "2").await;
    assert_eq!(state, RunState::Failed);
    assert!(said.contains("\"b\" holds a string"), "{said}");
    let shown = cuebook.run(run).await;
    assert_eq!(shown.run.code.as_deref(), Some("state"));
    assert!(shown.effects.is_empty());
    let untouched = value(&cuebook, StateScope::Rule, None, "a").await;
    assert_eq!(untouched, None, "all or nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_subject_the_scope_must_be_named() {
    let cuebook = Cuebook::builder()
        .rule(
            "tick/count.rhai",
            "//! Counts.\ntry { state::incr(\"n\"); fail(\"taken\"); } catch (error) { log::info(error.message); }\n\
             try { state::get(\"n\", 0, text::lower(\"RUL\")); fail(\"taken\"); } catch (error) { log::info(error.message); }\n\
             state::incr(\"n\", 1, \"rule\");\n",
        )
        .start()
        .await;
    let event = cuebook.hook("tick", json!({})).await;
    let shown = cuebook.ended_run(event).await;
    assert_eq!(
        shown.run.state,
        RunState::Completed,
        "{:?}",
        shown.run.reason
    );
    assert!(
        shown.logs[0].message.contains("about no booking"),
        "{:?}",
        shown.logs
    );
    assert!(
        shown.logs[1].message.contains("did you mean `rule`"),
        "{:?}",
        shown.logs
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_in_the_middle_of_a_segment_counts_once() {
    let held = std::sync::Mutex::new(Some(cuebook_testkit::Gate::default()));
    let peer = HttpPeer::start(move |_| {
        let answer = Answer::new(200, "{}");
        match held.lock().unwrap().take() {
            Some(gate) => answer.behind(&gate),
            None => answer,
        }
    })
    .await
    .unwrap();
    let rule = format!("state::incr(\"n\"); http::get(\"{}\");", peer.url("/"));
    let cuebook = with_rule(&rule).await;
    let event = cuebook
        .hook("new-booking", json!({ "booking_pid": "1" }))
        .await;
    peer.wait_for(1).await;
    let cuebook = cuebook.kill().await.reopen().await;
    assert_eq!(
        cuebook.ended_run(event).await.run.state,
        RunState::Completed
    );
    let left = value(&cuebook, StateScope::Subject, Some("1"), "n").await;
    assert_eq!(left, Some(Value::Int(1)));
}

#[tokio::test(flavor = "multi_thread")]
async fn runs_of_many_bookings_count_up_one_number_exactly() {
    let cuebook = with_rule("state::incr(\"n\", 1, \"rule\");").await;
    let mut events = Vec::new();
    for pid in 0..50 {
        let payload = json!({ "booking_pid": pid });
        events.push(cuebook.hook("new-booking", payload).await);
    }
    for event in events {
        cuebook.wait_until_ended(event).await;
    }
    let left = value(&cuebook, StateScope::Rule, None, "n").await;
    assert_eq!(left, Some(Value::Int(50)));
}

#[tokio::test(flavor = "multi_thread")]
async fn once_is_true_for_one_run_in_each_replay_of_it_and_false_for_others() {
    let cuebook = with_rule(
        "let first = once(\"welcome\", \"30d\"); let again = once(\"welcome\"); uuid();\n\
         log::info(`${first} ${again}`);",
    )
    .await;
    assert_eq!(outcome(&cuebook, "1").await.1, "true true");
    assert_eq!(outcome(&cuebook, "2").await.1, "false false");
}

#[tokio::test(flavor = "multi_thread")]
async fn once_is_free_again_for_the_next_run_when_the_first_has_failed() {
    let cuebook = with_rule(
        "if once(\"welcome\") { if event.subject == \"1\" { fail(\"no\"); } log::info(\"mine\"); }",
    )
    .await;
    assert_eq!(outcome(&cuebook, "1").await.0, RunState::Failed);
    assert_eq!(outcome(&cuebook, "2").await.1, "mine");
    assert_eq!(outcome(&cuebook, "3").await.1, "");
}
