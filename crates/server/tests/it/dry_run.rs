//! Dry runs: a rule on an event, with nothing performed.

use reqwest::{Method, StatusCode};
use serde_json::{Value as Json, json};

use crate::harness::Running;

const PATH: &str = "/api/v1/rules/dry-run";

async fn dry_run(running: &Running, key: &str, body: Json) -> (StatusCode, Json) {
    let response = running.send(Method::POST, key, PATH, Some(body)).await;
    (response.status(), response.json().await.unwrap())
}

#[tokio::test]
async fn a_rule_in_force_runs_on_the_sample_of_a_type_and_leaves_nothing_behind() {
    let running = Running::start().await;
    let key = running.key(&["read", "personal"]).await;
    let body = json!({"rule": "new-booking/thank-you", "event": {"type": "new-booking"}});
    let (status, answer) = dry_run(&running, &key, body).await;
    assert_eq!(status, StatusCode::OK, "{answer:#}");
    assert_eq!(answer["valid"], true);
    assert_eq!(answer["run"]["state"], "completed", "{answer:#}");
    assert_eq!(answer["run"]["logs"].as_array().unwrap().len(), 1);
    let (_, list) = running.get(&key, "/api/v1/runs").await;
    assert!(list["items"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn a_source_is_tried_and_what_nobody_answers_is_named() {
    let running = Running::start().await;
    let key = running.key(&["read", "personal"]).await;
    let source = "if event.payload.booking_pid == \"7\" { fail(`no ${once(\"a\")}`); }\nsleep(\"3d\");\nlog::info(crypto::hmac_sha256(secret(\"CRM\"), \"a\"));\n";
    let tried =
        json!({"rule": "new-booking/other", "source": source, "event": {"type": "new-booking"}});
    let (_, answer) = dry_run(&running, &key, tried.clone()).await;
    let run = &answer["run"];
    assert_eq!(run["state"], "completed", "{answer:#}");
    assert_eq!(run["steps"][0]["function"], "sleep");
    assert_eq!(
        run["steps"][0]["ended_at"], "2026-03-17T18:30:00Z",
        "time passes at once"
    );
    let with_payload = json!({"rule": "new-booking/other", "source": source, "event": {"type": "new-booking", "payload": {"booking_pid": 7}}});
    let (_, answer) = dry_run(&running, &key, with_payload).await;
    assert_eq!(answer["run"]["state"], "failed");
    assert_eq!(answer["run"]["reason"], "no true");
}

#[tokio::test]
async fn a_source_with_errors_does_not_run_and_is_diagnosed() {
    let running = Running::start().await;
    let key = running.key(&["read"]).await;
    let body = json!({"rule": "new-booking/other", "source": "nothing(", "event": {"type": "new-booking"}});
    let (status, answer) = dry_run(&running, &key, body).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(answer["valid"], false);
    assert!(answer["run"].is_null());
    assert_eq!(answer["diagnostics"][0]["file"], "new-booking/other.rhai");
}

#[tokio::test]
async fn a_source_sees_a_stored_event_only_for_those_who_may_see_addresses() {
    let running = Running::start().await;
    let admin = running.key(&["admin"]).await;
    let injected =
        json!({"type": "new-booking", "payload": {"booking_pid": 7, "note": "tom@example.com"}});
    let response = running
        .send(Method::POST, &admin, "/api/v1/events", Some(injected))
        .await;
    let id = response.json::<Json>().await.unwrap()["id"].clone();
    let source = "log::info(`${event.id} ${event.payload[\"note\"]}`);\n";
    let body = json!({"rule": "new-booking/other", "source": source, "event": {"id": id}});
    let reader = running.key(&["read"]).await;
    let (status, answer) = dry_run(&running, &reader, body.clone()).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert_eq!(answer["code"], "personal_data");
    let personal = running.key(&["read", "personal"]).await;
    let (status, answer) = dry_run(&running, &personal, body).await;
    assert_eq!(status, StatusCode::OK);
    let said = answer["run"]["logs"][0]["message"].as_str().unwrap();
    assert_eq!(said, format!("{} tom@example.com", id.as_str().unwrap()));
}

#[tokio::test]
async fn what_is_asked_wrongly_is_refused_with_what_would_be_right() {
    let running = Running::start().await;
    let key = running.key(&["read", "personal"]).await;
    let rule = "new-booking/thank-you";
    for (body, code) in [
        (
            json!({"rule": "new-booking/none", "event": {"type": "new-booking"}}),
            "not_found",
        ),
        (
            json!({"rule": rule, "event": {"id": "0195f3a0-7c1e-7b2a-9a51-3d9f0c6b2e11"}}),
            "not_found",
        ),
        (json!({"rule": rule, "event": {}}), "invalid_value"),
        (
            json!({"rule": rule, "event": {"type": "made-up"}}),
            "invalid_value",
        ),
        (
            json!({"rule": rule, "event": {"type": "new-booking"}, "answers": {"htp::get": 1}}),
            "invalid_value",
        ),
        (
            json!({"rule": rule, "event": {"type": "new-booking"}, "answers": 1}),
            "invalid_value",
        ),
    ] {
        let (_, answer) = dry_run(&running, &key, body.clone()).await;
        assert_eq!(answer["code"], code, "{body}: {answer:#}");
    }
}
