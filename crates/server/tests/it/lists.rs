//! Lists and single records: pages, filters, members.

use reqwest::StatusCode;
use serde_json::{Value as Json, json};

use crate::harness::{Running, beginning, id};

async fn hooks(running: &Running, numbers: std::ops::Range<u32>) -> Vec<String> {
    let mut ids = Vec::new();
    for n in numbers {
        let body = format!(r#"{{"type":"new-booking","payload":{{"booking_pid":{n}}}}}"#);
        ids.push(id(running.hook(body).await).await);
        running.clock.advance(chrono::TimeDelta::milliseconds(1));
    }
    ids
}

fn ids_of(list: &Json) -> Vec<String> {
    let items = list["items"].as_array().unwrap();
    items
        .iter()
        .map(|item| item["id"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn pages_stay_the_same_while_new_events_come() {
    let running = Running::start().await;
    let key = running.key(&["read"]).await;
    let mut expected = hooks(&running, 0..7).await;
    expected.reverse();
    let (_, first) = running.get(&key, "/api/v1/events?limit=3").await;
    hooks(&running, 7..9).await;
    let mut seen = ids_of(&first);
    let mut cursor = first["next_cursor"].clone();
    while let Some(next) = cursor.as_str() {
        let path = format!("/api/v1/events?limit=3&cursor={next}");
        let (status, page) = running.get(&key, &path).await;
        assert_eq!(status, StatusCode::OK);
        seen.extend(ids_of(&page));
        cursor = page["next_cursor"].clone();
    }
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn filters_narrow_the_list_together() {
    let running = Running::start().await;
    let key = running.key(&["read", "write"]).await;
    hooks(&running, 0..2).await;
    let since = beginning() + chrono::TimeDelta::milliseconds(2);
    let person = id(running
        .hook(r#"{"type":"new-updated","payload":{"person_pid":"P7"}}"#)
        .await)
    .await;
    let since = since.to_rfc3339();
    for filter in [
        "type=person-updated",
        "type=new-updated",
        "type=new-person&type=person-updated",
        "subject=P7",
        "state=no_rule",
        "q=P7",
        &format!("since={}", since.replace('+', "%2B")),
        "type=person-updated&subject=P7&origin=webhook&state=no_rule",
    ] {
        let (status, list) = running.get(&key, &format!("/api/v1/events?{filter}")).await;
        assert_eq!(status, StatusCode::OK, "{list}");
        assert_eq!(ids_of(&list), [person.as_str()], "{filter}");
    }
    for filter in [
        "rule=new-booking/thank-you",
        "until=2026-03-14T18:30:00.002Z",
    ] {
        let (_, list) = running.get(&key, &format!("/api/v1/events?{filter}")).await;
        assert_eq!(ids_of(&list).len(), 2, "{filter}");
    }
    let (_, none) = running
        .get(&key, "/api/v1/events?subject=P7&state=pending")
        .await;
    assert_eq!(none, json!({"items": [], "next_cursor": null}));
}

#[tokio::test]
async fn a_large_payload_is_in_the_event_itself_and_not_in_lists() {
    let running = Running::start().await;
    let key = running.key(&["read"]).await;
    let text = "x".repeat(16 * 1024);
    let body = format!(r#"{{"type":"t","payload":{{"text":"{text}"}}}}"#);
    let event = id(running.hook(body).await).await;
    let (_, list) = running.get(&key, "/api/v1/events").await;
    assert_eq!(list["items"][0]["payload"], Json::Null);
    assert_eq!(list["items"][0]["payload_left_out"], true);
    let (_, shown) = running.get(&key, &format!("/api/v1/events/{event}")).await;
    assert_eq!(shown["payload"]["text"], text);
    assert!(shown.get("payload_left_out").is_none());
}

#[tokio::test]
async fn an_event_has_exactly_the_documented_members() {
    let running = Running::start().await;
    let key = running.key(&["read"]).await;
    let ids = hooks(&running, 5..6).await;
    let (_, event) = running
        .get(&key, &format!("/api/v1/events/{}", ids[0]))
        .await;
    let run = event["runs"][0]["id"].clone();
    let expected = json!({
        "id": ids[0],
        "type": "new-booking",
        "wire_type": "new-booking",
        "subject": "5",
        "origin": "webhook",
        "state": "pending",
        "reason": null,
        "received_at": "2026-03-14T18:30:00Z",
        "payload": {"booking_pid": 5},
        "runs": [{"id": run, "rule": "new-booking/thank-you", "state": "ready", "reason": null}],
        "runs_failed": 0,
    });
    assert_eq!(event, expected);
    let (_, run) = running
        .get(&key, &format!("/api/v1/runs/{}", run.as_str().unwrap()))
        .await;
    let expected = json!({
        "id": run["id"],
        "event_id": ids[0],
        "rule": "new-booking/thank-you",
        "rule_version": null,
        "state": "ready",
        "reason": null,
        "subject": "5",
        "started_at": null,
        "ended_at": null,
        "steps": [],
        "logs": [],
        "effects": [],
    });
    assert_eq!(run, expected);
    let (_, runs) = running
        .get(&key, "/api/v1/runs?state=ready&subject=5")
        .await;
    assert_eq!(ids_of(&runs), [run["id"].as_str().unwrap()]);
}
