//! Who may do what: each operation of the document with each kind of key.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use cuebook_server::ServerLimits;
use reqwest::{Method, StatusCode};
use serde_json::Value as Json;

use crate::harness::{CONFIGURED_KEY, Running, beginning, problem, revoked_key};

/// One operation of the document.
struct Operation {
    name: String,
    method: Method,
    path: String,
    body: Option<Json>,
    scope: String,
}

/// The operations of the API, from its document, so that none can be forgotten here.
fn operations() -> Vec<Operation> {
    let document: Json =
        serde_json::from_str(&cuebook_server::openapi_document("http://x")).unwrap();
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        if !path.starts_with("/api/v1/") {
            continue;
        }
        for (method, operation) in item.as_object().unwrap() {
            let scheme = operation["security"][0].as_object().unwrap();
            let scope = scheme.keys().next().unwrap().strip_prefix("key_").unwrap();
            let path = with_parameters(path, operation);
            let body = &operation["requestBody"]["content"];
            operations.push(Operation {
                name: operation["operationId"].as_str().unwrap().to_owned(),
                method: method.to_uppercase().parse().unwrap(),
                path,
                body: body.as_object().map(|_| body_for(operation)),
                scope: scope.to_owned(),
            });
        }
    }
    operations
}

/// The path with something well-formed in the place of each parameter, which names nothing that there is.
fn with_parameters(path: &str, operation: &Json) -> String {
    let mut path = path.to_owned();
    for parameter in operation["parameters"].as_array().into_iter().flatten() {
        if parameter["in"] == "path" {
            let name = parameter["name"].as_str().unwrap();
            let value = match parameter["schema"]["format"].as_str() {
                Some("uuid") => "0195f3a0-7c1e-7b2a-9a51-3d9f0c6b2e11",
                _ => "none",
            };
            path = path.replace(&format!("{{{name}}}"), value);
        }
    }
    assert!(!path.contains('{'), "{path}");
    path
}

/// The body that the document gives as an example.
fn body_for(operation: &Json) -> Json {
    let contents = operation["requestBody"]["content"].as_object().unwrap();
    let content = contents.values().next().unwrap();
    let first = content["examples"]
        .as_object()
        .and_then(|examples| examples.values().next());
    let example = first.map_or(&content["example"], |first| &first["value"]);
    assert!(example.is_object(), "{operation}");
    example.clone()
}

#[tokio::test]
async fn each_operation_lets_in_its_scope_and_admin_and_nobody_else() {
    let running = Running::start().await;
    let mut keys: BTreeMap<&str, String> = BTreeMap::new();
    for scope in ["read", "write", "admin", "personal"] {
        keys.insert(scope, running.key(&[scope]).await);
    }
    let operations = operations();
    assert!(operations.len() >= 24, "{}", operations.len());
    for operation in &operations {
        for (scope, key) in &keys {
            let response = running
                .send(
                    operation.method.clone(),
                    key,
                    &operation.path,
                    operation.body.clone(),
                )
                .await;
            let status = response.status();
            let told = format!("{} with a key for {scope}: {status}", operation.name);
            if *scope == "admin" || **scope == operation.scope {
                assert_ne!(status, StatusCode::UNAUTHORIZED, "{told}");
                assert!(!status.is_server_error(), "{told}");
                if status == StatusCode::FORBIDDEN {
                    // The key may ask, but not see what the answer would be.
                    problem(response, "personal_data").await;
                }
            } else {
                assert_eq!(status, StatusCode::FORBIDDEN, "{told}");
                let refused = problem(response, "missing_scope").await;
                let needed = format!("`{}`", operation.scope);
                assert!(refused["detail"].as_str().unwrap().contains(&needed));
            }
        }
    }
}

