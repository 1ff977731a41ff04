//! The order of runs for one subject.

use std::sync::atomic::{AtomicBool, Ordering};

use cuebook_core::run::RunState;
use cuebook_testkit::{Answer, Cuebook, Gate, HttpPeer};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn runs_of_one_booking_go_one_after_another_and_others_do_not_wait() {
    let gate = Gate::default();
    let behind = gate.clone();
    let first = AtomicBool::new(true);
    let peer = HttpPeer::start(move |_| {
        let answer = Answer::new(200, "{}");
        if first.swap(false, Ordering::SeqCst) {
            answer.behind(&behind)
        } else {
            answer
        }
    })
    .await
    .unwrap();
    let rule = format!(
        "//! Tells.\nhttp::put(`{}/${{event.subject}}/${{event.payload.number}}`, #{{}});\n",
        peer.url("")
    );
    let cuebook = Cuebook::builder()
        .rule("change/tell.rhai", rule)
        .start()
        .await;
    let mut events = Vec::new();
    for number in 1..=3 {
        let payload = json!({ "booking_pid": "a", "number": number });
        events.push(cuebook.hook("change", payload).await);
    }
    peer.wait_for(1).await;

    // The first holds its lane; another booking's run goes through.
    let other = cuebook
        .hook("change", json!({ "booking_pid": "b", "number": 1 }))
        .await;
    let shown = cuebook.ended_run(other).await;
    assert_eq!(
        shown.run.state,
        RunState::Completed,
        "{:?}",
        shown.run.reason
    );
    let paths = || -> Vec<String> {
        peer.requests()
            .into_iter()
            .map(|request| request.path)
            .collect()
    };
    assert_eq!(paths(), ["/a/1", "/b/1"]);

    gate.open();
    for event in events {
        assert_eq!(
            cuebook.ended_run(event).await.run.state,
            RunState::Completed
        );
    }
    assert_eq!(paths(), ["/a/1", "/b/1", "/a/2", "/a/3"]);
}
