//! Statistics.

use reqwest::StatusCode;
use serde_json::Value as Json;

use crate::harness::{CONFIGURED_KEY, Running};

#[tokio::test]
async fn what_came_is_counted_by_type_rule_and_hour() {
    let running = Running::start().await;
    running.set_rules(&[("new-booking/a.rhai", "log::info(\"a\");")]);
    for pid in ["1", "2"] {
        let body = format!(r#"{{"type":"new-booking","payload":{{"booking_pid":"{pid}"}}}}"#);
        assert_eq!(running.hook(body).await.status(), StatusCode::ACCEPTED);
    }
    running.hook("rubbish").await;
    let path = "/api/v1/stats?since=2026-03-14T18:00:00Z&until=2026-03-14T19:00:00Z";
    let (status, stats) = running.get(CONFIGURED_KEY, path).await;
    assert_eq!(status, StatusCode::OK, "{stats}");
    let rows = |list: &Json| -> Vec<String> {
        let rows = list.as_array().unwrap().iter();
        rows.map(|row| {
            let at = &row["at"];
            format!("{at} {} {} {}", row["name"], row["state"], row["number"])
        })
        .collect()
    };
    let hour = "\"2026-03-14T18:00:00Z\"";
    assert_eq!(
        rows(&stats["events"]),
        [
            format!("{hour} null \"rejected\" 1"),
            format!("{hour} \"new-booking\" \"queued\" 2"),
        ]
    );
    assert_eq!(
        rows(&stats["runs"]),
        [format!("{hour} \"new-booking/a\" \"ready\" 2")]
    );
    assert_eq!(stats["interval"], "hour");
}

#[tokio::test]
async fn a_time_that_is_too_long_or_upside_down_is_refused() {
    let running = Running::start().await;
    for (query, word) in [
        ("since=2026-01-01T00:00:00Z", "seven days"),
        ("since=2025-01-01T00:00:00Z&interval=day", "92 days"),
        (
            "since=2026-03-15T00:00:00Z&until=2026-03-14T00:00:00Z",
            "after",
        ),
        ("interval=minute", "interval"),
    ] {
        let (status, problem) = running
            .get(CONFIGURED_KEY, &format!("/api/v1/stats?{query}"))
            .await;
        let (expected, code) = if query == "interval=minute" {
            (StatusCode::BAD_REQUEST, "invalid_parameter")
        } else {
            (StatusCode::UNPROCESSABLE_ENTITY, "invalid_value")
        };
        assert_eq!(status, expected, "{query}: {problem}");
        assert_eq!(problem["code"], code, "{problem}");
        assert!(
            problem["detail"].as_str().unwrap().contains(word),
            "{problem}"
        );
    }
}
