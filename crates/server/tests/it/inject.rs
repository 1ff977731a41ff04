//! Injecting events.

use reqwest::{Method, StatusCode};
use serde_json::{Value as Json, json};

use crate::harness::{Running, id, problem};

#[tokio::test]
async fn an_injected_event_is_captured_unless_it_is_to_be_performed() {
    let running = Running::start().await;
    let key = running.key(&["write"]).await;
    for (perform, capture) in [
        (Json::Null, true),
        (json!(false), true),
        (json!(true), false),
    ] {
        let mut body = json!({
            "type": "new-booking",
            "payload": {"booking_pid": 18_446_744_073_709_551_615_u64, "amount": 1},
        });
        if !perform.is_null() {
            body["perform"] = perform;
        }
        let response = running
            .send(Method::POST, &key, "/api/v1/events", Some(body))
            .await;
        assert_eq!(response.status(), StatusCode::CREATED);
        let location = response.headers()["location"].to_str().unwrap().to_owned();
        let accepted: Json = response.json().await.unwrap();
        let id = accepted["id"].as_str().unwrap();
        assert_eq!(location, format!("/api/v1/events/{id}"));
        assert_eq!(accepted["runs"].as_array().unwrap().len(), 1);
        let event = running
            .store
            .event(id.parse().unwrap())
            .await
            .unwrap()
            .unwrap();
        assert_eq!(event.capture, capture);
        assert_eq!(event.origin.as_str(), "trigger");
        assert_eq!(event.subject.unwrap().as_str(), "18446744073709551615");
    }
}

#[tokio::test]
async fn an_injected_event_keeps_numbers_as_they_were_written() {
    let running = Running::start().await;
    let key = running.key(&["admin"]).await;
    let response = running
        .client
        .post(format!("{}/api/v1/events", running.url))
        .bearer_auth(&key)
        .header("content-type", "application/json")
        .body(r#"{"type":"x","payload":{"n":123456789012345678901234567890,"m":50.00}}"#)
        .send()
        .await
        .unwrap();
    let id = id(response).await;
    let raw = running
        .send(Method::GET, &key, &format!("/api/v1/events/{id}/raw"), None)
        .await;
    assert_eq!(
        raw.headers()["content-type"].to_str().unwrap(),
        "application/octet-stream"
    );
    let raw = raw.text().await.unwrap();
    assert!(
        raw.contains("123456789012345678901234567890") && raw.contains("50.00"),
        "{raw}"
    );
}

#[tokio::test]
async fn a_bad_injected_event_is_refused_with_a_hint() {
    let running = Running::start().await;
    let key = running.key(&["write"]).await;
    let bodies = [
        json!({"payload": {}}),
        json!({"type": "", "payload": {}}),
        json!({"type": 7, "payload": {}}),
        json!({"type": "x", "payload": {}, "performs": true}),
        json!([]),
        json!({"type": "x", "payload": {"$serde_json::private::RawValue": "[1]"}}),
    ];
    for body in bodies {
        let response = running
            .send(Method::POST, &key, "/api/v1/events", Some(body.clone()))
            .await;
        assert_eq!(response.status(), StatusCode::BAD_REQUEST, "{body}");
        problem(response, "invalid_body").await;
    }
}
