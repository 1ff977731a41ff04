//! No secret is ever logged, answered or counted.

use reqwest::Method;
use serde_json::json;

use crate::harness::{LOGGED, Running, TOKEN};

#[tokio::test]
async fn neither_tokens_nor_keys_nor_bodies_are_in_logs_answers_or_numbers() {
    let running = Running::start().await;
    let key = running.key(&["admin"]).await;
    let mut answers = String::new();
    for token in [TOKEN, "canary-wrong-token-5b1"] {
        for body in [
            r#"{"type":"new-booking","payload":{"booking_pid":1,"x":"canary-body-77c"}}"#,
            "canary-body-77c",
        ] {
            answers += &running.hook_with(token, body).await.text().await.unwrap();
        }
        let url = format!("{}/hooks/ticketpark/{token}?canary-query-31d", running.url);
        answers += &running
            .client
            .get(url)
            .send()
            .await
            .unwrap()
            .text()
            .await
            .unwrap();
    }
    for path in [
        "/api/v1/events?q=canary-query-31d",
        "/api/v1/nowhere/canary-query-31d",
        "/canary-query-31d",
    ] {
        let response = running.send(Method::GET, &key, path, None).await;
        if response.status().is_client_error() {
            answers += &response.text().await.unwrap();
        }
    }
    let body = json!({"value": "canary-secret-e02"});
    let put = running
        .send(Method::PUT, &key, "/api/v1/secrets/A", Some(body))
        .await;
    answers += &put.text().await.unwrap();
    // A key that is none is not repeated either.
    let wrong = "canary-wrong-key-of-more-than-32-characters";
    answers += &running
        .send(Method::GET, wrong, "/api/v1/events", None)
        .await
        .text()
        .await
        .unwrap();
    let metrics = running
        .client
        .get(format!("{}/metrics", running.url))
        .send()
        .await
        .unwrap();
    answers += &metrics.text().await.unwrap();
    // The store cannot store any more: errors are logged.
    running.store.close().await;
    answers += &running.hook(r#"{"type":"x"}"#).await.text().await.unwrap();

    let logged = String::from_utf8_lossy(&LOGGED.lock().unwrap()).into_owned();
    assert!(
        logged.contains("/hooks/ticketpark/:token"),
        "requests are logged by route"
    );
    for canary in [TOKEN, key.as_str(), "canary-"] {
        assert!(!logged.contains(canary), "{canary} is in the log");
        assert!(!answers.contains(canary), "{canary} is in an answer");
    }
}

#[tokio::test]
async fn each_request_leaves_one_line_with_its_ids() {
    let running = Running::start().await;
    let response = running.hook(r#"{"type":"new-booking","payload":{}}"#).await;
    let id = crate::harness::id(response).await;
    let logged = String::from_utf8_lossy(&LOGGED.lock().unwrap()).into_owned();
    let lines: Vec<_> = logged
        .lines()
        .filter(|line| line.contains("cuebook_server::request") && line.contains(&id))
        .collect();
    assert_eq!(lines.len(), 1);
    for part in [
        "method=\"POST\"",
        "route=\"/hooks/ticketpark/:token\"",
        "status=202",
        "milliseconds=",
    ] {
        assert!(lines[0].contains(part), "{}", lines[0]);
    }
}
