//! Health, readiness, numbers, the page at the root.

use std::time::Duration;

use reqwest::StatusCode;

use crate::harness::{Running, beginning, problem};

async fn get(running: &Running, path: &str) -> reqwest::Response {
    let url = format!("{}{path}", running.url);
    running.client.get(url).send().await.unwrap()
}

#[tokio::test]
async fn it_is_alive_without_a_database_but_not_ready() {
    let running = Running::start().await;
    assert_eq!(get(&running, "/healthz").await.status(), StatusCode::OK);
    assert_eq!(get(&running, "/readyz").await.status(), StatusCode::OK);
    running.store.close().await;
    assert_eq!(get(&running, "/healthz").await.status(), StatusCode::OK);
    let response = get(&running, "/readyz").await;
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    problem(response, "not_ready").await;
}

#[tokio::test]
async fn it_is_ready_with_the_former_rules_but_not_with_none_because_of_a_fault() {
    let running = Running::start().await;
    let fault = cuebook_rules::Diagnostic::error("new-booking/a.rhai", "E0101", "no script");
    running.problems.failed(beginning(), vec![fault]);
    assert_eq!(get(&running, "/readyz").await.status(), StatusCode::OK);
    running.set_rules(&[]);
    problem(get(&running, "/readyz").await, "not_ready").await;
    running.problems.solved();
    assert_eq!(get(&running, "/readyz").await.status(), StatusCode::OK);
}

#[tokio::test]
async fn the_numbers_tell_requests_by_route_and_what_the_store_holds() {
    let running = Running::start().await;
    running
        .hook(r#"{"type":"new-booking","payload":{"booking_pid":1}}"#)
        .await;
    get(&running, "/nowhere/at/all").await;
    let response = get(&running, "/metrics").await;
    let text = response.text().await.unwrap();
    for line in [
        r#"cuebook_http_requests_total{method="POST",route="/hooks/ticketpark/:token",status="202"} 1"#,
        r#"cuebook_http_requests_total{method="GET",route="(none)",status="404"} 1"#,
        r#"cuebook_runs{state="ready"} 1"#,
        r#"cuebook_runs{state="failed"} 0"#,
        "cuebook_events_stored 1",
        "cuebook_rules_stale 0",
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
}

#[tokio::test]
async fn the_database_does_not_count_for_each_who_asks() {
    let running = Running::start().await;
    let stored = async || {
        running.hook(r#"{"type":"x","payload":{}}"#).await;
        let text = get(&running, "/metrics").await.text().await.unwrap();
        let line = text
            .lines()
            .find(|line| line.starts_with("cuebook_events_stored "));
        line.unwrap().to_owned()
    };
    assert_eq!(stored().await, "cuebook_events_stored 1");
    assert_eq!(
        stored().await,
        "cuebook_events_stored 1",
        "it was counted just now"
    );
}

#[tokio::test]
async fn the_root_names_the_addresses_without_script() {
    let running = Running::start().await;
    let response = get(&running, "/").await;
    let policy = response.headers()["content-security-policy"]
        .to_str()
        .unwrap()
        .to_owned();
    let page = response.text().await.unwrap();
    for address in ["/docs", "/hooks/ticketpark/", "/api/v1/", "/metrics"] {
        assert!(page.contains(address), "{address}");
    }
    assert!(!page.contains("<script"));
    assert!(policy.starts_with("default-src 'none'"));
}

#[tokio::test]
async fn a_head_request_is_answered_without_a_body() {
    let running = Running::start().await;
    let url = format!("{}/healthz", running.url);
    let response = running.client.head(url).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.bytes().await.unwrap().len(), 0);
}

#[tokio::test]
async fn a_stopped_server_can_be_stopped_at_once() {
    let mut running = Running::start().await;
    let stopped = tokio::time::timeout(
        Duration::from_secs(2),
        running.stop(Duration::from_secs(30)),
    );
    assert!(stopped.await.is_ok());
}
