//! One person's data, asked for and shown.

use reqwest::{Method, StatusCode};
use serde_json::{Value as Json, json};

use crate::harness::{CONFIGURED_KEY, Running, problem};

const EMAIL: &str = "canary@tomsons.example";
const BODY: &str = r#"{"type":"guest-checked-in","payload":{"booking_pid":"293200000001","mail":"Canary@tomsons.example"}}"#;

async fn post(running: &Running, path: &str, body: Json) -> reqwest::Response {
    let path = format!("/api/v1/{path}");
    running
        .send(Method::POST, CONFIGURED_KEY, &path, Some(body))
        .await
}

/// Asks, does what a worker does, and gives the request as it is shown then.
async fn carried_out(running: &Running, path: &str, body: Json) -> Json {
    let response = post(running, path, body).await;
    assert_eq!(response.status(), StatusCode::CREATED);
    let location = response.headers()["location"].to_str().unwrap().to_owned();
    let asked: Json = response.json().await.unwrap();
    assert_eq!(asked["state"], "pending");
    while let Some(id) = running.store.claim_privacy().await.unwrap() {
        while running.store.advance_privacy(id).await.unwrap() {}
    }
    let (status, shown) = running.get(CONFIGURED_KEY, &location).await;
    assert_eq!(status, StatusCode::OK, "{shown}");
    assert_eq!(shown["state"], "completed", "{shown}");
    shown
}

#[tokio::test]
async fn a_request_needs_a_name_and_says_what_is_wrong_with_one() {
    let running = Running::start().await;
    for body in [json!({}), json!({"email": "tom"}), json!({"person": " "})] {
        for path in ["erasures", "exports"] {
            let response = post(&running, path, body.clone()).await;
            assert_eq!(
                response.status(),
                StatusCode::UNPROCESSABLE_ENTITY,
                "{body}"
            );
            problem(response, "invalid_value").await;
        }
    }
    let response = post(&running, "erasures", json!({"mail": EMAIL})).await;
    problem(response, "invalid_body").await;
}

#[tokio::test]
async fn an_export_hands_over_what_an_erasure_then_takes_away() {
    let running = Running::start().await;
    let accepted = running.hook(BODY).await;
    let accepted: Json = accepted.json().await.unwrap();
    let export = carried_out(&running, "exports", json!({"email": EMAIL})).await;
    assert_eq!(export["found"]["events"], 1, "{export}");
    assert_eq!(export["event_ids"], json!([accepted["id"]]));
    let path = format!("/api/v1/exports/{}/data", export["id"].as_str().unwrap());
    let (status, data) = running.get(CONFIGURED_KEY, &path).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(
        data["events"][0]["body"]["payload"]["mail"],
        "Canary@tomsons.example"
    );

    let body = json!({"email": EMAIL, "dry_run": true});
    let looked = carried_out(&running, "erasures", body).await;
    assert_eq!(
        (&looked["dry_run"], &looked["found"]["events"]),
        (&json!(true), &json!(1))
    );
    let erased = carried_out(&running, "erasures", json!({"email": EMAIL})).await;
    assert!(erased["cleaned"].is_string(), "{erased}");
    let path = format!("/api/v1/events/{}", accepted["id"].as_str().unwrap());
    let (_, event) = running.get(CONFIGURED_KEY, &path).await;
    assert_eq!(
        (&event["reason"], &event["payload"]),
        (&json!("erased"), &Json::Null)
    );
    let replay = post(
        &running,
        &format!("{}/replay", &path["/api/v1/".len()..]),
        json!({}),
    )
    .await;
    problem(replay, "wrong_state").await;
}

#[tokio::test]
async fn whom_a_request_was_about_stands_nowhere_but_as_a_hash() {
    let running = Running::start().await;
    let reason = format!("{EMAIL} wrote a letter");
    let body = json!({"email": EMAIL, "reason": reason});
    let erased = carried_out(&running, "erasures", body).await;
    assert_eq!(erased["names"][0]["kind"], "email");
    let (_, list) = running.get(CONFIGURED_KEY, "/api/v1/erasures").await;
    let (_, audit) = running.get(CONFIGURED_KEY, "/api/v1/audit").await;
    let row = &audit["items"][0];
    assert_eq!(
        (&row["operation"], &row["target_kind"]),
        (&json!("create_erasure"), &json!("erasure"))
    );
    assert_eq!(row["target_id"], erased["id"]);
    assert_eq!(row["after"]["terms"][0][1], erased["names"][0]["hash"]);
    for shown in [&erased, &list, &audit] {
        assert!(!shown.to_string().contains("canary@"), "{shown}");
    }
}

#[tokio::test]
async fn an_export_is_no_erasure_and_what_is_over_cannot_be_cancelled() {
    let running = Running::start().await;
    let export = carried_out(&running, "exports", json!({"booking": "293200000001"})).await;
    let id = export["id"].as_str().unwrap();
    let (status, _) = running
        .get(CONFIGURED_KEY, &format!("/api/v1/erasures/{id}"))
        .await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let path = format!("/api/v1/exports/{id}/cancel");
    let again = running
        .send(Method::POST, CONFIGURED_KEY, &path, None)
        .await;
    problem(again, "wrong_state").await;
    let pending = post(&running, "exports", json!({"booking": "1"})).await;
    let pending: Json = pending.json().await.unwrap();
    let id = pending["id"].as_str().unwrap();
    let path = format!("/api/v1/exports/{id}/data");
    let early = running.send(Method::GET, CONFIGURED_KEY, &path, None).await;
    problem(early, "wrong_state").await;
    let path = format!("/api/v1/exports/{id}/cancel");
    let cancelled = running
        .send(Method::POST, CONFIGURED_KEY, &path, None)
        .await;
    let cancelled: Json = cancelled.json().await.unwrap();
    assert_eq!(cancelled["state"], "cancelled");
}
