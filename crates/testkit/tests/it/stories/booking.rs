//! From a booking to a mail and an HTTP call.

use cuebook_core::effect::EffectState;
use cuebook_core::run::RunState;
use cuebook_testkit::{Answer, Cuebook, HttpPeer};
use serde_json::json;

fn rule(peer: &HttpPeer) -> String {
    format!(
        r#"//! Hands a booking to the accounts and thanks the customer.
let booking = ticketpark::booking(event.payload.booking_pid, #{{ properties: ["customer"] }});
let order = http::post("{}", #{{ pid: booking.pid }});
log::info("handed over");
email::send(#{{
    to: booking.customer.email,
    subject: `Order ${{order.json.number}}`,
    text: "Thank you!",
}});
"#,
        peer.url("/orders")
    )
}

async fn accounts() -> HttpPeer {
    HttpPeer::start(|_| Answer::new(200, r#"{"number":4711}"#))
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_booking_is_read_handed_over_and_thanked_for() {
    let peer = accounts().await;
    let cuebook = Cuebook::builder()
        .with_ticketpark()
        .rule("new-booking/thanks.rhai", rule(&peer))
        .start()
        .await;
    let event = cuebook
        .hook("new-booking", json!({ "booking_pid": 293_233_446_073_i64 }))
        .await;
    let shown = cuebook.ended_run(event).await;
    assert_eq!(
        shown.run.state,
        RunState::Completed,
        "{:?}",
        shown.run.reason
    );

    let requests = peer.requests();
    assert_eq!(requests.len(), 1);
    let body: serde_json::Value = serde_json::from_slice(&requests[0].body).unwrap();
    assert_eq!(body, json!({ "pid": "293233446073" }));

    let effect = |kind| {
        shown
            .effects
            .iter()
            .find(|effect| effect.kind == kind)
            .unwrap()
    };
    let post = effect("http::post");
    assert_eq!(post.state, EffectState::Done);
    assert_eq!(post.key, requests[0].header("idempotency-key"));
    assert_eq!(post.attempts.len(), 1);

    let mail = effect("email::send");
    let customer = cuebook_pretend::booking("293233446073")["customer"]["email"].clone();
    assert_eq!(mail.state, EffectState::Captured);
    assert_eq!(json!(mail.target), customer);
    let message = cuebook
        .get(&format!("/api/v1/effects/{}/message", mail.id))
        .await;
    assert_eq!(message.status, 200);
    assert!(
        message.text().contains("Subject: Order 4711"),
        "{}",
        message.text()
    );

    assert_eq!(shown.logs.len(), 1);
    let kinds: Vec<&str> = shown.steps.iter().map(|step| step.kind.as_str()).collect();
    assert_eq!(kinds, ["read", "write", "send"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_numbers_tell_of_the_run_and_of_its_time() {
    let peer = accounts().await;
    let cuebook = Cuebook::builder()
        .with_ticketpark()
        .rule("new-booking/thanks.rhai", rule(&peer))
        .start()
        .await;
    let event = cuebook
        .hook("new-booking", json!({ "booking_pid": "1" }))
        .await;
    cuebook.ended_run(event).await;
    let number = async |line| cuebook.metric(line).await;
    let ended = r#"cuebook_runs_ended_total{rule="new-booking/thanks",state="completed"}"#;
    cuebook_testkit::eventually("the run to be counted", async || {
        number(ended).await.filter(|number| *number >= 1.0)
    })
    .await;
    assert_eq!(
        number("cuebook_event_to_run_end_seconds_count").await,
        Some(1.0)
    );
    assert_eq!(number("cuebook_passes_total").await, Some(3.0));
    let calls = r#"cuebook_call_seconds_count{function="http::post"}"#;
    assert_eq!(number(calls).await, Some(1.0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_captured_booking_reaches_nobody() {
    let peer = accounts().await;
    let rule = format!(
        r#"//! Posts.
let answer = http::post("{}", #{{}});
if answer.captured != true {{ fail("it was performed"); }}
webhook::send("{}", #{{}});
"#,
        peer.url("/"),
        peer.url("/")
    );
    let cuebook = Cuebook::builder()
        .capturing()
        .rule("new-booking/post.rhai", rule)
        .start()
        .await;
    let event = cuebook
        .hook("new-booking", json!({ "booking_pid": "1" }))
        .await;
    let shown = cuebook.ended_run(event).await;
    assert_eq!(
        shown.run.state,
        RunState::Completed,
        "{:?}",
        shown.run.reason
    );
    let states: Vec<EffectState> = shown.effects.iter().map(|effect| effect.state).collect();
    assert_eq!(states, [EffectState::Captured, EffectState::Captured]);
    assert_eq!(peer.requests(), []);
}
