//! Rules that fail.

use cuebook_core::effect::EffectState;
use cuebook_core::run::RunState;
use cuebook_store::RunView;
use cuebook_testkit::{Cuebook, HttpPeer, SmtpPeer};
use serde_json::json;

const MAIL: &str = r#"email::send(#{ to: "tom@example.com", subject: "Hello", text: "Hello" });"#;

/// Runs a rule that mails and then goes on with `rest`, with a mail server at hand.
async fn run(rest: &str) -> (RunView, SmtpPeer) {
    let peer = SmtpPeer::start().await.unwrap();
    let cuebook = Cuebook::builder()
        .mailing(&peer)
        .rule(
            "new-booking/mail.rhai",
            format!("//! Mails.\n{MAIL}\n{rest}\n"),
        )
        .start()
        .await;
    let event = cuebook
        .hook("new-booking", json!({ "booking_pid": "1" }))
        .await;
    (cuebook.ended_run(event).await, peer)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_that_mails_and_then_fails_sends_nothing() {
    let (shown, peer) = run(r#"fail("the seat is taken");"#).await;
    assert_eq!(shown.run.state, RunState::Failed);
    assert_eq!(shown.run.code.as_deref(), Some("failed"));
    assert!(shown.run.reason.unwrap().contains("the seat is taken"));
    assert_eq!(shown.effects, []);
    assert_eq!(peer.mails(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_that_mails_and_then_errs_sends_nothing_and_says_where() {
    let (shown, peer) = run("log::info([\"one\"][event.payload.booking_pid.len() + 9]);").await;
    assert_eq!(shown.run.state, RunState::Failed);
    assert_eq!(shown.run.code.as_deref(), Some("script_error"));
    assert!(shown.run.reason.unwrap().contains('3'));
    assert_eq!(shown.effects, []);
    assert_eq!(peer.mails(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_that_mails_and_then_skips_sends_nothing() {
    let (shown, peer) = run(r#"skip("not needed");"#).await;
    assert_eq!(shown.run.state, RunState::Skipped);
    assert_eq!(shown.run.reason.as_deref(), Some("not needed"));
    assert_eq!(shown.effects, []);
    assert_eq!(peer.mails(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_that_mails_and_ends_sends() {
    let (shown, peer) = run("").await;
    assert_eq!(
        shown.run.state,
        RunState::Completed,
        "{:?}",
        shown.run.reason
    );
    let mails = peer.wait_for(1).await;
    assert_eq!(mails[0].to, ["tom@example.com"]);
    assert!(mails[0].message.contains("Subject: Hello"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_beside_a_failing_branch_is_accounted_for() {
    let peer = HttpPeer::welcoming().await.unwrap();
    let rule = format!(
        r#"//! Posts and fails.
parallel([|| http::post("{}", "hello"), || fail("no")]);
"#,
        peer.url("/")
    );
    let cuebook = Cuebook::builder()
        .rule("new-booking/post.rhai", rule)
        .start()
        .await;
    let event = cuebook
        .hook("new-booking", json!({ "booking_pid": "1" }))
        .await;
    let shown = cuebook.ended_run(event).await;
    assert_eq!(shown.run.state, RunState::Failed);
    let done = peer.requests().len();
    let ledger = shown
        .effects
        .iter()
        .filter(|effect| effect.state == EffectState::Done)
        .count();
    assert_eq!(ledger, done);
    assert!(
        shown
            .effects
            .iter()
            .all(|effect| effect.state != EffectState::Pending)
    );
}
