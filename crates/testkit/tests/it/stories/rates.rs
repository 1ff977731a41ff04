//! `rate`: calls and webhooks beyond it wait for their turn, and none fails.

use chrono::TimeDelta;
use cuebook_core::effect::EffectState;
use cuebook_core::run::RunState;
use cuebook_testkit::{Cuebook, HttpPeer};
use serde_json::json;

/// A Cuebook with one rule of this rate, and a manual clock.
async fn cuebook(rate: &str, script: &str) -> Cuebook {
    let source =
        format!("//! Calls.\n//!\n//! ```toml\n//! rate = \"{rate}\"\n//! ```\n\n{script}\n");
    Cuebook::builder()
        .with_manual_clock()
        .rule("new-booking/call.rhai", source)
        .start()
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_at_once_go_by_and_by_and_all_are_answered() {
    let peer = HttpPeer::welcoming().await.unwrap();
    let url = peer.url("/");
    let script = format!(
        "let all = parallel([1, 2, 3, 4, 5], |n| http::get(\"{url}\").status); log::info(`${{all}}`);"
    );
    let cuebook = cuebook("2/30s", &script).await;
    let event = cuebook
        .hook("new-booking", json!({ "booking_pid": "1" }))
        .await;
    for count in [2, 4, 5] {
        assert_eq!(peer.wait_for(count).await.len(), count);
        cuebook.advance(TimeDelta::seconds(30));
    }
    let shown = cuebook.wait_for_run(event, RunState::Completed).await;
    assert_eq!(shown.logs[0].message, "[200, 200, 200, 200, 200]");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_whose_turn_is_far_off_waits_as_a_row_and_is_made_once() {
    let peer = HttpPeer::welcoming().await.unwrap();
    let script = format!("http::post(\"{}\", #{{ n: 1 }});", peer.url("/"));
    let cuebook = cuebook("1/1h", &script).await;
    let first = cuebook
        .hook("new-booking", json!({ "booking_pid": "1" }))
        .await;
    cuebook.wait_for_run(first, RunState::Completed).await;
    let second = cuebook
        .hook("new-booking", json!({ "booking_pid": "2" }))
        .await;
    let waiting = cuebook.wait_for_run(second, RunState::Waiting).await;
    assert_eq!(waiting.run.code.as_deref(), Some("rate"));
    assert!(
        waiting.effects.is_empty(),
        "nothing is announced before its turn"
    );
    cuebook.advance(TimeDelta::minutes(59));
    let third = cuebook
        .hook("new-booking", json!({ "booking_pid": "3" }))
        .await;
    cuebook.wait_for_run(third, RunState::Waiting).await;
    cuebook.advance(TimeDelta::minutes(1));
    let done = cuebook.wait_for_run(second, RunState::Completed).await;
    assert_eq!(done.effects.len(), 1);
    assert_eq!(done.effects[0].state, EffectState::Done);
    assert_eq!(done.effects[0].attempts.len(), 1);
    assert_eq!(done.effects[0].attempts[0].number, 1);
    cuebook.advance(TimeDelta::hours(1));
    cuebook.wait_for_run(third, RunState::Completed).await;
    assert_eq!(peer.requests().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_turn_that_was_waited_for_before_a_restart_is_had_after_it() {
    let peer = HttpPeer::welcoming().await.unwrap();
    let script = format!("http::post(\"{}\", #{{ n: 1 }});", peer.url("/"));
    let cuebook = cuebook("1/1h", &script).await;
    let mut events = Vec::new();
    for pid in ["1", "2"] {
        events.push(
            cuebook
                .hook("new-booking", json!({ "booking_pid": pid }))
                .await,
        );
        peer.wait_for(1).await;
    }
    cuebook.wait_for_run(events[1], RunState::Waiting).await;
    let killed = cuebook.kill().await;
    killed.advance(TimeDelta::hours(1));
    let cuebook = killed.reopen().await;
    let done = cuebook.wait_for_run(events[1], RunState::Completed).await;
    assert_eq!(done.effects[0].state, EffectState::Done);
    assert_eq!(done.effects[0].attempts.len(), 1);
    assert_eq!(peer.requests().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn webhooks_wait_in_the_outbox_and_are_sent_once() {
    let peer = HttpPeer::welcoming().await.unwrap();
    let url = peer.url("/");
    let script = format!("for n in 0..5 {{ webhook::send(\"{url}\", #{{ n: n }}); }}");
    let cuebook = cuebook("2/1h", &script).await;
    let event = cuebook
        .hook("new-booking", json!({ "booking_pid": "1" }))
        .await;
    for count in [2, 4, 5] {
        assert_eq!(peer.wait_for(count).await.len(), count);
        cuebook.advance(TimeDelta::hours(1));
    }
    let run = cuebook.ended_run(event).await;
    for effect in run.effects {
        let effect = cuebook_testkit::eventually("the send to be settled", async || {
            let effect = cuebook.store().show_effect(effect.id).await.unwrap();
            effect.filter(|effect| effect.state == EffectState::Done)
        })
        .await;
        assert_eq!(effect.attempts.len(), 1);
    }
}
