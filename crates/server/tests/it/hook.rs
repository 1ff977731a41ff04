//! `POST /hooks/ticketpark/{token}`: each status, and what is kept.

use cuebook_core::events::SENT;
use reqwest::StatusCode;

use crate::harness::{RETIRED_TOKEN, Running, TOKEN, id, problem};

const MIB: usize = 1024 * 1024;

/// A message of exactly `length` bytes.
fn message_of(length: usize) -> String {
    let frame = r#"{"type":"new-booking","payload":{"booking_pid":1,"x":""}}"#;
    frame.replace("\"\"", &format!("\"{}\"", "a".repeat(length - frame.len())))
}

fn in_chunks(text: String) -> reqwest::Body {
    let chunks: Vec<_> = text
        .into_bytes()
        .chunks(60_000)
        .map(|chunk| Ok::<_, std::io::Error>(chunk.to_vec()))
        .collect();
    reqwest::Body::wrap_stream(futures::stream::iter(chunks))
}

#[tokio::test]
async fn each_of_the_seven_messages_is_stored_byte_for_byte() {
    let running = Running::start().await;
    let key = running.key(&["read", "personal"]).await;
    for descriptor in SENT {
        // Blanks that a parser would lose.
        let body = format!(" {}\n", descriptor.example.replace(':', " :  "));
        let response = running.hook(body.clone()).await;
        assert_eq!(response.status(), StatusCode::ACCEPTED);
        let id = id(response).await;
        let raw = running
            .send(
                reqwest::Method::GET,
                &key,
                &format!("/api/v1/events/{id}/raw"),
                None,
            )
            .await;
        assert_eq!(raw.bytes().await.unwrap(), body.as_bytes());
        let (_, event) = running.get(&key, &format!("/api/v1/events/{id}")).await;
        assert_eq!(event["type"], descriptor.name);
        assert_eq!(event["origin"], "webhook");
        assert!(event["subject"].is_string());
    }
}

