//! Whatever is wrong with a request is told in one shape, with a hint and without internal text.

use reqwest::{Method, StatusCode};

use crate::harness::{Running, problem};

#[tokio::test]
async fn an_unknown_address_is_a_problem_everywhere() {
    let running = Running::start().await;
    for path in [
        "/nowhere",
        "/api",
        "/api/v1",
        "/api/v1/nowhere",
        "/hooks",
        "/hooks/ticketpark/a/b",
        "/docs/x",
    ] {
        let url = format!("{}{path}", running.url);
        let response = running.client.get(url).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
        problem(response, "no_such_route").await;
    }
}

#[tokio::test]
async fn a_wrong_method_is_told_the_right_ones() {
    let running = Running::start().await;
    for (method, path, allow) in [
        (Method::GET, "/hooks/ticketpark/x", "POST"),
        (Method::POST, "/healthz", "GET, HEAD"),
        (Method::DELETE, "/api/v1/events", "HEAD, GET, POST"),
        (Method::PATCH, "/api/v1/runs/1", "HEAD, GET"),
    ] {
        let url = format!("{}{path}", running.url);
        let response = running.client.request(method, url).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED, "{path}");
        assert_eq!(response.headers()["allow"], allow, "{path}");
        problem(response, "method_not_allowed").await;
    }
}

#[tokio::test]
async fn a_malformed_id_filter_or_cursor_is_told_what_it_may_be() {
    let running = Running::start().await;
    let key = running.key(&["admin"]).await;
    for (path, code, told) in [
        ("/api/v1/events/7", "invalid_id", "UUID"),
        ("/api/v1/runs/x", "invalid_id", "UUID"),
        ("/api/v1/effects/x/message", "invalid_id", "UUID"),
        ("/api/v1/rules/a.b/c", "invalid_id", "new-booking/thank-you"),
        ("/api/v1/events?limit=0", "invalid_parameter", "1 to 100"),
        ("/api/v1/events?limit=101", "invalid_parameter", "1 to 100"),
        ("/api/v1/events?limit=", "invalid_parameter", "1 to 100"),
        (
            "/api/v1/events?cursor=zzz",
            "invalid_parameter",
            "next_cursor",
        ),
        (
            "/api/v1/events?state=done",
            "invalid_parameter",
            "processed",
        ),
        ("/api/v1/events?origin=mail", "invalid_parameter", "webhook"),
        (
            "/api/v1/events?since=today",
            "invalid_parameter",
            "RFC 3339",
        ),
        (
            "/api/v1/events?rule=x",
            "invalid_parameter",
            "new-booking/thank-you",
        ),
        (
            "/api/v1/events?subject=%00",
            "invalid_parameter",
            "control characters",
        ),
        ("/api/v1/events?colour=red", "unknown_parameter", "limit"),
        ("/api/v1/system?a=1", "unknown_parameter", "takes none"),
        (
            "/api/v1/effects?state=sent",
            "invalid_parameter",
            "captured",
        ),
    ] {
        let response = running.send(Method::GET, &key, path, None).await;
        assert_eq!(response.status(), StatusCode::BAD_REQUEST, "{path}");
        let json = problem(response, code).await;
        let detail = json["detail"].as_str().unwrap();
        assert!(detail.contains(told), "{path}: {detail}");
        assert!(!detail.contains("occurred while parsing"), "{detail}");
    }
}

#[tokio::test]
async fn a_well_formed_id_of_nothing_is_not_found() {
    let running = Running::start().await;
    let key = running.key(&["admin"]).await;
    let id = "0195f3a0-7c1e-7b2a-9a51-3d9f0c6b2e11";
    for path in [
        format!("events/{id}"),
        format!("events/{id}/raw"),
        format!("runs/{id}"),
        format!("effects/{id}"),
        format!("effects/{id}/message"),
    ] {
        let response = running
            .send(Method::GET, &key, &format!("/api/v1/{path}"), None)
            .await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
        problem(response, "not_found").await;
    }
}

#[tokio::test]
async fn a_body_of_the_wrong_type_or_size_is_refused() {
    let running = Running::start().await;
    let key = running.key(&["write"]).await;
    let send = async |content_type: &str, body: Vec<u8>| {
        running
            .client
            .post(format!("{}/api/v1/events", running.url))
            .bearer_auth(&key)
            .header("content-type", content_type)
            .body(body)
            .send()
            .await
            .unwrap()
    };
    problem(
        send("text/plain", b"{}".to_vec()).await,
        "unsupported_media_type",
    )
    .await;
    problem(
        send("application/json", b"{".to_vec()).await,
        "invalid_body",
    )
    .await;
    problem(
        send("application/json", vec![b' '; 1024 * 1024 + 1]).await,
        "body_too_large",
    )
    .await;
}

#[tokio::test]
async fn answers_keep_browsers_from_guessing_and_caches_from_keeping() {
    let running = Running::start().await;
    for path in ["/healthz", "/nowhere", "/api/v1/events"] {
        let response = running
            .client
            .get(format!("{}{path}", running.url))
            .send()
            .await
            .unwrap();
        assert_eq!(response.headers()["x-content-type-options"], "nosniff");
        assert_eq!(response.headers()["cache-control"], "no-store");
    }
}
