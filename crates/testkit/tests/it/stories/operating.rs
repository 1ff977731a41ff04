//! What an operator decides, to the end.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use cuebook_core::effect::EffectState;
use cuebook_core::run::RunState;
use cuebook_testkit::{Answer, Cuebook, HttpPeer};
use serde_json::json;

const RULE: &str = "new-booking/seat.rhai";

/// A rule that writes, reads, fails while the door is closed, and writes again.
fn rule(peer: &HttpPeer) -> String {
    format!(
        r#"//! Writes twice.
http::post("{first}", "first");
let door = http::get("{door}");
if door.status != 200 {{ fail("the door is closed"); }}
http::post("{last}", "last");
"#,
        first = peer.url("/first"),
        door = peer.url("/door"),
        last = peer.url("/last"),
    )
}

/// A peer whose door can be opened.
async fn peer() -> (HttpPeer, Arc<AtomicBool>) {
    let open = Arc::new(AtomicBool::new(false));
    let door = open.clone();
    let peer = HttpPeer::start(move |request| {
        let closed = request.path == "/door" && !door.load(Ordering::SeqCst);
        Answer::new(if closed { 404 } else { 200 }, "")
    })
    .await
    .unwrap();
    (peer, open)
}

fn asked(peer: &HttpPeer, path: &str) -> usize {
    let requests = peer.requests();
    requests
        .iter()
        .filter(|request| request.path == path)
        .count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retried_run_asks_again_behind_its_last_write_and_repeats_no_write() {
    let (peer, open) = peer().await;
    let cuebook = Cuebook::builder().rule(RULE, rule(&peer)).start().await;
    let event = cuebook
        .hook("new-booking", json!({ "booking_pid": "1" }))
        .await;
    let failed = cuebook.ended_run(event).await;
    assert_eq!(failed.run.state, RunState::Failed);

    open.store(true, Ordering::SeqCst);
    let path = format!("/api/v1/runs/{}/retry", failed.run.id);
    assert_eq!(cuebook.post(&path, &json!({})).await.status, 200);
    let shown = cuebook.wait_for_run(event, RunState::Completed).await;
    assert_eq!(shown.run.id, failed.run.id);
    let counts = ["/first", "/door", "/last"].map(|path| asked(&peer, path));
    assert_eq!(counts, [1, 2, 1]);
    assert!(
        shown
            .effects
            .iter()
            .all(|effect| effect.state == EffectState::Done)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restarted_run_does_everything_again_under_other_keys() {
    let (peer, open) = peer().await;
    let cuebook = Cuebook::builder().rule(RULE, rule(&peer)).start().await;
    let event = cuebook
        .hook("new-booking", json!({ "booking_pid": "1" }))
        .await;
    let failed = cuebook.ended_run(event).await;

    open.store(true, Ordering::SeqCst);
    let path = format!("/api/v1/runs/{}/restart", failed.run.id);
    let answer = cuebook.post(&path, &json!({})).await.json();
    assert_eq!(answer["effects_done"][0]["kind"], "http::post");
    cuebook.wait_for_run(event, RunState::Completed).await;
    assert_eq!(asked(&peer, "/first"), 2);
    let keys: Vec<String> = peer
        .requests()
        .iter()
        .filter(|request| request.path == "/first")
        .map(|request| request.header("idempotency-key").to_owned())
        .collect();
    assert_ne!(keys[0], keys[1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mended_rule_goes_on_from_the_journal_of_the_failed_one() {
    let (peer, _) = peer().await;
    let mut cuebook = Cuebook::builder().rule(RULE, rule(&peer)).start().await;
    let event = cuebook
        .hook("new-booking", json!({ "booking_pid": "1" }))
        .await;
    let failed = cuebook.ended_run(event).await;
    let mended = rule(&peer).replace("door.status != 200", "door.status == 500");
    cuebook
        .change_rules(|files| {
            files.0.insert(RULE.to_owned(), mended.into_bytes());
        })
        .await;

    let path = format!("/api/v1/runs/{}/retry", failed.run.id);
    let body = json!({ "latest": true });
    assert_eq!(cuebook.post(&path, &body).await.status, 200);
    let shown = cuebook.wait_for_run(event, RunState::Completed).await;
    assert_ne!(shown.run.rule_version, failed.run.rule_version);
    assert_eq!((asked(&peer, "/first"), asked(&peer, "/last")), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn while_paused_a_webhook_is_stored_and_runs_when_it_is_resumed() {
    let (peer, open) = peer().await;
    open.store(true, Ordering::SeqCst);
    let cuebook = Cuebook::builder().rule(RULE, rule(&peer)).start().await;
    let nothing = json!({});
    cuebook.post("/api/v1/system/pause", &nothing).await;
    let event = cuebook
        .hook("new-booking", json!({ "booking_pid": "1" }))
        .await;
    let cuebook = cuebook.restart().await;
    let view = cuebook.store().show_event(event).await.unwrap().unwrap();
    assert_eq!(view.runs[0].state, RunState::Ready);
    assert_eq!(peer.requests(), []);

    cuebook.post("/api/v1/system/resume", &nothing).await;
    cuebook.wait_for_run(event, RunState::Completed).await;
    assert_eq!(asked(&peer, "/last"), 1);
    let books = cuebook.store().close_books().await.unwrap();
    assert_eq!(books.findings, []);
}
