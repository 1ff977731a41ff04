//! What a rule's head says about its runs.

use chrono::TimeDelta;
use cuebook_core::effect::EffectState;
use cuebook_core::run::RunState;
use cuebook_testkit::{Cuebook, SmtpPeer};
use serde_json::json;

fn rule(option: &str, script: &str) -> String {
    format!("//! A rule.\n//!\n//! ```toml\n//! {option}\n//! ```\n\n{script}\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_waits_beyond_its_timeout_fails_then_and_sends_nothing_more() {
    let script =
        "webhook::send(\"https://example.test/\", #{}); sleep(\"30d\"); fail(\"it went on\");";
    let cuebook = Cuebook::builder()
        .capturing()
        .with_manual_clock()
        .rule("new-booking/wait.rhai", rule("timeout = \"20d\"", script))
        .start()
        .await;
    let event = cuebook
        .hook("new-booking", json!({ "booking_pid": "1" }))
        .await;
    cuebook.wait_for_run(event, RunState::Waiting).await;
    cuebook.advance(TimeDelta::days(19));
    cuebook.wait_for_run(event, RunState::Waiting).await;
    cuebook.advance(TimeDelta::days(1));
    let shown = cuebook.wait_for_run(event, RunState::Failed).await;
    assert_eq!(shown.run.code.as_deref(), Some("timeout"));
    let reason = shown.run.reason.unwrap();
    assert!(reason.contains("timeout of 1728000 s"), "{reason}");
    let states: Vec<EffectState> = shown.effects.iter().map(|effect| effect.state).collect();
    assert_eq!(
        states,
        [EffectState::Captured],
        "the first segment had ended"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_is_retried_after_its_timeout_has_its_time_again() {
    let cuebook = Cuebook::builder()
        .with_manual_clock()
        .rule(
            "new-booking/wait.rhai",
            rule("timeout = \"1h\"", "sleep(\"2h\");"),
        )
        .start()
        .await;
    let event = cuebook
        .hook("new-booking", json!({ "booking_pid": "1" }))
        .await;
    cuebook.wait_for_run(event, RunState::Waiting).await;
    cuebook.advance(TimeDelta::hours(1));
    let failed = cuebook.wait_for_run(event, RunState::Failed).await;
    cuebook.advance(TimeDelta::minutes(59));
    cuebook
        .store()
        .retry_run(failed.run.id, None)
        .await
        .unwrap();
    cuebook.wait_for_run(event, RunState::Waiting).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_the_rule_names_ends_its_waiting_run() {
    let cuebook = Cuebook::builder()
        .rule(
            "new-booking/wait.rhai",
            rule("cancel_on = [\"seat-freed\"]", "sleep(\"30d\");"),
        )
        .start()
        .await;
    let event = cuebook
        .hook("new-booking", json!({ "booking_pid": "1" }))
        .await;
    cuebook.wait_for_run(event, RunState::Waiting).await;
    let end = cuebook
        .hook("seat-freed", json!({ "booking_pid": "1" }))
        .await;
    let shown = cuebook.wait_for_run(event, RunState::Cancelled).await;
    assert!(shown.run.reason.unwrap().contains(&end.to_string()));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_burst_the_last_event_runs() {
    let cuebook = Cuebook::builder()
        .with_manual_clock()
        .rule(
            "new-booking/last.rhai",
            rule(
                "debounce = \"30s\"",
                "log::info(`${event.payload[\"n\"]} ${state::get(\"n\", \"none\")}`); state::set(\"n\", 1);",
            ),
        )
        .start()
        .await;
    let mut events = Vec::new();
    for n in 0..3 {
        let payload = json!({ "booking_pid": "1", "n": n });
        events.push(cuebook.hook("new-booking", payload).await);
    }
    for event in &events[..2] {
        let run = cuebook.ended_run(*event).await.run;
        assert_eq!(run.code.as_deref(), Some("superseded"));
    }
    cuebook.advance(TimeDelta::seconds(30));
    let shown = cuebook.wait_for_run(events[2], RunState::Completed).await;
    assert_eq!(shown.logs[0].message, "2 none");
}

#[tokio::test(flavor = "multi_thread")]
async fn mails_over_the_budget_are_held_until_a_person_approves_them() {
    let peer = SmtpPeer::start().await.unwrap();
    let mail = "email::send(#{ to: `${event.subject}@example.test`, from: \"us@example.test\", subject: \"s\", text: \"t\" });";
    let cuebook = Cuebook::builder()
        .mailing(&peer)
        .rule(
            "new-booking/mail.rhai",
            rule("budget = { emails = \"1/1h\" }", mail),
        )
        .start()
        .await;
    let mut runs = Vec::new();
    for pid in ["1", "2"] {
        let event = cuebook
            .hook("new-booking", json!({ "booking_pid": pid }))
            .await;
        runs.push(cuebook.ended_run(event).await);
    }
    let held = &runs[1].effects[0];
    assert_eq!(held.state, EffectState::Held);
    peer.wait_for(1).await;
    let answered = cuebook
        .post(&format!("/api/v1/effects/{}/approve", held.id), &json!({}))
        .await;
    assert_eq!(answered.status, 200, "{}", answered.text());
    let mails = peer.wait_for(2).await;
    assert!(mails.len() == 2, "one at once, one when approved");
}
