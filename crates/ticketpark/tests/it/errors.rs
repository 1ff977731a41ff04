//! Statuses and broken connections as errors that a caller can act on.

use std::time::Duration;

use cuebook_ticketpark::{BadRequest, Error};
use serde_json::json;

use crate::peers::{PASSWORD, Scripted, Stage, answer, tokens};

#[tokio::test]
async fn unknown_and_forbidden_records_are_told_apart() {
    let stage = Stage::logged_in().await;
    let unknown = stage
        .client
        .record("bookings", "4041", &[])
        .await
        .unwrap_err();
    assert!(matches!(unknown, Error::NotFound));
    let forbidden = stage
        .client
        .record("bookings", "4031", &[])
        .await
        .unwrap_err();
    assert!(matches!(forbidden, Error::Forbidden(_)));
    let nowhere = stage.client.get("/nothing", &[]).await.unwrap_err();
    assert!(matches!(nowhere, Error::NotFound));
    let conflict = stage.client.post("/bookings", &json!(1)).await.unwrap_err();
    assert!(matches!(conflict, Error::Conflict(_)));
    let statuses: Vec<_> = [unknown, forbidden, conflict]
        .iter()
        .map(Error::status)
        .collect();
    assert_eq!(statuses, [Some(404), Some(403), Some(409)]);
}

#[tokio::test]
async fn a_status_says_whether_to_try_again_and_whether_it_was_processed() {
    let stage = Stage::logged_in().await;
    for (status, transient, possibly_processed) in [
        (500, true, true),
        (502, true, true),
        (503, true, false),
        (429, true, false),
        (408, true, false),
        (400, false, false),
        (422, false, false),
        (302, false, true),
    ] {
        stage.pretend.fail_next(status);
        let error = stage
            .client
            .post("/persons", &json!({"a": 1}))
            .await
            .unwrap_err();
        assert_eq!(error.status(), Some(status));
        assert_eq!(error.is_transient(), transient, "{status}");
        assert_eq!(
            error.was_processed_possibly(),
            possibly_processed,
            "{status}"
        );
    }
}

#[tokio::test]
async fn the_answer_beside_a_status_and_its_retry_after_can_be_read() {
    let answers = vec![
        tokens(1),
        answer("503 Wait", "retry-after: 120\r\n", "too busy"),
    ];
    let peer = Scripted::new(answers, Duration::from_secs(5)).await;
    let error = peer.client.get("/shows/1", &[]).await.unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_mins(2)));
    assert_eq!(error.answer(), Some("too busy"));
    assert_eq!(error.to_string(), "Ticketpark answered 503");
}

#[tokio::test]
async fn nobody_there_means_nothing_was_processed() {
    let stage = Stage::logged_in().await;
    let client = stage.client.clone();
    stage.pretend.stop().await;
    let error = client.post("/persons", &json!({"a": 1})).await.unwrap_err();
    assert!(matches!(error, Error::Connect(_)), "{error:?}");
    assert!(error.is_transient() && !error.was_processed_possibly());
}

#[tokio::test]
async fn a_peer_that_hangs_is_left_in_time_and_may_have_processed() {
    let stage = Stage::with_timeout(Duration::from_millis(50)).await;
    stage.client.login(PASSWORD).await.unwrap();
    stage.pretend.hang_next(Duration::from_secs(30));
    let error = stage
        .client
        .post("/persons", &json!({"a": 1}))
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Timeout(_)), "{error:?}");
    assert!(error.is_transient() && error.was_processed_possibly());
    stage.pretend.stop().await;
}

#[tokio::test]
async fn a_connection_that_falls_may_have_processed() {
    let peer = Scripted::new(vec![tokens(1), Vec::new()], Duration::from_secs(5)).await;
    let error = peer
        .client
        .post("/persons", &json!({"a": 1}))
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Interrupted(_)), "{error:?}");
    assert!(error.was_processed_possibly());
    assert_eq!(peer.requests().len(), 2);
}

#[tokio::test]
async fn an_answer_that_is_no_json_is_invalid() {
    let answers = vec![tokens(1), answer("200 OK", "", "<html>")];
    let peer = Scripted::new(answers, Duration::from_secs(5)).await;
    let error = peer.client.get("/shows/1", &[]).await.unwrap_err();
    assert!(matches!(error, Error::Invalid(_)), "{error:?}");
}

#[tokio::test]
async fn no_redirect_is_followed() {
    let elsewhere = "location: http://127.0.0.1:9/elsewhere\r\n";
    let answers = vec![tokens(1), answer("302 Found", elsewhere, "")];
    let peer = Scripted::new(answers, Duration::from_secs(5)).await;
    let error = peer.client.get("/shows/1", &[]).await.unwrap_err();
    assert_eq!(error.status(), Some(302));
    assert_eq!(peer.requests().len(), 2);
}

#[tokio::test]
async fn requests_have_the_headers_of_the_documentation() {
    let answers = vec![tokens(1), answer("200 OK", "", "{}")];
    let peer = Scripted::new(answers, Duration::from_secs(5)).await;
    peer.client.get("/shows/1", &[]).await.unwrap();
    let requests = peer.requests();
    let token = requests[0].to_ascii_lowercase();
    assert!(
        token.starts_with("post /oauth/v2/token http/1.1\r\n"),
        "{token}"
    );
    assert!(
        token.contains("\r\ncontent-type: application/x-www-form-urlencoded\r\n"),
        "{token}"
    );
    assert!(
        requests[0].contains("Basic Y3VlYm9vazpjYW5hcnktY2xpZW50LXNlY3JldA=="),
        "{token}"
    );
    assert!(
        token.ends_with("\r\n\r\ngrant_type=refresh_token&refresh_token=canary-refresh-0"),
        "{token}"
    );
    let read = requests[1].to_ascii_lowercase();
    assert!(read.starts_with("get /shows/1 http/1.1\r\n"), "{read}");
    for header in [
        "accept: application/json",
        "content-type: application/json",
        "authorization: bearer canary-access-1",
    ] {
        assert!(
            read.contains(&format!("\r\n{header}\r\n")),
            "{header} in {read}"
        );
    }
}

#[tokio::test]
async fn a_path_that_cannot_be_asked_is_not_sent() {
    let stage = Stage::logged_in().await;
    let error = stage.client.post("/a/../b", &json!({})).await.unwrap_err();
    assert!(matches!(error, Error::Request(BadRequest::Path)));
    assert!(stage.asked().is_empty());
}
