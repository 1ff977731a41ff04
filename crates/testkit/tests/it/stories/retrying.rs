//! Other systems that are not well for a while.

use std::sync::atomic::{AtomicU32, Ordering};

use chrono::TimeDelta;
use cuebook_core::effect::{AttemptOutcome, EffectState};
use cuebook_core::run::RunState;
use cuebook_testkit::{Answer, Cuebook, HttpPeer, eventually};
use serde_json::json;

/// A peer that answers `bad` for the first `times`, then well.
async fn unwell(times: u32, bad: Answer) -> HttpPeer {
    let count = AtomicU32::new(0);
    HttpPeer::start(move |_| {
        if count.fetch_add(1, Ordering::SeqCst) < times {
            bad.clone()
        } else {
            Answer::new(200, r#"{"ready":true}"#)
        }
    })
    .await
    .unwrap()
}

/// A Cuebook with one rule and a manual clock.
async fn cuebook(source: String) -> Cuebook {
    Cuebook::builder()
        .with_manual_clock()
        .rule("new-booking/ask.rhai", source)
        .start()
        .await
}

/// Moves the clock by a second at a time until `peer` has seen `count` requests.
async fn let_time_pass(cuebook: &Cuebook, peer: &HttpPeer, count: usize) {
    eventually("the next attempt", async || {
        cuebook.advance(TimeDelta::seconds(1));
        (peer.requests().len() >= count).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_that_fails_for_now_is_tried_again_after_a_pause() {
    let peer = unwell(1, Answer::new(503, "")).await;
    let cuebook = cuebook(format!(
        "//! Asks.\nif http::get(\"{}\").json.ready != true {{ fail(\"not ready\"); }}\n",
        peer.url("/")
    ))
    .await;
    let event = cuebook
        .hook("new-booking", json!({ "booking_pid": "1" }))
        .await;
    peer.wait_for(1).await;
    let_time_pass(&cuebook, &peer, 2).await;
    let shown = cuebook.ended_run(event).await;
    assert_eq!(
        shown.run.state,
        RunState::Completed,
        "{:?}",
        shown.run.reason
    );
    assert_eq!(shown.steps[0].attempts, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_pause_ends_the_segment_and_the_write_goes_on_with_its_attempts() {
    let peer = unwell(1, Answer::new(503, "").with_header("retry-after", "600")).await;
    let cuebook = cuebook(format!(
        "//! Posts.\nhttp::post(\"{}\", \"hello\");\n",
        peer.url("/")
    ))
    .await;
    let event = cuebook
        .hook("new-booking", json!({ "booking_pid": "1" }))
        .await;
    let waiting = cuebook.wait_for_run(event, RunState::Waiting).await;
    assert_eq!(waiting.run.code.as_deref(), Some("retry"));
    assert_eq!(waiting.effects[0].state, EffectState::Pending);

    cuebook.advance(TimeDelta::seconds(599));
    assert_eq!(cuebook.store().wake_runs().await.unwrap().woken, 0);
    cuebook.advance(TimeDelta::seconds(1));
    let shown = cuebook.ended_run(event).await;
    assert_eq!(
        shown.run.state,
        RunState::Completed,
        "{:?}",
        shown.run.reason
    );
    let outcomes: Vec<(u32, AttemptOutcome)> = shown.effects[0]
        .attempts
        .iter()
        .map(|attempt| (attempt.number, attempt.outcome))
        .collect();
    assert_eq!(
        outcomes,
        [(1, AttemptOutcome::Retry), (2, AttemptOutcome::Done)]
    );
    assert_eq!(peer.requests().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn attempts_that_are_used_up_are_thrown_and_can_be_caught() {
    let peer = unwell(u32::MAX, Answer::new(503, "")).await;
    let cuebook = cuebook(format!(
        r#"//! ```toml
//! retry = {{ attempts = 2, first = "1s", max = "1s" }}
//! ```
try {{ http::get("{}"); }} catch (error) {{ skip(`${{error.status}} after ${{error.attempts}}`); }}
"#,
        peer.url("/")
    ))
    .await;
    let event = cuebook
        .hook("new-booking", json!({ "booking_pid": "1" }))
        .await;
    peer.wait_for(1).await;
    let_time_pass(&cuebook, &peer, 2).await;
    let run = cuebook.ended_run(event).await.run;
    assert_eq!(run.state, RunState::Skipped);
    assert_eq!(run.reason.as_deref(), Some("503 after 2"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_that_wants_to_be_tried_again_asks_anew_and_logs_anew() {
    let peer = unwell(1, Answer::new(200, r#"{"ready":false}"#)).await;
    let cuebook = cuebook(format!(
        "//! Waits until it is ready.\nlog::info(\"looks\");\nif http::get(\"{}\").json.ready != true {{ retry_in(\"5m\", \"not ready\"); }}\n",
        peer.url("/")
    ))
    .await;
    let event = cuebook
        .hook("new-booking", json!({ "booking_pid": "1" }))
        .await;
    let waiting = cuebook.wait_for_run(event, RunState::Waiting).await;
    assert_eq!(waiting.run.reason.as_deref(), Some("not ready"));
    cuebook.advance(TimeDelta::minutes(5));
    let shown = cuebook.ended_run(event).await;
    assert_eq!(
        shown.run.state,
        RunState::Completed,
        "{:?}",
        shown.run.reason
    );
    assert_eq!(peer.requests().len(), 2);
    let said: Vec<&str> = shown
        .logs
        .iter()
        .map(|line| line.message.as_str())
        .collect();
    let again = "tries again in 300 s: not ready";
    assert_eq!(
        said,
        ["looks", again, "looks"],
        "each round logs its own lines"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_failed_and_was_recorded_is_asked_anew_too() {
    let peer = unwell(1, Answer::new(500, "")).await;
    let cuebook = cuebook(format!(
        "//! Tries later.\ntry {{ http::post(\"{}\", #{{}}, #{{ retry: \"never\" }}); }} catch {{ retry_in(\"5m\", \"later\"); }}\n",
        peer.url("/")
    ))
    .await;
    let event = cuebook
        .hook("new-booking", json!({ "booking_pid": "1" }))
        .await;
    cuebook.wait_for_run(event, RunState::Waiting).await;
    cuebook.advance(TimeDelta::minutes(5));
    let shown = cuebook.ended_run(event).await;
    assert_eq!(
        shown.run.state,
        RunState::Completed,
        "{:?}",
        shown.run.reason
    );
    let states: Vec<EffectState> = shown.effects.iter().map(|effect| effect.state).collect();
    assert!(states.contains(&EffectState::Unknown) && states.contains(&EffectState::Done));
    assert_eq!(peer.requests().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_send_that_fails_for_now_is_sent_again_the_same() {
    let peer = unwell(1, Answer::new(503, "")).await;
    let cuebook = cuebook(format!(
        "//! Tells.\nwebhook::send(\"{}\", #{{ pid: event.subject }});\n",
        peer.url("/")
    ))
    .await;
    let event = cuebook
        .hook("new-booking", json!({ "booking_pid": "1" }))
        .await;
    let run = cuebook.ended_run(event).await.run;
    assert_eq!(run.state, RunState::Completed, "{:?}", run.reason);
    peer.wait_for(1).await;
    let_time_pass(&cuebook, &peer, 2).await;
    let effect = eventually("the send to be done", async || {
        let effects = cuebook.run(run.id).await.effects;
        effects
            .into_iter()
            .find(|effect| effect.state == EffectState::Done)
    })
    .await;
    let requests = peer.requests();
    assert_eq!(requests[0].body, requests[1].body);
    let outcomes: Vec<AttemptOutcome> = effect
        .attempts
        .iter()
        .map(|attempt| attempt.outcome)
        .collect();
    assert_eq!(outcomes, [AttemptOutcome::Retry, AttemptOutcome::Done]);
}
