//! Endpoints: registering, changing, rotating, testing, and what was delivered.

use cuebook_server::EndpointUrls;
use reqwest::{Method, StatusCode};
use serde_json::{Value as Json, json};

use crate::harness::{CONFIGURED_KEY, Running, problem};

const BOOKING: &str = r#"{"type":"new-booking","payload":{"booking_pid":1}}"#;
const URL: &str = "https://crm.example.com/hooks/tickets?key=abc";

async fn send(
    running: &Running,
    method: Method,
    path: &str,
    body: Option<Json>,
) -> (StatusCode, Json) {
    let path = format!("/api/v1/endpoints{path}");
    let response = running.send(method, CONFIGURED_KEY, &path, body).await;
    let status = response.status();
    (status, response.json().await.unwrap_or_default())
}

async fn post(running: &Running, path: &str, body: Json) -> (StatusCode, Json) {
    send(running, Method::POST, path, Some(body)).await
}

async fn get(running: &Running, path: &str) -> Json {
    running
        .get(CONFIGURED_KEY, &format!("/api/v1/endpoints{path}"))
        .await
        .1
}

/// Registers an endpoint; gives its path and its secret.
async fn registered(running: &Running) -> (String, String) {
    let (status, made) = post(running, "", json!({"url": URL})).await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    let id = made["endpoint"]["id"].as_str().unwrap();
    (
        format!("/{id}"),
        made["secret"].as_str().unwrap().to_owned(),
    )
}

#[tokio::test]
async fn an_endpoint_is_registered_with_its_defaults_and_its_secret_shown_once() {
    let running = Running::start().await;
    let (path, secret) = registered(&running).await;
    assert!(secret.starts_with("whsec_") && secret.len() == 6 + 44);
    let shown = get(&running, &path).await;
    assert_eq!(shown["origins"], json!(["webhook", "reconcile"]));
    assert_eq!(
        (
            &shown["types"],
            &shown["state"],
            &shown["enabled"],
            &shown["rate"]
        ),
        (&json!([]), &json!("active"), &json!(true), &Json::Null)
    );
    let list = get(&running, "?limit=1").await;
    assert_eq!(list["items"][0], shown);
    assert!(!list.to_string().contains(&secret));
    let (_, audit) = running.get(CONFIGURED_KEY, "/api/v1/audit").await;
    assert_eq!(audit["items"][0]["operation"], "create_endpoint", "{audit}");
    let audit = audit.to_string();
    assert!(
        !audit.contains(&secret) && !audit.contains("key=abc"),
        "{audit}"
    );
}

#[tokio::test]
async fn what_cannot_be_an_endpoint_is_refused_with_what_would_be_right() {
    let running = Running::configured(|parts| {
        parts.settings.endpoint_urls = EndpointUrls::new(|url| {
            let private = url.contains("10.0.0.1");
            let why = || "10.0.0.1 is not a public address".to_owned();
            if private { Err(why()) } else { Ok(()) }
        });
    })
    .await;
    for (body, code) in [
        (json!({"url": "https://10.0.0.1/"}), "url_refused"),
        (json!({"url": "crm.example.com"}), "invalid_body"),
        (json!({"url": URL, "types": ["new-boking"]}), "invalid_body"),
        (json!({"url": URL, "origins": ["emit"]}), "invalid_body"),
        (json!({"url": URL, "origins": []}), "invalid_body"),
        (json!({"url": URL, "secret": "whsec_mine"}), "invalid_body"),
        (json!({}), "invalid_body"),
    ] {
        let path = "/api/v1/endpoints";
        let response = running
            .send(Method::POST, CONFIGURED_KEY, path, Some(body))
            .await;
        problem(response, code).await;
    }
    let (path, _) = registered(&running).await;
    let path = format!("/api/v1/endpoints{path}");
    let body = json!({"url": "https://10.0.0.1/"});
    let response = running
        .send(Method::PATCH, CONFIGURED_KEY, &path, Some(body))
        .await;
    problem(response, "url_refused").await;
}

