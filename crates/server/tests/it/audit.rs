//! Who changed what.

use reqwest::{Method, StatusCode};
use serde_json::{Value as Json, json};

use crate::harness::{CONFIGURED_KEY, Running};

async fn log(running: &Running, query: &str) -> Vec<Json> {
    let path = format!("/api/v1/audit{query}");
    let (status, list) = running.get(CONFIGURED_KEY, &path).await;
    assert_eq!(status, StatusCode::OK, "{list}");
    list["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_change_is_told_with_key_address_request_and_what_changed() {
    let running = Running::start().await;
    let body = json!({"value": "canary-secret-9f1"});
    let put = running
        .send(
            Method::PUT,
            CONFIGURED_KEY,
            "/api/v1/secrets/CRM",
            Some(body),
        )
        .await;
    let request_id = put.headers()["x-request-id"].to_str().unwrap().to_owned();
    let rows = log(&running, "").await;
    let row = &rows[0];
    assert_eq!(rows.len(), 1, "{rows:?}");
    for (member, expected) in [
        ("key_id", "admin"),
        ("address", "127.0.0.1"),
        ("operation", "put_secret"),
        ("target_kind", "secret"),
        ("target_id", "script/CRM"),
        ("at", "2026-03-14T18:30:00Z"),
        ("request_id", request_id.as_str()),
    ] {
        assert_eq!(row[member], expected, "{row}");
    }
    assert_eq!(row["before"], Json::Null);
    assert_eq!(row["after"]["updated_at"], "2026-03-14T18:30:00Z");
    assert!(!row.to_string().contains("canary"));
}

#[tokio::test]
async fn reading_checking_and_what_is_refused_leave_no_row() {
    let running = Running::start().await;
    let reader = running.key(&["read"]).await;
    running.get(&reader, "/api/v1/events").await;
    let rule = json!({"path": "new-booking/a.rhai", "source": "log::info(\"a\");"});
    for (key, path, body) in [
        (reader.as_str(), "rules/check", rule),
        (reader.as_str(), "system/pause", json!({})),
        (
            CONFIGURED_KEY,
            "runs/0195f3a0-7c1e-7b2a-9a51-3d9f0c6b2e11/retry",
            json!({}),
        ),
        (CONFIGURED_KEY, "events", json!({"payload": 1})),
    ] {
        running
            .send(Method::POST, key, &format!("/api/v1/{path}"), Some(body))
            .await;
    }
    assert_eq!(log(&running, "").await, Vec::<Json>::new());
}

#[tokio::test]
async fn what_an_operator_does_with_runs_events_and_pauses_can_be_filtered() {
    let running = Running::start().await;
    let writer = running.key(&["write"]).await;
    let post = async |path: &str, body: Json| {
        let path = format!("/api/v1/{path}");
        let response = running.send(Method::POST, &writer, &path, Some(body)).await;
        assert!(response.status().is_success(), "{path}");
        response.json::<Json>().await.unwrap()
    };
    let booking = json!({"type": "new-booking", "payload": {"booking_pid": 1}});
    let injected = post("events", booking).await;
    let run = injected["runs"][0].as_str().unwrap();
    let why = json!({"reason": "tom@tomsons.com asked for it"});
    post(&format!("runs/{run}/cancel"), why).await;
    post("system/pause", json!({"rule": "new-booking/thank-you"})).await;
    post("system/resume", json!({"rule": "new-booking/thank-you"})).await;

    let operations: Vec<Json> = log(&running, "")
        .await
        .iter()
        .map(|row| row["operation"].clone())
        .collect();
    assert_eq!(
        operations,
        [
            "resume_system",
            "pause_system",
            "cancel_run",
            "inject_event"
        ]
    );
    let cancelled = log(&running, &format!("?target={run}")).await.remove(0);
    assert_eq!(
        (&cancelled["before"]["state"], &cancelled["after"]["state"]),
        (&json!("ready"), &json!("cancelled"))
    );
    assert_eq!(cancelled["reason"], "***@*** asked for it");
    let id = writer.split('_').nth(1).unwrap();
    assert_eq!(
        log(&running, &format!("?key={id}&target_kind=stop"))
            .await
            .len(),
        2
    );
    assert_eq!(
        log(&running, "?operation=pause_system&operation=cancel_run")
            .await
            .len(),
        2
    );
    assert_eq!(log(&running, "?key=admin").await.len(), 0);
    assert_eq!(log(&running, "?since=2026-03-14T18:30:01Z").await.len(), 0);
    assert_eq!(log(&running, "?q=resume").await.len(), 1);
}

#[tokio::test]
async fn the_address_is_what_a_trusted_proxy_says_and_nobody_else() {
    for (trusted, expected) in [
        (Vec::new(), "127.0.0.1"),
        (vec!["127.0.0.0/8".parse().unwrap()], "198.51.100.7"),
    ] {
        let running = Running::configured(|parts| parts.settings.trusted_proxies = trusted).await;
        running
            .client
            .post(format!("{}/api/v1/system/pause", running.url))
            .bearer_auth(CONFIGURED_KEY)
            .header("x-forwarded-for", "203.0.113.9, 198.51.100.7")
            .send()
            .await
            .unwrap();
        let rows = log(&running, "").await;
        assert_eq!(rows[0]["address"], expected);
    }
}
