//! Calls that go wrong, and what is to be done about it.

use std::time::{Duration, Instant};

use cuebook_core::Value;
use cuebook_core::failure::{AttemptError, Decision};
use cuebook_effects::Effects;

use crate::peers::full::FullPeer;
use crate::peers::http::{Behaviour, HttpPeer, answer};
use crate::setup::{call, effects, hasty, map, settings};

const AGAIN: Decision = Decision::Retry { after: None };

async fn failure(peer: &HttpPeer, function: &str, retry: Option<&str>) -> AttemptError {
    failure_of(&effects(), peer, function, retry).await
}

async fn failure_of(
    effects: &Effects,
    peer: &HttpPeer,
    function: &str,
    retry: Option<&str>,
) -> AttemptError {
    let url = Value::from(peer.url("/x?key=geheim"));
    let options = retry.map_or(Value::Unit, |retry| map([("retry", Value::from(retry))]));
    let arguments = if matches!(function, "http::get" | "http::delete") {
        vec![url, options]
    } else {
        vec![url, Value::Unit, options]
    };
    let failure = call(effects, function, &arguments).await.unwrap_err();
    assert!(
        !failure.error.message.contains("geheim"),
        "{}",
        failure.error.message
    );
    assert_eq!(failure.error.attempts, 1);
    failure
}

#[tokio::test]
async fn a_peer_that_hangs_drips_closes_or_resets_leaves_a_post_unknown_and_a_get_to_be_repeated() {
    for behaviour in [
        Behaviour::Hang,
        Behaviour::Drip,
        Behaviour::DripHead,
        Behaviour::HalfAnswer,
        Behaviour::Close,
        Behaviour::Reset,
    ] {
        let peer = HttpPeer::start([behaviour.clone()]).await;
        let effects = hasty();
        assert_eq!(
            failure_of(&effects, &peer, "http::get", None)
                .await
                .decision,
            AGAIN
        );
        assert_eq!(
            failure_of(&effects, &peer, "http::put", None)
                .await
                .decision,
            AGAIN
        );
        assert_eq!(
            failure_of(&effects, &peer, "http::delete", None)
                .await
                .decision,
            AGAIN
        );
        assert_eq!(
            failure_of(&effects, &peer, "http::post", Some("always"))
                .await
                .decision,
            AGAIN
        );
        for retry in [None, Some("never")] {
            let post = failure_of(&effects, &peer, "http::post", retry).await;
            assert_eq!(post.decision, Decision::Unknown, "{behaviour:?}");
            assert_eq!(post.error.kind, "unknown");
        }
    }
}

#[tokio::test]
async fn nobody_listening_is_always_worth_another_attempt_unless_the_call_says_never() {
    let peer = HttpPeer::start([Behaviour::Hang]).await;
    let url = peer.url("/");
    drop(peer);
    // The port is free again, but not before the task that held it has ended.
    tokio::task::yield_now().await;
    let post = |retry: &str| {
        [
            Value::from(url.as_str()),
            Value::Unit,
            map([("retry", Value::from(retry))]),
        ]
    };
    let safe = call(&effects(), "http::post", &post("safe"))
        .await
        .unwrap_err();
    assert_eq!(
        (safe.error.kind.as_str(), safe.decision),
        ("connect", AGAIN)
    );
    let never = call(&effects(), "http::post", &post("never"))
        .await
        .unwrap_err();
    assert_eq!(never.decision, Decision::Fail);
}

#[tokio::test]
async fn a_peer_that_takes_no_connection_has_not_got_anything() {
    let peer = FullPeer::start().await;
    let mut settings = settings();
    settings.limits.http.connect = Duration::from_millis(200);
    let effects = Effects::new(settings).unwrap();
    let url = Value::from(format!("http://127.0.0.1:{}/", peer.port()));
    let begun = Instant::now();
    let failure = call(&effects, "http::post", &[url, Value::Unit])
        .await
        .unwrap_err();
    assert_eq!(
        (failure.error.kind.as_str(), failure.decision),
        ("connect", AGAIN)
    );
    assert!(begun.elapsed() < Duration::from_secs(10));
}

#[tokio::test]
async fn a_peer_without_tls_is_a_tls_failure_and_nothing_was_sent() {
    let peer = HttpPeer::start([answer("200 OK", &[], "")]).await;
    let mut settings = settings();
    settings.limits.http.connect = Duration::from_millis(200);
    let effects = Effects::new(settings).unwrap();
    let url = Value::from(format!("https://127.0.0.1:{}/", peer.port()));
    let failure = call(&effects, "http::post", &[url, Value::Unit])
        .await
        .unwrap_err();
    assert_eq!(failure.decision, AGAIN);
    assert!(
        matches!(failure.error.kind.as_str(), "tls" | "connect"),
        "{failure:?}"
    );
}