#[tokio::test]
async fn what_is_given_is_changed_and_a_removed_endpoint_is_gone() {
    let running = Running::start().await;
    let (path, _) = registered(&running).await;
    let changes =
        json!({"types": ["person-updated", "new-updated"], "rate": 5, "description": "the CRM"});
    let (status, changed) = send(&running, Method::PATCH, &path, Some(changes)).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(
        changed["types"],
        json!(["person-updated"]),
        "each once, by its canonical name"
    );
    assert_eq!(
        (&changed["rate"], &changed["url"]),
        (&json!(5), &json!(URL))
    );
    let (_, changed) = send(&running, Method::PATCH, &path, Some(json!({"rate": 0}))).await;
    assert_eq!(
        (&changed["rate"], &changed["description"]),
        (&Json::Null, &json!("the CRM"))
    );
    let (status, _) = send(&running, Method::DELETE, &path, None).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    for (method, of) in [
        (Method::GET, ""),
        (Method::DELETE, ""),
        (Method::POST, "/enable"),
        (Method::POST, "/rotate-secret"),
        (Method::POST, "/test"),
        (Method::GET, "/deliveries"),
    ] {
        let (status, refused) = send(&running, method, &format!("{path}{of}"), None).await;
        assert_eq!(
            (status, &refused["code"]),
            (StatusCode::NOT_FOUND, &json!("not_found")),
            "{of}"
        );
    }
}

#[tokio::test]
async fn a_rotated_secret_is_another_one_and_the_former_is_good_for_a_day() {
    let running = Running::start().await;
    let (path, first) = registered(&running).await;
    let (status, rotated) = post(&running, &format!("{path}/rotate-secret"), json!({})).await;
    assert_eq!(status, StatusCode::OK);
    assert_ne!(rotated["secret"], json!(first));
    assert_eq!(
        get(&running, &path).await["former_secret_until"],
        rotated["former_secret_until"]
    );
    assert!(rotated["former_secret_until"].is_string());
}

