//! Hook tokens: any number of them, retired and restored.

use reqwest::{Method, StatusCode};
use serde_json::{Value as Json, json};

use crate::harness::{CONFIGURED_KEY, Running, TOKEN, id, problem};

const BOOKING: &str = r#"{"type":"new-booking","payload":{"booking_pid":1}}"#;

async fn post(running: &Running, path: &str, body: Json) -> (StatusCode, Json) {
    let path = format!("/api/v1/hook-tokens{path}");
    let response = running
        .send(Method::POST, CONFIGURED_KEY, &path, Some(body))
        .await;
    (response.status(), response.json().await.unwrap())
}

#[tokio::test]
async fn a_further_token_is_good_beside_the_others_and_shown_once() {
    let running = Running::start().await;
    let (status, made) = post(&running, "", json!({"name": "shop"})).await;
    assert_eq!(status, StatusCode::CREATED);
    let token = made["token"].as_str().unwrap();
    assert_eq!(
        made["url"],
        format!("{}/hooks/ticketpark/{token}", running.url)
    );
    for token in [token, TOKEN] {
        let response = running.hook_with(token, BOOKING).await;
        assert_eq!(response.status(), StatusCode::ACCEPTED);
    }
    let key = running.key(&["read"]).await;
    let (_, list) = running.get(&key, "/api/v1/hook-tokens").await;
    let names: Vec<&str> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["name"].as_str().unwrap())
        .collect();
    assert!(
        names.contains(&"shop") && names.contains(&"new"),
        "{names:?}"
    );
    assert!(!list.to_string().contains(token));
    let (status, refused) = post(&running, "", json!({"name": "default"})).await;
    assert_eq!(
        (status, &refused["code"]),
        (StatusCode::CONFLICT, &json!("wrong_state"))
    );
}

#[tokio::test]
async fn a_token_in_use_is_retired_with_force_only_and_what_comes_then_is_kept() {
    let running = Running::start().await;
    let (_, made) = post(&running, "", json!({"name": "shop"})).await;
    let token = made["token"].as_str().unwrap();
    running.hook_with(token, BOOKING).await;
    let retire = format!("/{}/retire", made["id"].as_str().unwrap());
    // What is written next is written after its use.
    post(&running, "", json!({"name": "other"})).await;
    let (status, refused) = post(&running, &retire, json!({})).await;
    assert_eq!(
        (status, &refused["code"]),
        (StatusCode::CONFLICT, &json!("token_in_use"))
    );
    let (status, retired) = post(&running, &retire, json!({"force": true})).await;
    assert_eq!(status, StatusCode::OK);
    assert!(retired["retired_at"].is_string());

    let response = running.hook_with(token, BOOKING).await;
    assert_eq!(response.status(), StatusCode::GONE);
    let kept = problem(response, "token_retired").await;
    let event = format!("/api/v1/events/{}", kept["id"].as_str().unwrap());
    let (_, event) = running.get(CONFIGURED_KEY, &event).await;
    assert_eq!(
        (&event["state"], &event["type"]),
        (&json!("rejected"), &json!("new-booking"))
    );
    let raw = format!("/api/v1/events/{}/raw", kept["id"].as_str().unwrap());
    let raw = running.send(Method::GET, CONFIGURED_KEY, &raw, None).await;
    assert_eq!(raw.text().await.unwrap(), BOOKING);
}

#[tokio::test]
async fn a_restored_token_is_good_again_and_what_came_meanwhile_can_be_replayed() {
    let running = Running::start().await;
    let (_, made) = post(&running, "", json!({"name": "shop"})).await;
    let token = made["token"].as_str().unwrap();
    let at = |verb: &str| format!("/{}/{verb}", made["id"].as_str().unwrap());
    post(&running, &at("retire"), json!({})).await;
    let lost = problem(running.hook_with(token, BOOKING).await, "token_retired").await;
    let (status, restored) = post(&running, &at("restore"), json!({})).await;
    assert_eq!(
        (status, &restored["retired_at"]),
        (StatusCode::OK, &Json::Null)
    );
    id(running.hook_with(token, BOOKING).await).await;
    let replay = format!("/api/v1/events/{}/replay", lost["id"].as_str().unwrap());
    let replayed = running
        .send(Method::POST, CONFIGURED_KEY, &replay, None)
        .await;
    let replayed: Json = replayed.json().await.unwrap();
    assert_eq!(replayed["runs"].as_array().unwrap().len(), 1);
    let (status, _) = post(&running, "/0123456789abcdef/restore", json!({})).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}
