//! Secrets of scripts.

use reqwest::{Method, StatusCode};
use serde_json::{Value as Json, json};

use crate::harness::{Running, problem};

#[tokio::test]
async fn a_secret_can_be_set_named_and_deleted_but_never_read() {
    let running = Running::start().await;
    let key = running.key(&["admin"]).await;
    let path = "/api/v1/secrets/CRM_TOKEN";
    let put = running
        .send(
            Method::PUT,
            &key,
            path,
            Some(json!({"value": "canary-9f3"})),
        )
        .await;
    assert_eq!(put.status(), StatusCode::NO_CONTENT);
    let stored = running
        .store
        .get_secret("script", "CRM_TOKEN")
        .await
        .unwrap();
    assert_eq!(stored.unwrap().reveal(), "canary-9f3");
    let (_, list) = running.get(&key, "/api/v1/secrets").await;
    assert_eq!(list["items"][0]["name"], "CRM_TOKEN");
    assert!(!list.to_string().contains("canary-9f3"));
    let read = running.send(Method::GET, &key, path, None).await;
    assert_eq!(read.headers()["allow"], "PUT, DELETE");
    problem(read, "method_not_allowed").await;
    let deleted = running.send(Method::DELETE, &key, path, None).await;
    assert_eq!(deleted.status(), StatusCode::NO_CONTENT);
    problem(
        running.send(Method::DELETE, &key, path, None).await,
        "not_found",
    )
    .await;
    for value in [
        json!(7),
        json!(""),
        json!("v".repeat(16 * 1024 + 1)),
        Json::Null,
    ] {
        let refused = running
            .send(Method::PUT, &key, path, Some(json!({"value": value})))
            .await;
        problem(refused, "invalid_body").await;
    }
    for body in [
        json!({"value": {"canary-9f3": "canary-9f3"}}),
        json!({"canary-9f3": "v"}),
        json!(["canary-9f3"]),
    ] {
        let refused = running.send(Method::PUT, &key, path, Some(body)).await;
        let told = problem(refused, "invalid_body").await;
        assert!(!told.to_string().contains("canary-9f3"), "{told}");
    }
    let named = running
        .send(
            Method::PUT,
            &key,
            "/api/v1/secrets/a%20b",
            Some(json!({"value": "v"})),
        )
        .await;
    problem(named, "invalid_id").await;
}
