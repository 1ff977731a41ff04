//! Calls that go well.

use std::time::Duration;

use cuebook_core::Value;
use cuebook_effects::Effects;

use crate::peers::http::{Behaviour, HttpPeer, answer};
use crate::setup::{KEY, call, effects, map, settings};

fn ok() -> Behaviour {
    answer(
        "200 OK",
        &["X-Tag: a", "X-Tag: b", "Content-Type: application/json"],
        r#"{"a":1}"#,
    )
}

#[tokio::test]
async fn an_answer_has_status_headers_in_lower_case_and_body() {
    let peer = HttpPeer::start([ok()]).await;
    let value = call(&effects(), "http::get", &[Value::from(peer.url("/x?y=1"))])
        .await
        .unwrap();
    assert_eq!(value.get("status"), Some(&Value::Int(200)));
    assert_eq!(value.get("body"), Some(&Value::from(r#"{"a":1}"#)));
    let headers = value.get("headers").unwrap();
    assert_eq!(headers.get("x-tag"), Some(&Value::from("a, b")));
    assert_eq!(
        headers.get("content-type"),
        Some(&Value::from("application/json"))
    );
    assert!(peer.requests()[0].starts_with("GET /x?y=1 HTTP/1.1\r\n"));
}

#[tokio::test]
async fn other_statuses_are_returned_and_redirects_are_not_followed() {
    let canary = HttpPeer::start([ok()]).await;
    let location = format!("Location: {}", canary.url("/"));
    let peer = HttpPeer::start([
        answer("302 Found", &[&location], ""),
        answer("404 Not Found", &[], "no"),
        answer("409 Conflict", &[], ""),
    ])
    .await;
    for status in [302, 404, 409] {
        let value = call(
            &effects(),
            "http::post",
            &[Value::from(peer.url("/")), Value::Unit],
        )
        .await
        .unwrap();
        assert_eq!(value.get("status"), Some(&Value::Int(status)));
    }
    assert_eq!(canary.connections(), 0);
}

#[tokio::test]
async fn writes_carry_their_key_and_reads_do_not() {
    let peer = HttpPeer::start([ok()]).await;
    let url = Value::from(peer.url("/"));
    for function in ["http::post", "http::put", "http::patch"] {
        call(
            &effects(),
            function,
            &[url.clone(), map([("a", Value::Int(1))])],
        )
        .await
        .unwrap();
    }
    call(&effects(), "http::delete", std::slice::from_ref(&url))
        .await
        .unwrap();
    call(&effects(), "http::get", &[url]).await.unwrap();
    let requests = peer.requests();
    let methods: Vec<&str> = requests
        .iter()
        .map(|r| r.split(' ').next().unwrap())
        .collect();
    assert_eq!(methods, ["POST", "PUT", "PATCH", "DELETE", "GET"]);
    for request in &requests[..4] {
        assert!(
            request.contains(&format!("idempotency-key: {KEY}\r\n")),
            "{request}"
        );
    }
    assert!(!requests[4].contains("idempotency-key"));
    for request in &requests {
        assert!(request.contains(concat!(
            "user-agent: Cuebook/",
            env!("CARGO_PKG_VERSION"),
            "\r\n"
        )));
    }
    assert!(requests[0].contains("content-type: application/json\r\n"));
    assert!(requests[0].ends_with("\r\n\r\n{\"a\":1}"));
}

#[tokio::test]
async fn secrets_are_put_in_when_the_call_is_made() {
    let peer = HttpPeer::start([ok()]).await;
    let url = Value::from(peer.url("/"));
    let secret = |name: &str| Value::Secret(name.to_owned());
    let options = [
        map([("auth", map([("bearer", secret("TOKEN"))]))]),
        map([(
            "auth",
            map([(
                "basic",
                Value::Array(vec![Value::from("tom"), secret("PASSWORD")]),
            )]),
        )]),
        map([("headers", map([("X-Key", secret("TOKEN"))]))]),
    ];
    for options in options {
        call(&effects(), "http::get", &[url.clone(), options])
            .await
            .unwrap();
    }
    let requests = peer.requests();
    assert!(requests[0].contains("authorization: Bearer t0ken\r\n"));
    assert!(requests[1].contains("authorization: Basic dG9tOnBhOnNz\r\n"));
    assert!(requests[2].contains("x-key: t0ken\r\n"));
}

#[tokio::test]
async fn a_missing_or_unusable_secret_fails_without_a_connection_and_without_its_text() {
    let peer = HttpPeer::start([ok()]).await;
    for (name, kind) in [("NOWHERE", "secret"), ("BROKEN", "invalid")] {
        let options = map([("auth", map([("bearer", Value::Secret(name.to_owned()))]))]);
        let failure = call(
            &effects(),
            "http::get",
            &[Value::from(peer.url("/")), options],
        )
        .await
        .unwrap_err();
        assert_eq!(failure.error.kind, kind);
        assert!(
            !failure.error.message.contains("lines"),
            "{}",
            failure.error.message
        );
    }
    assert_eq!(peer.connections(), 0);
}

#[tokio::test]
async fn an_unknown_option_fails_without_a_connection() {
    let peer = HttpPeer::start([ok()]).await;
    let options = map([("timeuot", Value::from("1s"))]);
    let failure = call(
        &effects(),
        "http::get",
        &[Value::from(peer.url("/")), options],
    )
    .await
    .unwrap_err();
    assert_eq!(failure.error.kind, "invalid");
    assert_eq!(peer.connections(), 0);
}

#[tokio::test]
async fn waiting_for_a_place_does_not_count_against_the_timeout() {
    let mut settings = settings();
    settings.limits.http.per_host = 1;
    settings.limits.http.total = Duration::from_millis(200);
    let effects = Effects::new(settings).unwrap();
    let peer = HttpPeer::start([Behaviour::Hang, Behaviour::Hang, ok()]).await;
    let arguments = [Value::from(peer.url("/"))];
    let calls = (0..3).map(|_| call(&effects, "http::get", &arguments));
    let answers = futures::future::join_all(calls).await;
    // The third waits 400 ms for its place and is answered all the same.
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    assert_eq!(peer.connections(), 3);
}

#[tokio::test]
async fn a_host_by_its_name_and_port_is_reached_when_it_is_allowed() {
    let peer = HttpPeer::start([ok()]).await;
    let url = Value::from(format!("http://localhost:{}/", peer.port()));
    let mut allowed = settings();
    allowed.egress.allow = vec![format!("localhost:{}", peer.port()).parse().unwrap()];
    let effects = Effects::new(allowed).unwrap();
    assert!(call(&effects, "http::get", &[url]).await.is_ok());
}

#[tokio::test]
async fn a_script_does_not_get_back_the_secret_that_it_sent() {
    let echo = r#"{"password":"long pa:ss word","basic":"dG9tOmxvbmcgcGE6c3Mgd29yZA=="}"#;
    let peer = HttpPeer::start([answer("200 OK", &["X-Echo: long pa:ss word"], echo)]).await;
    let secret = Value::Secret("LONG".to_owned());
    let basic = Value::Array(vec![Value::from("tom"), secret]);
    let options = map([("auth", map([("basic", basic)]))]);
    let answered = call(
        &effects(),
        "http::get",
        &[Value::from(peer.url("/")), options],
    )
    .await
    .unwrap();
    let body = answered.get("body").unwrap();
    assert_eq!(body, &Value::from(r#"{"password":"***","basic":"***"}"#));
    let headers = answered.get("headers").unwrap();
    assert_eq!(headers.get("x-echo"), Some(&Value::from("***")));
}
