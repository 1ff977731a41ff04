//! A process that ends while a call is being made.

use cuebook_core::effect::{AttemptOutcome, EffectState};
use cuebook_core::run::RunState;
use cuebook_testkit::{Answer, Cuebook, Gate, HttpPeer};
use serde_json::json;

/// A peer that holds its first answer back for ever.
async fn stalling() -> HttpPeer {
    let held = std::sync::Mutex::new(Some(Gate::default()));
    HttpPeer::start(move |_| {
        let answer = Answer::new(200, "{}");
        match held.lock().unwrap().take() {
            Some(gate) => answer.behind(&gate),
            None => answer,
        }
    })
    .await
    .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_is_not_made_again_and_its_outcome_is_unknown() {
    let peer = stalling().await;
    let rule = format!(
        r#"//! Posts.
try {{ http::post("{}", "hello"); fail("it was answered"); }}
catch (error) {{ if error.kind != "unknown" {{ throw error; }} skip(error.kind); }}
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
    peer.wait_for(1).await;

    let cuebook = cuebook.kill().await.reopen().await;
    let shown = cuebook.ended_run(event).await;
    assert_eq!(shown.run.state, RunState::Skipped, "{:?}", shown.run.reason);
    assert_eq!(peer.requests().len(), 1);
    assert_eq!(shown.effects[0].state, EffectState::Unknown);
    assert_eq!(
        shown.effects[0].attempts[0].outcome,
        AttemptOutcome::Unknown
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_may_be_repeated_is_made_again_with_its_key_and_the_doubt_is_recorded() {
    let peer = stalling().await;
    let rule = format!(
        r#"//! Posts.
http::post("{}", "hello", #{{ retry: "always" }});
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
    peer.wait_for(1).await;

    let cuebook = cuebook.kill().await.reopen().await;
    let shown = cuebook.ended_run(event).await;
    assert_eq!(
        shown.run.state,
        RunState::Completed,
        "{:?}",
        shown.run.reason
    );
    let keys: Vec<String> = peer
        .requests()
        .iter()
        .map(|request| request.header("idempotency-key").to_owned())
        .collect();
    let key = shown.effects[0].key.clone();
    assert_eq!(keys, [key.clone(), key]);
    let outcomes: Vec<AttemptOutcome> = shown.effects[0]
        .attempts
        .iter()
        .map(|attempt| attempt.outcome)
        .collect();
    assert_eq!(outcomes, [AttemptOutcome::Unknown, AttemptOutcome::Done]);
    assert_eq!(shown.effects[0].state, EffectState::Done);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_orderly_end_lets_a_call_finish() {
    let gate = Gate::default();
    let behind = gate.clone();
    let peer = HttpPeer::start(move |_| Answer::new(200, "{}").behind(&behind))
        .await
        .unwrap();
    let rule = format!(
        "//! Posts.\nhttp::post(\"{}\", \"hello\");\n",
        peer.url("/")
    );
    let cuebook = Cuebook::builder()
        .rule("new-booking/post.rhai", rule)
        .start()
        .await;
    let event = cuebook
        .hook("new-booking", json!({ "booking_pid": "1" }))
        .await;
    peer.wait_for(1).await;
    let (cuebook, ()) = tokio::join!(cuebook.restart(), async { gate.open() });
    let shown = cuebook.ended_run(event).await;
    assert_eq!(
        shown.run.state,
        RunState::Completed,
        "{:?}",
        shown.run.reason
    );
    assert_eq!(shown.effects[0].state, EffectState::Done);
    assert_eq!(peer.requests().len(), 1);
}
