//! Rules that another node has deployed.

use cuebook_core::run::RunState;
use cuebook_store::Stopped;
use cuebook_testkit::Cuebook;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_does_not_know_a_deployed_rule_yet_runs_it_all_the_same() {
    let cuebook = Cuebook::builder()
        .rule(
            "new-booking/word.rhai",
            "//! Says a word.\nlog::info(\"first\");\n",
        )
        .start()
        .await;
    let everything = Stopped::Everything;
    cuebook.store().stop(None, everything).await.unwrap();
    let event = cuebook
        .hook("new-booking", json!({ "booking_pid": "1" }))
        .await;
    cuebook.lag_behind();
    cuebook.store().start(None, everything).await.unwrap();
    let shown = cuebook.ended_run(event).await;
    assert_eq!(shown.run.state, RunState::Completed, "{:?}", shown.run);
    assert!(shown.run.rule_version.is_some());
    assert_eq!(shown.logs[0].message, "first");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_that_was_taken_away_before_its_run_began_is_said_to_be_gone() {
    let mut cuebook = Cuebook::builder()
        .rule(
            "new-booking/word.rhai",
            "//! Says a word.\nlog::info(\"first\");\n",
        )
        .start()
        .await;
    let everything = Stopped::Everything;
    cuebook.store().stop(None, everything).await.unwrap();
    let event = cuebook
        .hook("new-booking", json!({ "booking_pid": "1" }))
        .await;
    cuebook.change_rules(|files| files.0.clear()).await;
    cuebook.store().start(None, everything).await.unwrap();
    let shown = cuebook.ended_run(event).await;
    assert_eq!(shown.run.state, RunState::Failed);
    assert_eq!(shown.run.code.as_deref(), Some("rule_gone"));
}
