//! Keys: made, shown once, rotated, revoked.

use chrono::TimeDelta;
use reqwest::{Method, StatusCode};
use serde_json::{Value as Json, json};

use crate::harness::{CONFIGURED_KEY, Running, beginning, problem};

async fn post(running: &Running, path: &str, body: Json) -> (StatusCode, Json) {
    let path = format!("/api/v1/{path}");
    let response = running
        .send(Method::POST, CONFIGURED_KEY, &path, Some(body))
        .await;
    (response.status(), response.json().await.unwrap())
}

#[tokio::test]
async fn a_made_key_does_what_its_scopes_say_and_its_text_is_not_shown_again() {
    let running = Running::start().await;
    let new = json!({"name": "console", "scopes": ["read"]});
    let (status, made) = post(&running, "keys", new).await;
    assert_eq!(status, StatusCode::CREATED);
    let key = made["key"].as_str().unwrap();
    assert!(key.starts_with(&format!("cue_{}_", made["id"].as_str().unwrap())));
    assert_eq!(running.get(key, "/api/v1/events").await.0, StatusCode::OK);
    let (status, _) = running.get(key, "/api/v1/keys").await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    let (_, list) = running.get(CONFIGURED_KEY, "/api/v1/keys").await;
    let listed = list["items"].as_array().unwrap();
    let found = listed.iter().find(|row| row["id"] == made["id"]).unwrap();
    assert_eq!(
        (&found["name"], &found["scopes"]),
        (&json!("console"), &json!(["read"]))
    );
    assert!(!list.to_string().contains(key));
    let path = format!("/api/v1/keys/{}", made["id"].as_str().unwrap());
    let (_, shown) = running.get(CONFIGURED_KEY, &path).await;
    assert_eq!(&shown, found);
}

#[tokio::test]
async fn a_key_ends_when_it_was_to_and_none_is_made_that_is_over() {
    let running = Running::start().await;
    let end = beginning() + TimeDelta::hours(1);
    let new = |at| json!({"name": "n", "scopes": ["read"], "expires_at": at});
    let (_, made) = post(&running, "keys", new(end)).await;
    let key = made["key"].as_str().unwrap();
    assert_eq!(running.get(key, "/api/v1/events").await.0, StatusCode::OK);
    running.clock.advance(TimeDelta::hours(1));
    let response = running.send(Method::GET, key, "/api/v1/events", None).await;
    problem(response, "expired_key").await;
    let (status, refused) = post(&running, "keys", new(end)).await;
    assert_eq!(
        (status, &refused["code"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &json!("invalid_value"))
    );
}

#[tokio::test]
async fn a_key_without_a_scope_or_with_an_unknown_one_is_not_made() {
    let running = Running::start().await;
    for scopes in [json!([]), json!(["root"]), json!(["read", "read"])] {
        let new = json!({"name": "n", "scopes": scopes});
        let (status, refused) = post(&running, "keys", new).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{refused}");
    }
}

#[tokio::test]
async fn a_rotated_key_is_good_for_the_overlap_and_its_successor_after_it() {
    let running = Running::start().await;
    let new = json!({"name": "crm", "scopes": ["write"]});
    let (_, former) = post(&running, "keys", new).await;
    let path = format!("keys/{}/rotate", former["id"].as_str().unwrap());
    let (status, made) = post(&running, &path, json!({"overlap_seconds": 60})).await;
    assert_eq!(
        (status, &made["scopes"]),
        (StatusCode::CREATED, &json!(["write"]))
    );
    let state = async |key: &Json| {
        let key = key["key"].as_str().unwrap();
        running.get(key, "/api/v1/keys").await.0
    };
    assert_eq!(
        (state(&former).await, state(&made).await),
        (StatusCode::FORBIDDEN, StatusCode::FORBIDDEN)
    );
    running.clock.advance(TimeDelta::seconds(60));
    assert_eq!(
        (state(&former).await, state(&made).await),
        (StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN)
    );
    let (status, refused) = post(&running, &path, json!({})).await;
    assert_eq!(
        (status, &refused["code"]),
        (StatusCode::CONFLICT, &json!("wrong_state"))
    );
}

#[tokio::test]
async fn a_revoked_key_is_let_in_no_more_and_the_last_administrator_stays() {
    let running = Running::start().await;
    let new = json!({"name": "n", "scopes": ["read"]});
    let (_, made) = post(&running, "keys", new).await;
    let path = format!("keys/{}/revoke", made["id"].as_str().unwrap());
    let (status, revoked) = post(&running, &path, json!({})).await;
    assert_eq!(status, StatusCode::OK);
    assert!(revoked["revoked_at"].is_string());
    let key = made["key"].as_str().unwrap();
    let response = running.send(Method::GET, key, "/api/v1/events", None).await;
    problem(response, "revoked_key").await;
    let (status, refused) = post(&running, "keys/admin/revoke", json!({})).await;
    assert_eq!(
        (status, &refused["code"]),
        (StatusCode::CONFLICT, &json!("wrong_state"))
    );
}

#[tokio::test]
async fn the_use_of_a_key_is_written_down_once_a_minute() {
    let running = Running::start().await;
    let key = running.key(&["read"]).await;
    let commits = async || {
        running.get(&key, "/api/v1/events").await;
        running.get(&key, "/api/v1/events").await;
        // What is written next is written after it.
        running
            .store
            .stop(None, cuebook_store::Stopped::Sends)
            .await
            .unwrap();
        running
            .store
            .start(None, cuebook_store::Stopped::Sends)
            .await
            .unwrap();
        let (_, list) = running.get(CONFIGURED_KEY, "/api/v1/keys").await;
        list["items"]
            .as_array()
            .unwrap()
            .iter()
            .find(|row| row["name"] == "test")
            .unwrap()["last_used_at"]
            .clone()
    };
    let first = commits().await;
    assert_eq!(first, "2026-03-14T18:30:00Z");
    running.clock.advance(TimeDelta::seconds(59));
    assert_eq!(commits().await, first);
    running.clock.advance(TimeDelta::seconds(1));
    assert_eq!(commits().await, "2026-03-14T18:31:00Z");
}