#[tokio::test]
async fn an_event_gets_a_run_for_each_rule_of_its_type_before_it_is_acknowledged() {
    let running = Running::start().await;
    let key = running.key(&["read"]).await;
    let accepted = id(running
        .hook(r#"{"type":"new-booking","payload":{"booking_pid":293233446073}}"#)
        .await)
    .await;
    let (_, event) = running
        .get(&key, &format!("/api/v1/events/{accepted}"))
        .await;
    assert_eq!(event["state"], "pending");
    assert_eq!(event["subject"], "293233446073");
    assert_eq!(event["runs"][0]["rule"], "new-booking/thank-you");
    assert_eq!(event["runs"].as_array().unwrap().len(), 1);

    let other = id(running
        .hook(r#"{"type":"seat-map","payload":{"a":1}}"#)
        .await)
    .await;
    let (_, event) = running.get(&key, &format!("/api/v1/events/{other}")).await;
    assert_eq!(event["state"], "no_rule");
    assert_eq!(event["type"], "seat-map");
    assert_eq!(event["payload"]["a"], 1);
}

#[tokio::test]
async fn the_content_type_never_decides() {
    let running = Running::start().await;
    let response = running
        .client
        .post(format!("{}/hooks/ticketpark/{TOKEN}", running.url))
        .header("content-type", "text/html")
        .body(r#"{"type":"new-booking","payload":{"booking_pid":1}}"#)
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), StatusCode::ACCEPTED);
}

#[tokio::test]
async fn what_is_no_message_is_refused_and_kept_in_quarantine() {
    let running = Running::start().await;
    let key = running.key(&["read", "personal"]).await;
    let deep = "[".repeat(100_000);
    let bodies: [&[u8]; 7] = [
        b"{\"type\":",
        b"\xff\xfe\x00",
        b"[1]",
        b"{}",
        b"",
        deep.as_bytes(),
        br#"{"type":"t","payload":{"$serde_json::private::RawValue":"[1]"}}"#,
    ];
    for body in bodies {
        let response = running.hook(body.to_vec()).await;
        assert_eq!(response.status(), StatusCode::BAD_REQUEST);
        let refused = problem(response, "not_a_message").await;
        let path = format!("/api/v1/events/{}", refused["id"].as_str().unwrap());
        let (_, event) = running.get(&key, &path).await;
        assert_eq!(event["state"], "rejected");
        assert!(event["type"].is_null());
        assert!(event["reason"].as_str().unwrap().contains("the body"));
        assert_eq!(event["runs"], serde_json::json!([]));
        let raw = running
            .send(reqwest::Method::GET, &key, &format!("{path}/raw"), None)
            .await;
        assert_eq!(raw.bytes().await.unwrap(), body);
    }
    let (_, list) = running.get(&key, "/api/v1/events?state=rejected").await;
    assert_eq!(list["items"].as_array().unwrap().len(), 7);
}

#[tokio::test]
async fn duplicate_keys_and_numbers_beyond_any_float_are_kept_as_they_came() {
    let running = Running::start().await;
    let key = running.key(&["read", "personal"]).await;
    let body = br#"{"type":"new-booking","payload":{"booking_pid":9007199254740993,"booking_pid":18446744073709551617}}"#;
    let response = running.hook(body.to_vec()).await;
    assert_eq!(response.status(), StatusCode::ACCEPTED);
    let id = crate::harness::id(response).await;
    let path = format!("/api/v1/events/{id}");
    let (_, event) = running.get(&key, &path).await;
    assert_eq!(event["subject"], "18446744073709551617", "{event}");
    let raw = running
        .send(reqwest::Method::GET, &key, &format!("{path}/raw"), None)
        .await;
    assert_eq!(raw.bytes().await.unwrap(), &body[..]);
}

#[tokio::test]
async fn a_retired_token_is_told_so_and_the_body_is_kept() {
    let running = Running::start().await;
    let key = running.key(&["read"]).await;
    let body = r#"{"type":"new-booking","payload":{"booking_pid":1}}"#;
    let response = running.hook_with(RETIRED_TOKEN, body).await;
    assert_eq!(response.status(), StatusCode::GONE);
    let refused = problem(response, "token_retired").await;
    let path = format!("/api/v1/events/{}", refused["id"].as_str().unwrap());
    let (_, event) = running.get(&key, &path).await;
    assert_eq!(event["state"], "rejected");
    assert_eq!(event["runs"], serde_json::json!([]));
    assert_eq!(event["payload"]["booking_pid"], 1);
}

#[tokio::test]
async fn an_unknown_token_stores_nothing() {
    let running = Running::start().await;
    let key = running.key(&["read"]).await;
    let response = running.hook_with("wrong", "{}").await;
    assert_eq!(response.status(), StatusCode::NOT_FOUND);
    problem(response, "unknown_token").await;
    let (_, list) = running.get(&key, "/api/v1/events").await;
    assert_eq!(list["items"], serde_json::json!([]));
}

#[tokio::test]
async fn wrong_tokens_are_limited_and_the_right_one_never_is() {
    let running = Running::start().await;
    let mut statuses = Vec::new();
    for _ in 0..25 {
        statuses.push(running.hook_with("wrong", "{}").await.status());
    }
    assert!(statuses[..20].iter().all(|s| *s == StatusCode::NOT_FOUND));
    assert!(
        statuses[20..]
            .iter()
            .all(|s| *s == StatusCode::TOO_MANY_REQUESTS)
    );
    let limited = running.hook_with("wrong", "{}").await;
    assert_eq!(limited.headers()["retry-after"], "1");
    problem(limited, "too_many_wrong_tokens").await;
    let right = running.hook(r#"{"type":"new-booking","payload":{}}"#).await;
    assert_eq!(right.status(), StatusCode::ACCEPTED);
    running.clock.advance(chrono::TimeDelta::seconds(1));
    let later = running.hook_with("wrong", "{}").await;
    assert_eq!(later.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_encoded_body_is_refused() {
    let running = Running::start().await;
    let response = running
        .client
        .post(format!("{}/hooks/ticketpark/{TOKEN}", running.url))
        .header("content-encoding", "gzip")
        .body(vec![0x1f, 0x8b])
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
    problem(response, "encoded_body").await;
}

#[tokio::test]
async fn a_body_of_one_mebibyte_is_taken_and_one_byte_more_is_not() {
    let running = Running::start().await;
    assert_eq!(
        running.hook(message_of(MIB)).await.status(),
        StatusCode::ACCEPTED
    );
    assert_eq!(
        running.hook(in_chunks(message_of(MIB))).await.status(),
        StatusCode::ACCEPTED
    );
    for body in [
        reqwest::Body::from(message_of(MIB + 1)),
        in_chunks(message_of(MIB + 1)),
        reqwest::Body::from(message_of(10 * MIB)),
        in_chunks(message_of(10 * MIB)),
    ] {
        let response = running.hook(body).await;
        assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE);
        problem(response, "body_too_large").await;
    }
}

#[tokio::test]
async fn a_store_that_cannot_store_is_answered_by_503_and_when_to_come_again() {
    let running = Running::start().await;
    running.store.close().await;
    let response = running.hook(r#"{"type":"new-booking","payload":{}}"#).await;
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(response.headers()["retry-after"], "5");
    problem(response, "store_unavailable").await;
}

#[tokio::test]
async fn headers_are_kept_without_secrets() {
    let running = Running::start().await;
    let response = running
        .client
        .post(format!("{}/hooks/ticketpark/{TOKEN}", running.url))
        .header("X-Ticketpark-Test", "yes")
        .header("Authorization", "Basic c2VjcmV0")
        .header("Cookie", "session=1")
        .header("X-Original-URI", format!("/hooks/ticketpark/{TOKEN}"))
        .body(r#"{"type":"new-booking","payload":{}}"#)
        .send()
        .await
        .unwrap();
    let id = id(response).await.parse().unwrap();
    let event = running.store.event(id).await.unwrap().unwrap();
    let header = |name: &str| event.headers.iter().find(|(n, _)| n == name);
    assert_eq!(header("x-ticketpark-test").unwrap().1, "yes");
    for gone in ["authorization", "cookie", "x-original-uri"] {
        assert!(header(gone).is_none(), "{gone}");
    }
}

#[tokio::test]
async fn many_at_once_are_all_acknowledged_and_all_stored() {
    let running = Running::start().await;
    let sending = (0..100).map(|n| {
        running.hook(format!(
            r#"{{"type":"new-booking","payload":{{"booking_pid":{n}}}}}"#
        ))
    });
    let mut ids = std::collections::HashSet::new();
    for response in futures::future::join_all(sending).await {
        assert_eq!(response.status(), StatusCode::ACCEPTED);
        ids.insert(id(response).await);
    }
    assert_eq!(ids.len(), 100);
    assert_eq!(running.store.counts().await.unwrap().events, 100);
}
