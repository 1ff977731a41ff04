//! Rules that sleep, and what happens meanwhile.

use chrono::TimeDelta;
use cuebook_core::effect::EffectState;
use cuebook_core::run::RunState;
use cuebook_testkit::{Cuebook, HttpPeer, SmtpPeer, eventually};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_sleep_survives_a_kill_with_the_post_made_once_and_the_mail_sent_once() {
    let http = HttpPeer::welcoming().await.unwrap();
    let smtp = SmtpPeer::start().await.unwrap();
    let rule = format!(
        r#"//! Posts, sleeps, mails.
let booking = ticketpark::booking(event.payload.booking_pid, #{{ properties: ["customer"] }});
http::post("{}", #{{ pid: booking.pid }});
sleep("2s");
email::send(#{{ to: booking.customer.email, subject: "Hello", text: "Hello" }});
"#,
        http.url("/orders")
    );
    let cuebook = Cuebook::builder()
        .with_ticketpark()
        .with_manual_clock()
        .mailing(&smtp)
        .rule("new-booking/sleepy.rhai", rule)
        .start()
        .await;
    let event = cuebook
        .hook("new-booking", json!({ "booking_pid": "7" }))
        .await;
    let waiting = cuebook.wait_for_run(event, RunState::Waiting).await;
    assert_eq!(waiting.run.code.as_deref(), Some("sleep"));

    let cuebook = cuebook.kill().await.reopen().await;
    cuebook.advance(TimeDelta::microseconds(1_999_999));
    assert_eq!(cuebook.store().wake_runs().await.unwrap().woken, 0);
    cuebook.advance(TimeDelta::microseconds(1));
    let shown = cuebook.ended_run(event).await;
    assert_eq!(
        shown.run.state,
        RunState::Completed,
        "{:?}",
        shown.run.reason
    );
    smtp.wait_for(1).await;
    eventually("the mail to be settled", async || {
        let effects = cuebook.run(shown.run.id).await.effects;
        let done = effects
            .iter()
            .all(|effect| effect.state == EffectState::Done);
        done.then_some(())
    })
    .await;
    assert_eq!(smtp.mails().len(), 1);
    assert_eq!(http.requests().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sleeping_run_ends_on_the_version_that_it_began_with() {
    let mail = |text: &str| {
        format!(
            "//! Sleeps.\nsleep(\"1d\");\nemail::send(#{{ to: \"tom@example.com\", subject: \"{text}\", text: \"x\" }});\n"
        )
    };
    let mut cuebook = Cuebook::builder()
        .with_manual_clock()
        .rule("new-booking/sleepy.rhai", mail("before"))
        .start()
        .await;
    let event = cuebook
        .hook("new-booking", json!({ "booking_pid": "1" }))
        .await;
    let began = cuebook.wait_for_run(event, RunState::Waiting).await.run;
    cuebook
        .change_rules(|files| {
            let source = mail("after").into_bytes();
            files.0.insert("new-booking/sleepy.rhai".to_owned(), source);
        })
        .await;
    cuebook.advance(TimeDelta::days(1));
    let shown = cuebook.ended_run(event).await;
    assert_eq!(
        shown.run.state,
        RunState::Completed,
        "{:?}",
        shown.run.reason
    );
    assert_eq!(shown.run.rule_version, began.rule_version);
    let body = cuebook
        .store()
        .effect_message(shown.effects[0].id)
        .await
        .unwrap()
        .unwrap();
    let message = String::from_utf8(body.body).unwrap();
    assert!(message.contains("Subject: before"), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_sleeps_ends_though_its_rule_was_taken_away() {
    let mut cuebook = Cuebook::builder()
        .with_manual_clock()
        .rule("new-booking/sleepy.rhai", "//! Sleeps.\nsleep(\"1d\");\n")
        .start()
        .await;
    let event = cuebook
        .hook("new-booking", json!({ "booking_pid": "1" }))
        .await;
    cuebook.wait_for_run(event, RunState::Waiting).await;
    cuebook.change_rules(|files| files.0.clear()).await;
    cuebook.advance(TimeDelta::days(1));
    let run = cuebook.ended_run(event).await.run;
    assert_eq!(run.state, RunState::Completed, "{:?}", run.reason);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_sent_before_a_sleep_has_gone_out_though_the_run_fails_after() {
    let peer = HttpPeer::welcoming().await.unwrap();
    let rule = format!(
        "//! Tells, sleeps, fails.\nwebhook::send(\"{0}\", \"1\");\nsleep(\"1h\");\nwebhook::send(\"{0}\", \"2\");\nfail(\"no\");\n",
        peer.url("/")
    );
    let cuebook = Cuebook::builder()
        .with_manual_clock()
        .rule("new-booking/tell.rhai", rule)
        .start()
        .await;
    let event = cuebook
        .hook("new-booking", json!({ "booking_pid": "1" }))
        .await;
    cuebook.wait_for_run(event, RunState::Waiting).await;
    peer.wait_for(1).await;
    cuebook.advance(TimeDelta::hours(1));
    let shown = cuebook.ended_run(event).await;
    assert_eq!(shown.run.state, RunState::Failed);
    assert_eq!(shown.effects.len(), 1);
    let bodies: Vec<String> = peer
        .requests()
        .iter()
        .map(cuebook_testkit::Recorded::text)
        .collect();
    assert_eq!(bodies, ["1"]);
}
