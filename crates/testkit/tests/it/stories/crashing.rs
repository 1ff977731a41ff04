//! A process that ends while a call is being made.

use chrono::TimeDelta;
use cuebook_core::effect::{AttemptOutcome, EffectState};
use cuebook_core::run::{Run, RunState};
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

/// A run that `times` processes took up and recorded nothing of, before they ended.
async fn taken_up_in_vain(times: u32) -> Run {
    let cuebook = Cuebook::builder()
        .with_manual_clock()
        .rule("new-booking/sleepy.rhai", "//! Sleeps.\nsleep(\"1h\");\n")
        .start()
        .await;
    let event = cuebook
        .hook("new-booking", json!({ "booking_pid": "1" }))
        .await;
    cuebook.wait_for_run(event, RunState::Waiting).await;
    let killed = cuebook.kill().await;
    killed.advance(TimeDelta::hours(1));
    for _ in 0..times {
        killed
            .with_store(|store| async move {
                store.wake_runs().await.unwrap();
                assert_eq!(store.claim_runs(1).await.unwrap().len(), 1);
            })
            .await;
    }
    killed.reopen().await.ended_run(event).await.run
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_ends_the_process_three_times_is_not_taken_up_again() {
    let run = taken_up_in_vain(3).await;
    assert_eq!(run.state, RunState::Blocked);
    assert_eq!(run.code.as_deref(), Some("killed_worker"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_was_in_hand_when_processes_ended_twice_goes_on() {
    assert_eq!(taken_up_in_vain(2).await.state, RunState::Completed);
}