#[tokio::test]
async fn without_a_good_key_no_operation_answers() {
    let running = Running::with(ServerLimits {
        wrong_keys: u32::MAX,
        ..ServerLimits::default()
    })
    .await;
    let admin = ["read", "write", "admin", "personal"];
    let expired = running
        .key_until(&admin, Some(beginning() + TimeDelta::seconds(5)))
        .await;
    running.clock.advance(TimeDelta::seconds(5));
    let good = running.key(&admin).await;
    let mut wrong = good.clone();
    wrong.replace_range(30..32, if &good[30..32] == "00" { "11" } else { "00" });
    let revoked = revoked_key().text.reveal().to_owned();
    let cases = [
        (expired.as_str(), "expired_key"),
        (revoked.as_str(), "revoked_key"),
        (wrong.as_str(), "invalid_key"),
        ("short", "invalid_key"),
        (
            "a text of more than thirty-two characters that is no key",
            "invalid_key",
        ),
    ];
    for operation in operations() {
        for (key, code) in cases {
            let response = running
                .send(
                    operation.method.clone(),
                    key,
                    &operation.path,
                    operation.body.clone(),
                )
                .await;
            assert_eq!(
                response.status(),
                StatusCode::UNAUTHORIZED,
                "{}",
                operation.name
            );
            assert!(response.headers().contains_key("www-authenticate"));
            problem(response, code).await;
        }
        let response = running
            .client
            .request(
                operation.method,
                format!("{}{}", running.url, operation.path),
            )
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
        problem(response, "missing_key").await;
    }
}

#[tokio::test]
async fn wrong_keys_are_limited_and_a_right_one_never_is() {
    let running = Running::with(ServerLimits {
        wrong_keys: 3,
        ..ServerLimits::default()
    })
    .await;
    let key = running.key(&["read"]).await;
    let ask = async |key: &str| running.send(Method::GET, key, "/api/v1/events", None).await;
    for _ in 0..3 {
        problem(
            ask("a text of more than thirty-two characters that is no key").await,
            "invalid_key",
        )
        .await;
    }
    let limited = ask("short").await;
    assert_eq!(limited.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(limited.headers()["retry-after"], "1");
    problem(limited, "too_many_wrong_keys").await;
    assert_eq!(ask(&key).await.status(), StatusCode::OK);
    running.clock.advance(TimeDelta::seconds(1));
    problem(ask("short").await, "invalid_key").await;
}

#[tokio::test]
async fn other_forms_of_authorization_are_no_key() {
    let running = Running::start().await;
    let key = running.key(&["admin"]).await;
    for value in [format!("Basic {key}"), key.clone(), "Bearer ".to_owned()] {
        let response = running
            .client
            .get(format!("{}/api/v1/events", running.url))
            .header("authorization", value)
            .send()
            .await
            .unwrap();
        problem(response, "missing_key").await;
    }
    let response = running
        .client
        .get(format!("{}/api/v1/events", running.url))
        .header("authorization", format!("bearer {key}"))
        .send()
        .await
        .unwrap();
    assert_eq!(
        response.status(),
        StatusCode::OK,
        "the scheme's case is no matter"
    );
}

#[tokio::test]
async fn a_key_set_in_the_configuration_is_as_good_as_any() {
    let running = Running::start().await;
    let (status, _) = running.get(CONFIGURED_KEY, "/api/v1/secrets").await;
    assert_eq!(status, StatusCode::OK);
}

#[tokio::test]
async fn what_is_carried_out_stands_in_the_audit_log() {
    let running = Running::start().await;
    let mut seen = 0;
    for operation in operations() {
        if operation.method == Method::GET || operation.scope == "read" {
            continue;
        }
        // Who only asks what would happen changes nothing.
        if operation
            .body
            .as_ref()
            .is_some_and(|body| body["dry_run"] == true)
        {
            continue;
        }
        let Operation {
            name, method, path, ..
        } = operation;
        let answer = running
            .send(method, CONFIGURED_KEY, &path, operation.body)
            .await;
        // What nothing is paused of, resuming does not change.
        if !answer.status().is_success() || name == "resume_system" {
            continue;
        }
        let log = format!("/api/v1/audit?operation={name}");
        let (_, log) = running.get(CONFIGURED_KEY, &log).await;
        assert_eq!(log["items"].as_array().unwrap().len(), 1, "{name}: {log}");
        seen += 1;
    }
    assert!(seen >= 5, "{seen}");
}
