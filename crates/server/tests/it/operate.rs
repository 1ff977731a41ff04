//! What operators do: runs, effects, the stop button, rules, replays.

use cuebook_core::RunId;
use cuebook_core::rule::VersionHash;
use cuebook_core::run::RunState;
use cuebook_store::{Checkpoint, RunFailure};
use reqwest::{Method, StatusCode};
use serde_json::{Value as Json, json};

use crate::harness::{Running, id, problem};

const BOOKING: &str = r#"{"type":"new-booking","payload":{"booking_pid":1}}"#;

/// A run that has failed.
async fn failed(running: &Running) -> RunId {
    running.hook(BOOKING).await;
    let claimed = running.store.claim_runs(1).await.unwrap().remove(0);
    let version = VersionHash("v1".repeat(32));
    let failure = RunFailure {
        state: RunState::Failed,
        code: "script_error".to_owned(),
        reason: "line 3".to_owned(),
    };
    running
        .store
        .fail_run(
            Checkpoint::new(claimed.run.id, claimed.fence, version),
            failure,
        )
        .await
        .unwrap();
    claimed.run.id
}

async fn post(running: &Running, key: &str, path: &str, body: Option<Json>) -> Json {
    let response = running
        .send(Method::POST, key, &format!("/api/v1/{path}"), body)
        .await;
    assert!(response.status().is_success(), "{path}: {response:?}");
    response.json().await.unwrap()
}

#[tokio::test]
async fn a_failed_run_is_retried_with_or_without_a_body() {
    let running = Running::start().await;
    let key = running.key(&["write"]).await;
    for body in [None, Some(json!({})), Some(json!({"latest": false}))] {
        let run = failed(&running).await;
        let answer = post(&running, &key, &format!("runs/{run}/retry"), body).await;
        assert_eq!(answer["id"], run.to_string());
        assert_eq!(answer["state"], "ready");
        let claimed = running.store.claim_runs(1).await.unwrap().remove(0);
        assert_eq!(claimed.run.rule_version.unwrap().0, "v1".repeat(32));
        post(&running, &key, &format!("runs/{run}/cancel"), None).await;
    }
}

#[tokio::test]
async fn the_latest_version_is_the_one_in_force() {
    let running = Running::start().await;
    let key = running.key(&["read", "write"]).await;
    let run = failed(&running).await;
    let body = Some(json!({"latest": true}));
    post(&running, &key, &format!("runs/{run}/retry"), body).await;
    let (_, rule) = running
        .get(&key, "/api/v1/rules/new-booking/thank-you")
        .await;
    let claimed = running.store.claim_runs(1).await.unwrap().remove(0);
    assert_eq!(claimed.run.rule_version.unwrap().0, rule["version"]);
}

#[tokio::test]
async fn a_state_that_does_not_allow_it_is_a_conflict_with_a_way_out() {
    let running = Running::start().await;
    let key = running.key(&["write"]).await;
    let event = running.hook(BOOKING).await;
    let event = id(event).await.parse().unwrap();
    let view = running.store.show_event(event).await.unwrap().unwrap();
    let run = view.runs[0].id;
    for (verb, way_out) in [("retry", "cancel"), ("restart", "cancel it first")] {
        let path = format!("/api/v1/runs/{run}/{verb}");
        let response = running.send(Method::POST, &key, &path, None).await;
        assert_eq!(response.status(), StatusCode::CONFLICT);
        let told = problem(response, "wrong_state").await;
        let detail = told["detail"].as_str().unwrap();
        assert!(
            detail.contains("ready") && detail.contains(way_out),
            "{detail}"
        );
    }
    let path = format!("/api/v1/runs/{run}/retry?latest=true");
    let response = running.send(Method::POST, &key, &path, None).await;
    problem(response, "unknown_parameter").await;
    let path = format!("/api/v1/runs/{run}/retry");
    let body = Some(json!({"newest": true}));
    let response = running.send(Method::POST, &key, &path, body).await;
    problem(response, "invalid_body").await;
}

#[tokio::test]
async fn a_dry_restart_changes_nothing() {
    let running = Running::start().await;
    let key = running.key(&["write"]).await;
    let run = failed(&running).await;
    let path = format!("runs/{run}/restart");
    let answer = post(&running, &key, &path, Some(json!({"dry_run": true}))).await;
    assert_eq!(
        (&answer["dry_run"], &answer["state"]),
        (&json!(true), &json!("failed"))
    );
    assert_eq!(answer["effects_done"], json!([]));
    assert!(running.store.claim_runs(1).await.unwrap().is_empty());
    let answer = post(&running, &key, &path, None).await;
    assert_eq!(answer["state"], "ready");
    let claimed = running.store.claim_runs(1).await.unwrap().remove(0);
    assert_eq!((claimed.run.id, claimed.run.generation), (run, 1));
}

#[tokio::test]
async fn a_cancelled_run_tells_why() {
    let running = Running::start().await;
    let key = running.key(&["read", "write"]).await;
    let run = failed(&running).await;
    let body = Some(json!({"reason": "it was a test"}));
    post(&running, &key, &format!("runs/{run}/cancel"), body).await;
    let (_, shown) = running.get(&key, &format!("/api/v1/runs/{run}")).await;
    assert_eq!(shown["state"], "cancelled");
    assert_eq!(shown["reason"], "it was a test");
}

