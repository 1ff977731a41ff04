//! Asking for what never came, and deciding about events that wait, over the API.

use cuebook_core::EventId;
use cuebook_core::event::{Event, Origin};
use reqwest::{Method, StatusCode};
use serde_json::{Value as Json, json};

use crate::harness::{Running, problem};

const PATH: &str = "/api/v1/reconciliations";

async fn asked() -> (Running, String) {
    let running = Running::configured(|parts| parts.settings.ticketpark_configured = true).await;
    let key = running.key(&["read", "write"]).await;
    (running, key)
}

/// An event that Ticketpark is asked about.
async fn waiting(running: &Running) -> EventId {
    let body = br#"{"type":"new-booking","payload":{"booking_pid":"42"}}"#.to_vec();
    let now = cuebook_core::Clock::now(&*running.clock);
    let id = EventId(cuebook_core::Chance::uuid(&*running.chance, now));
    let event = Event::made(id, Origin::Webhook, body, now).unwrap();
    running.store.accept_to_confirm(event).await.unwrap()
}

#[tokio::test]
async fn one_is_begun_at_a_time_and_can_be_cancelled() {
    let (running, key) = asked().await;
    let body = json!({"since": "2026-03-14T00:00:00Z"});
    let begun = running
        .send(Method::POST, &key, PATH, Some(body.clone()))
        .await;
    assert_eq!(begun.status(), StatusCode::CREATED);
    let location = begun.headers()["location"].to_str().unwrap().to_owned();
    let begun: Json = begun.json().await.unwrap();
    assert_eq!(
        (&begun["state"], &begun["cause"]),
        (&json!("running"), &json!("operator"))
    );
    assert_eq!(begun["since"], "2026-03-14T00:00:00Z");
    let second = running.send(Method::POST, &key, PATH, Some(body)).await;
    assert_eq!(second.status(), StatusCode::CONFLICT);
    problem(second, "wrong_state").await;

    let path = format!("{location}/cancel");
    let cancelled = running.send(Method::POST, &key, &path, None).await;
    assert_eq!(
        cancelled.json::<Json>().await.unwrap()["state"],
        "cancelled"
    );
    let again = running.send(Method::POST, &key, &path, None).await;
    problem(again, "wrong_state").await;
    let list = running.send(Method::GET, &key, PATH, None).await;
    let list: Json = list.json().await.unwrap();
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    assert_eq!(list["items"][0]["id"], begun["id"]);
}

#[tokio::test]
async fn the_future_cannot_be_asked_for_nor_anything_where_ticketpark_is_not_configured() {
    let (running, key) = asked().await;
    let body = json!({"since": "2999-01-01T00:00:00Z"});
    let future = running.send(Method::POST, &key, PATH, Some(body)).await;
    problem(future, "invalid_value").await;
    let alone = Running::start().await;
    let key = alone.key(&["write"]).await;
    let refused = alone.send(Method::POST, &key, PATH, Some(json!({}))).await;
    let refused = problem(refused, "wrong_state").await;
    assert!(
        refused["detail"]
            .as_str()
            .unwrap()
            .contains("ticketpark.client_key")
    );
}

#[tokio::test]
async fn what_waits_is_approved_or_discarded_once_and_the_log_says_by_whom_and_why() {
    let (running, key) = asked().await;
    let (one, other) = (waiting(&running).await, waiting(&running).await);
    let decide = |id: EventId, verb: &str| format!("/api/v1/events/{id}/{verb}");
    let why = json!({"reason": "seen at the desk"});
    let approved = running
        .send(Method::POST, &key, &decide(one, "approve"), Some(why))
        .await;
    assert_eq!(approved.status(), StatusCode::OK);
    let approved: Json = approved.json().await.unwrap();
    assert_eq!(
        (&approved["state"], &approved["trust"]),
        (&json!("pending"), &json!("unconfirmed"))
    );
    let discarded = running
        .send(Method::POST, &key, &decide(other, "discard"), None)
        .await;
    let discarded: Json = discarded.json().await.unwrap();
    assert_eq!(discarded["state"], "rejected");
    assert!(discarded["runs"].as_array().unwrap().is_empty());
    let again = running
        .send(Method::POST, &key, &decide(other, "approve"), None)
        .await;
    problem(again, "wrong_state").await;

    let admin = running.key(&["admin"]).await;
    let audit = running
        .send(Method::GET, &admin, "/api/v1/audit", None)
        .await;
    let audit: Json = audit.json().await.unwrap();
    let rows = audit["items"].as_array().unwrap();
    let row = rows
        .iter()
        .find(|row| row["operation"] == "approve_event")
        .unwrap();
    assert!(row.to_string().contains("seen at the desk"), "{row}");
    assert!(row.to_string().contains("confirming"), "{row}");
    assert!(rows.iter().any(|row| row["operation"] == "discard_event"));
}

#[tokio::test]
async fn a_hook_of_a_type_that_is_confirmed_stores_and_starts_nothing() {
    let running = Running::configured(|parts| {
        parts.settings.confirmed_types = std::sync::Arc::new(["new-booking".to_owned()].into());
    })
    .await;
    let key = running.key(&["read"]).await;
    let answer = running
        .hook(r#"{"type":"new-booking","payload":{"booking_pid":7}}"#)
        .await;
    assert_eq!(answer.status(), StatusCode::ACCEPTED);
    let id = answer.json::<Json>().await.unwrap()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let path = format!("/api/v1/events/{id}");
    let event: Json = running
        .send(Method::GET, &key, &path, None)
        .await
        .json()
        .await
        .unwrap();
    assert_eq!(
        (&event["state"], &event["runs"]),
        (&json!("confirming"), &json!([]))
    );
    let broken = running.hook(r#"{"payload":{}}"#).await;
    assert_eq!(
        broken.status(),
        StatusCode::BAD_REQUEST,
        "what is no message goes to quarantine at once"
    );
}
