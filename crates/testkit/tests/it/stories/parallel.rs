//! Branches that go on independently.

use cuebook_core::run::RunState;
use cuebook_testkit::{Answer, Cuebook, Gate, HttpPeer};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn reads_in_parallel_are_made_at_once_and_a_branch_does_not_wait_for_another() {
    let gate = Gate::default();
    let behind = gate.clone();
    let peer = HttpPeer::start(move |request| {
        let answer = Answer::new(200, format!("{:?}", request.path));
        if request.path == "/slow" {
            answer.behind(&behind)
        } else {
            answer
        }
    })
    .await
    .unwrap();
    let rule = format!(
        r#"//! Asks.
let base = "{}";
let answers = parallel([
    || http::get(base + "/slow").body,
    || http::get(base + "/quick").body + http::get(base + "/next").body,
]);
if answers != ["\"/slow\"", "\"/quick\"\"/next\""] {{ fail(`${{answers}}`); }}
"#,
        peer.url("")
    );
    let cuebook = Cuebook::builder()
        .rule("new-booking/ask.rhai", rule)
        .start()
        .await;
    let event = cuebook
        .hook("new-booking", json!({ "booking_pid": "1" }))
        .await;

    // The second branch gets to its second call while the first still waits for its answer.
    let requests = peer.wait_for(3).await;
    assert_eq!(requests[2].path, "/next");
    gate.open();
    let shown = cuebook.ended_run(event).await;
    assert_eq!(
        shown.run.state,
        RunState::Completed,
        "{:?}",
        shown.run.reason
    );
    assert_eq!(peer.requests().len(), 3);
    let paths: Vec<String> = shown
        .steps
        .iter()
        .map(|step| step.path.to_string())
        .collect();
    assert_eq!(paths, ["0.0.0", "0.1.0", "0.1.1"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_that_was_answered_is_not_made_again_by_later_passes() {
    let peer = HttpPeer::welcoming().await.unwrap();
    let rule = format!(
        r#"//! Asks for each.
let answers = parallel(["a", "b", "c", "d"], |name| http::get("{}/" + name).json.ok);
if answers != [true, true, true, true] {{ fail("an answer is missing"); }}
http::get("{}/last");
"#,
        peer.url(""),
        peer.url("")
    );
    let cuebook = Cuebook::builder()
        .rule("new-booking/ask.rhai", rule)
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
    let mut paths: Vec<String> = peer
        .requests()
        .into_iter()
        .map(|request| request.path)
        .collect();
    paths.sort();
    assert_eq!(paths, ["/a", "/b", "/c", "/d", "/last"]);
}
