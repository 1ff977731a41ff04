//! `Idempotency-Key`: what is sent twice is done once.

use chrono::TimeDelta;
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value as Json, json};

use crate::harness::{CONFIGURED_KEY, Running, problem};

async fn send(running: &Running, name: &str, path: &str, body: &Json) -> Response {
    running
        .client
        .request(Method::POST, format!("{}/api/v1/{path}", running.url))
        .bearer_auth(CONFIGURED_KEY)
        .header("idempotency-key", name)
        .json(body)
        .send()
        .await
        .unwrap()
}

async fn events(running: &Running) -> usize {
    let (_, list) = running.get(CONFIGURED_KEY, "/api/v1/events").await;
    list["items"].as_array().unwrap().len()
}

fn booking(pid: u32) -> Json {
    json!({"type": "new-booking", "payload": {"booking_pid": pid}})
}

#[tokio::test]
async fn the_same_request_is_answered_the_same_and_done_once() {
    let running = Running::start().await;
    let first = send(&running, "a", "events", &booking(1)).await;
    assert_eq!(first.status(), StatusCode::CREATED);
    assert!(!first.headers().contains_key("idempotent-replayed"));
    let location = first.headers()["location"].clone();
    let first = first.text().await.unwrap();
    let again = send(&running, "a", "events", &booking(1)).await;
    assert_eq!(again.status(), StatusCode::CREATED);
    assert_eq!(again.headers()["idempotent-replayed"], "true");
    assert_eq!(again.headers()["location"], location);
    let content_type = again.headers()["content-type"].to_str().unwrap();
    assert!(content_type.starts_with("application/json"));
    assert_eq!(again.text().await.unwrap(), first);
    assert_eq!(events(&running).await, 1);
    running.clock.advance(TimeDelta::hours(24));
    let later = send(&running, "a", "events", &booking(1)).await;
    assert!(!later.headers().contains_key("idempotent-replayed"));
    assert_eq!(events(&running).await, 2);
}

#[tokio::test]
async fn another_body_address_or_method_under_the_same_name_is_refused() {
    let running = Running::start().await;
    send(&running, "a", "events", &booking(1)).await;
    for (path, body) in [("events", booking(2)), ("system/pause", json!({}))] {
        let response = send(&running, "a", path, &body).await;
        assert_eq!(response.status(), StatusCode::CONFLICT);
        problem(response, "idempotency_key_reused").await;
    }
    assert_eq!(events(&running).await, 1);
}

#[tokio::test]
async fn of_many_at_once_one_is_carried_out() {
    let running = Running::start().await;
    let (body, name) = (booking(1), "a");
    let all = (0..16).map(|_| send(&running, name, "events", &body));
    let answers = futures::future::join_all(all).await;
    let mut made = 0;
    for answer in answers {
        let replayed = answer.headers().contains_key("idempotent-replayed");
        match answer.status() {
            StatusCode::CREATED if !replayed => made += 1,
            StatusCode::CREATED => {}
            StatusCode::CONFLICT => {
                assert_eq!(answer.headers()["retry-after"], "1");
                problem(answer, "request_under_way").await;
            }
            other => panic!("{other}"),
        }
    }
    assert_eq!((made, events(&running).await), (1, 1));
}

#[tokio::test]
async fn a_request_that_could_not_be_read_may_be_mended_under_the_same_name() {
    let running = Running::start().await;
    let broken = send(&running, "a", "events", &json!({"payload": {}})).await;
    problem(broken, "invalid_body").await;
    let mended = send(&running, "a", "events", &booking(1)).await;
    assert_eq!(mended.status(), StatusCode::CREATED);
}

#[tokio::test]
async fn a_decision_against_it_is_the_answer_too() {
    let running = Running::start().await;
    let path = "runs/0195f3a0-7c1e-7b2a-9a51-3d9f0c6b2e11/retry";
    let first = send(&running, "a", path, &json!({})).await;
    assert_eq!(first.status(), StatusCode::NOT_FOUND);
    let again = send(&running, "a", path, &json!({})).await;
    assert_eq!(again.headers()["idempotent-replayed"], "true");
    problem(again, "not_found").await;
}

#[tokio::test]
async fn a_key_that_was_made_is_answered_again_to_its_maker_and_to_nobody_else() {
    let running = Running::start().await;
    let new = json!({"name": "n", "scopes": ["read"]});
    let made = send(&running, "a", "keys", &new)
        .await
        .text()
        .await
        .unwrap();
    let again = send(&running, "a", "keys", &new)
        .await
        .text()
        .await
        .unwrap();
    assert_eq!(made, again);
    let other = running.key(&["admin"]).await;
    let response = running
        .client
        .post(format!("{}/api/v1/keys", running.url))
        .bearer_auth(other)
        .header("idempotency-key", "a")
        .json(&new)
        .send()
        .await
        .unwrap();
    assert!(!response.headers().contains_key("idempotent-replayed"));
    assert_ne!(response.text().await.unwrap(), made);
}

#[tokio::test]
async fn a_name_that_is_none_is_told_what_it_may_be() {
    let running = Running::start().await;
    for name in ["", "two words", &"x".repeat(256)] {
        let response = send(&running, name, "events", &booking(1)).await;
        let refused = problem(response, "invalid_parameter").await;
        assert!(refused["detail"].as_str().unwrap().contains("255"));
    }
    assert_eq!(events(&running).await, 0);
}