#[tokio::test]
async fn a_pause_stores_webhooks_is_shown_and_is_lifted() {
    let running = Running::start().await;
    let key = running.key(&["read", "write"]).await;
    let answer = post(&running, &key, "system/pause", None).await;
    assert_eq!(answer["paused"][0]["rule"], Json::Null);
    assert_eq!(answer["paused"][0]["sends_only"], false);
    assert_eq!(running.hook(BOOKING).await.status(), StatusCode::ACCEPTED);
    assert!(running.store.claim_runs(1).await.unwrap().is_empty());
    let (_, system) = running.get(&key, "/api/v1/system").await;
    assert_eq!(system["paused"], answer["paused"]);
    let numbers = running
        .client
        .get(format!("{}/metrics", running.url))
        .send()
        .await
        .unwrap();
    assert!(numbers.text().await.unwrap().contains("cuebook_paused 1\n"));

    let rule = json!({"rule": "new-booking/thank-you", "sends": true});
    let answer = post(&running, &key, "system/pause", Some(rule)).await;
    assert_eq!(answer["paused"].as_array().unwrap().len(), 2);
    let answer = post(&running, &key, "system/resume", None).await;
    assert_eq!(answer["paused"][0]["rule"], "new-booking/thank-you");
    assert_eq!(answer["paused"][0]["sends_only"], true);
    assert_eq!(running.store.claim_runs(1).await.unwrap().len(), 1);
    let rule = json!({"rule": "new-booking/thank-you"});
    let answer = post(&running, &key, "system/resume", Some(rule)).await;
    assert_eq!(answer["paused"], json!([]));
}

#[tokio::test]
async fn a_disabled_rule_starts_no_run_until_it_is_enabled() {
    let running = Running::start().await;
    let key = running.key(&["read", "write"]).await;
    let rule = "rules/new-booking/thank-you";
    let answer = post(&running, &key, &format!("{rule}/disable"), None).await;
    assert_eq!(answer["enabled"], false);
    let (_, list) = running.get(&key, "/api/v1/rules").await;
    assert_eq!(list["items"][0]["enabled"], false);
    let event = id(running.hook(BOOKING).await).await;
    let (_, shown) = running.get(&key, &format!("/api/v1/events/{event}")).await;
    assert_eq!(shown["state"], "no_rule");
    assert!(shown["reason"].as_str().unwrap().contains("disabled"));

    let answer = post(&running, &key, &format!("{rule}/enable"), None).await;
    assert_eq!(answer["enabled"], true);
    let answer = post(&running, &key, &format!("events/{event}/replay"), None).await;
    assert_eq!(answer["runs"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_rule_that_its_own_head_disables_is_not_enabled_from_outside() {
    let running = Running::start().await;
    let key = running.key(&["write"]).await;
    let source =
        "//! Rests.\n//!\n//! ```toml\n//! enabled = false\n//! ```\n\nlog::info(\"a\");\n";
    running.set_rules(&[("new-booking/rests.rhai", source)]);
    let path = "/api/v1/rules/new-booking/rests/enable";
    let response = running.send(Method::POST, &key, path, None).await;
    let told = problem(response, "wrong_state").await;
    assert!(told["detail"].as_str().unwrap().contains("enabled = false"));
}

#[tokio::test]
async fn a_replayed_event_is_one_of_its_own_and_captured_unless_performed() {
    let running = Running::start().await;
    let key = running.key(&["write"]).await;
    running.set_rules(&[
        ("new-booking/thank-you.rhai", "log::info(\"a\");"),
        ("manual/apology.rhai", "log::info(\"b\");"),
    ]);
    let original = id(running.hook(BOOKING).await).await;
    let path = format!("events/{original}/replay");
    for (body, capture) in [
        (None, true),
        (
            Some(json!({"perform": true, "rule": "manual/apology"})),
            false,
        ),
    ] {
        let manual = body.is_some();
        let answer = post(&running, &key, &path, body).await;
        let replayed = answer["id"].as_str().unwrap().parse().unwrap();
        let view = running.store.show_event(replayed).await.unwrap().unwrap();
        assert_eq!(view.event.parent.unwrap().to_string(), original);
        assert_eq!(view.event.origin.as_str(), "replay");
        assert_eq!(view.event.capture, capture);
        assert_eq!(view.event.body, BOOKING.as_bytes());
        let rule = if manual {
            "manual/apology"
        } else {
            "new-booking/thank-you"
        };
        assert_eq!(view.runs.len(), 1);
        assert_eq!(view.runs[0].rule.as_str(), rule);
    }
}

#[tokio::test]
async fn what_is_in_quarantine_is_not_replayed() {
    let running = Running::start().await;
    let key = running.key(&["write"]).await;
    let kept = problem(running.hook("no message").await, "not_a_message").await;
    let path = format!("/api/v1/events/{}/replay", kept["id"].as_str().unwrap());
    let response = running.send(Method::POST, &key, &path, None).await;
    problem(response, "wrong_state").await;
}