#[tokio::test]
async fn each_form_of_retry_after_is_handed_on() {
    // The tests' clock stands at 18:30:00.
    for (header, after) in [
        ("Retry-After: 7", Some(Duration::from_secs(7))),
        (
            "Retry-After: Wed, 01 Jul 2026 18:30:20 GMT",
            Some(Duration::from_secs(20)),
        ),
        ("Retry-After: 315360000", Some(Duration::from_hours(87_600))),
        (
            "Retry-After: Wednesday, 01-Jul-26 18:30:20 GMT",
            Some(Duration::from_secs(20)),
        ),
        // Past already.
        (
            "Retry-After: Wed, 01 Jul 2026 18:00:00 GMT",
            Some(Duration::ZERO),
        ),
        // Ten years, as a date; so long a wait is cut where the pause is made.
        (
            "Retry-After: Tue, 01 Jul 2036 18:30:00 GMT",
            Some(Duration::from_hours(24 * 3_653)),
        ),
        ("Retry-After: 0", Some(Duration::ZERO)),
        ("Retry-After: soon", None),
        ("Retry-After: -5", None),
        ("Retry-After: 1.5", None),
        ("Retry-After:", None),
        ("X-Nothing: 1", None),
    ] {
        let peer = HttpPeer::start([answer("429 Too Many Requests", &[header], "slow down")]).await;
        for function in ["http::get", "http::post"] {
            let failure = failure(&peer, function, None).await;
            assert_eq!(failure.decision, Decision::Retry { after }, "{header}");
            assert_eq!(failure.answer.as_deref(), Some("slow down"));
            assert_eq!(failure.error.status, Some(429));
        }
    }
}

#[tokio::test]
async fn after_a_5xx_a_post_is_unknown_and_a_get_is_repeated() {
    let peer = HttpPeer::start([answer("500 Internal Server Error", &[], "oops")]).await;
    let post = failure(&peer, "http::post", None).await;
    assert_eq!(
        (post.decision, post.error.kind.as_str()),
        (Decision::Unknown, "status")
    );
    assert_eq!(post.error.status, Some(500));
    assert_eq!(failure(&peer, "http::get", None).await.decision, AGAIN);
    assert_eq!(
        failure(&peer, "http::post", Some("always")).await.decision,
        AGAIN
    );
}

#[tokio::test]
async fn a_status_counts_though_its_body_hangs() {
    let head = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 100\r\n\r\nhalf".to_vec();
    let peer = HttpPeer::start([Behaviour::Answer(head)]).await;
    let post = failure(&peer, "http::post", None).await;
    assert_eq!((post.decision, post.error.status), (AGAIN, Some(503)));
    assert_eq!(post.answer.as_deref(), Some("half"));
}

#[tokio::test]
async fn an_endless_answer_is_read_up_to_a_mebibyte() {
    for behaviour in [
        Behaviour::Endless(10 * 1024 * 1024 * 1024),
        Behaviour::EndlessChunks,
    ] {
        let peer = HttpPeer::start([behaviour.clone()]).await;
        let get = failure(&peer, "http::get", None).await;
        assert_eq!(
            (get.decision, get.error.kind.as_str()),
            (Decision::Fail, "too_large")
        );
        // What lies in the buffers of the two sockets was sent as well.
        assert!(
            peer.sent() < 16 * 1024 * 1024,
            "{behaviour:?}: {}",
            peer.sent()
        );
        let post = failure(&peer, "http::post", None).await;
        assert_eq!(
            (post.decision, post.error.kind.as_str()),
            (Decision::Unknown, "too_large")
        );
    }
}

#[tokio::test]
async fn a_compressed_answer_is_not_unpacked() {
    let peer = HttpPeer::start([answer(
        "200 OK",
        &["Content-Encoding: gzip"],
        "not gzip at all",
    )])
    .await;
    let value = call(&effects(), "http::get", &[Value::from(peer.url("/"))])
        .await
        .unwrap();
    assert_eq!(value.get("body"), Some(&Value::from("not gzip at all")));
    assert!(!peer.requests()[0].contains("accept-encoding"));
}

#[tokio::test]
async fn a_bomb_of_gzip_is_handed_on_as_it_came() {
    // What unpacks to a mebibyte of zeros, as often as fits: 1,000 times its size.
    let bomb = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff\xec\xc1\x01\x01".repeat(50_000);
    let mut whole = format!(
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n",
        bomb.len()
    )
    .into_bytes();
    whole.extend_from_slice(&bomb);
    let peer = HttpPeer::start([Behaviour::Answer(whole)]).await;
    let value = call(&effects(), "http::get", &[Value::from(peer.url("/"))])
        .await
        .unwrap();
    assert_eq!(value.get("body"), Some(&Value::Bytes(bomb)));
}

#[tokio::test]
async fn a_timeout_may_be_set_up_to_its_bound() {
    let peer = HttpPeer::start([Behaviour::Hang]).await;
    let with = |timeout: &str| {
        [
            Value::from(peer.url("/")),
            map([("timeout", Value::from(timeout))]),
        ]
    };
    let started = Instant::now();
    let short = call(&effects(), "http::get", &with("20ms"))
        .await
        .unwrap_err();
    assert_eq!(short.error.kind, "timeout");
    assert!(started.elapsed() < Duration::from_secs(10));
    let long = call(&effects(), "http::get", &with("3m"))
        .await
        .unwrap_err();
    assert_eq!(
        (long.error.kind.as_str(), long.decision),
        ("invalid", Decision::Fail)
    );
}