#[tokio::test]
async fn a_disabled_endpoint_gets_nothing_until_it_is_enabled() {
    let running = Running::start().await;
    let (path, _) = registered(&running).await;
    let (_, disabled) = post(&running, &format!("{path}/disable"), json!({})).await;
    assert_eq!(
        (&disabled["state"], &disabled["enabled"]),
        (&json!("disabled"), &json!(false))
    );
    assert!(disabled["reason"].is_string() && disabled["paused_at"].is_string());
    running.hook(BOOKING).await;
    let deliveries = format!("{path}/deliveries");
    assert_eq!(get(&running, &deliveries).await["items"], json!([]));
    let (_, enabled) = post(&running, &format!("{path}/enable"), json!({})).await;
    assert_eq!(
        (&enabled["state"], &enabled["reason"]),
        (&json!("active"), &Json::Null)
    );
    running.hook(BOOKING).await;
    assert_eq!(
        get(&running, &deliveries).await["items"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn deliveries_are_listed_by_filter_a_page_at_a_time() {
    let running = Running::start().await;
    let (path, _) = registered(&running).await;
    for _ in 0..3 {
        running.hook(BOOKING).await;
    }
    let (status, test) = post(
        &running,
        &format!("{path}/test"),
        json!({"type": "new-payment"}),
    )
    .await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(
        (&test["test"], &test["event_id"], &test["state"]),
        (&json!(true), &Json::Null, &json!("pending"))
    );
    let deliveries = format!("{path}/deliveries");
    let mut seen = Vec::new();
    let mut query = "?limit=3".to_owned();
    loop {
        let page = get(&running, &format!("{deliveries}{query}")).await;
        seen.extend(
            page["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|row| row["id"].clone()),
        );
        let Some(cursor) = page["next_cursor"].as_str() else {
            break;
        };
        query = format!("?limit=3&cursor={cursor}");
    }
    assert_eq!(seen.len(), 4);
    let of_type = get(
        &running,
        &format!("{deliveries}?type=new-booking&state=pending"),
    )
    .await;
    let of_type = of_type["items"].as_array().unwrap().clone();
    assert_eq!(of_type.len(), 3);
    let event = of_type[0]["event_id"].as_str().unwrap();
    let of_event = get(&running, &format!("{deliveries}?event={event}")).await;
    assert_eq!(of_event["items"], json!([of_type[0]]));
    let shown = get(
        &running,
        &format!("{deliveries}/{}", of_type[0]["id"].as_str().unwrap()),
    )
    .await;
    assert_eq!(shown, of_type[0]);
    // In the ledger they are effects without a run.
    let (_, effects) = running
        .get(CONFIGURED_KEY, &format!("/api/v1/effects?event={event}"))
        .await;
    assert_eq!(effects["items"][0]["kind"], "endpoint::deliver");
    assert_eq!(effects["items"][0]["run_id"], Json::Null);
    assert_eq!(
        effects["items"][0]["target"],
        "https://crm.example.com/hooks/tickets?…"
    );
}

#[tokio::test]
async fn what_did_not_fail_is_not_recovered_and_what_is_done_is_resent() {
    let running = Running::start().await;
    let (path, _) = registered(&running).await;
    running.hook(BOOKING).await;
    let body = json!({"since": "2020-01-01T00:00:00Z"});
    let (_, recovered) = post(&running, &format!("{path}/recover"), body).await;
    assert_eq!(recovered, json!({"deliveries": 0}));
    let deliveries = get(&running, &format!("{path}/deliveries")).await;
    let id = deliveries["items"][0]["id"].as_str().unwrap();
    let (status, resent) = post(
        &running,
        &format!("{path}/deliveries/{id}/resend"),
        json!({}),
    )
    .await;
    assert_eq!(
        (status, &resent["state"]),
        (StatusCode::OK, &json!("pending")),
        "{resent}"
    );
    let (other, _) = registered(&running).await;
    let (status, _) = post(
        &running,
        &format!("{other}/deliveries/{id}/resend"),
        json!({}),
    )
    .await;
    assert_eq!(status, StatusCode::NOT_FOUND, "it is not that endpoint's");
}

#[tokio::test]
async fn who_may_only_write_tests_and_resends_but_registers_nothing() {
    let running = Running::start().await;
    let (path, _) = registered(&running).await;
    let key = running.key(&["write"]).await;
    let test = format!("/api/v1/endpoints{path}/test");
    let response = running.send(Method::POST, &key, &test, None).await;
    assert_eq!(response.status(), StatusCode::OK);
    let body = json!({"url": URL});
    let response = running
        .send(Method::POST, &key, "/api/v1/endpoints", Some(body))
        .await;
    problem(response, "missing_scope").await;
}

#[tokio::test]
async fn what_a_url_says_in_its_query_is_shown_to_those_who_see_personal_data_only() {
    let running = Running::start().await;
    let url = "https://crm.example.com/hook?api_key=canary-7d1";
    let (status, made) = post(&running, "", json!({"url": url})).await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    let id = made["endpoint"]["id"].as_str().unwrap();
    let reader = running.key(&["read"]).await;
    let trusted = running.key(&["read", "personal"]).await;
    for path in ["endpoints".to_owned(), format!("endpoints/{id}")] {
        let path = format!("/api/v1/{path}");
        let (_, shown) = running.get(&reader, &path).await;
        assert!(!shown.to_string().contains("canary"), "{shown}");
        assert!(
            shown.to_string().contains("crm.example.com/hook"),
            "{shown}"
        );
        let (_, shown) = running.get(&trusted, &path).await;
        assert!(shown.to_string().contains("canary"), "{shown}");
    }
}
