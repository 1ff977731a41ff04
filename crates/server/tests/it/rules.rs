//! Rules: those in force, those refused, those to be checked.

use reqwest::{Method, StatusCode};
use serde_json::{Value as Json, json};

use crate::harness::{Running, beginning, id, problem};

#[tokio::test]
async fn rules_are_listed_and_shown_with_their_source() {
    let running = Running::start().await;
    let key = running.key(&["read"]).await;
    let (_, list) = running.get(&key, "/api/v1/rules").await;
    let rule = &list["items"][0];
    assert_eq!(rule["name"], "new-booking/thank-you");
    assert_eq!(rule["description"], "Thanks the customer.");
    assert_eq!(rule["enabled"], true);
    assert_eq!(rule["options"]["concurrency"], "subject");
    assert!(rule["source"].is_null());
    assert!(list["failed_reload"].is_null());
    let (status, shown) = running
        .get(&key, "/api/v1/rules/new-booking/thank-you")
        .await;
    assert_eq!(status, StatusCode::OK);
    assert!(shown["source"].as_str().unwrap().contains("log::info"));
    assert_eq!(shown["version"], rule["version"]);
    let (status, _) = running.get(&key, "/api/v1/rules/new-booking/none").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_refused_change_of_the_rules_is_shown_until_it_is_mended() {
    let running = Running::start().await;
    let key = running.key(&["read"]).await;
    let diagnostic =
        cuebook_rules::Diagnostic::error("new-booking/a.rhai", "E0101", "no script").at(3, 5, 2);
    running.problems.failed(beginning(), vec![diagnostic]);
    let (_, list) = running.get(&key, "/api/v1/rules").await;
    let failed = &list["failed_reload"];
    assert_eq!(failed["at"], "2026-03-14T18:30:00Z");
    assert_eq!(failed["diagnostics"][0]["line"], 3);
    assert_eq!(failed["diagnostics"][0]["code"], "E0101");
    let (_, system) = running.get(&key, "/api/v1/system").await;
    assert_eq!(system["rules_stale"], true);
    running.problems.solved();
    let (_, list) = running.get(&key, "/api/v1/rules").await;
    assert!(list["failed_reload"].is_null());
}

#[tokio::test]
async fn a_source_is_checked_without_being_put_in_force() {
    let running = Running::start().await;
    let key = running.key(&["read"]).await;
    let check = async |source: &str| {
        let body = json!({"path": "new-booking/other.rhai", "source": source});
        let response = running
            .send(Method::POST, &key, "/api/v1/rules/check", Some(body))
            .await;
        assert_eq!(response.status(), StatusCode::OK);
        response.json::<Json>().await.unwrap()
    };
    let good = check("log::info(\"fine\");").await;
    assert_eq!(good["valid"], true, "{good}");
    let bad = check("let a = ;").await;
    assert_eq!(bad["valid"], false);
    assert_eq!(bad["diagnostics"][0]["file"], "new-booking/other.rhai");
    assert_eq!(bad["diagnostics"][0]["severity"], "error");
    let (_, list) = running.get(&key, "/api/v1/rules").await;
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    let response = running
        .send(
            Method::POST,
            &key,
            "/api/v1/rules/check",
            Some(json!({"path": "../etc/passwd", "source": ""})),
        )
        .await;
    problem(response, "invalid_body").await;
}

#[tokio::test]
async fn a_library_is_no_candidate() {
    let running = Running::start().await;
    let key = running.key(&["read"]).await;
    let nested = "let a = []; for i in 0..20000 { a = [a]; } a.to_string()";
    for path in ["lib/evil.rhai", "templates/evil.rhai"] {
        let body = json!({"path": path, "source": format!("const X = {{ {nested} }};")});
        let response = running
            .send(Method::POST, &key, "/api/v1/rules/check", Some(body))
            .await;
        problem(response, "invalid_body").await;
    }
}

#[tokio::test]
async fn more_checks_than_may_be_under_way_all_get_their_turn() {
    let running = Running::start().await;
    let key = running.key(&["read"]).await;
    let body = json!({"path": "new-booking/other.rhai", "source": "log::info(\"fine\");"});
    let checks = (0..8).map(|_| {
        running.send(
            Method::POST,
            &key,
            "/api/v1/rules/check",
            Some(body.clone()),
        )
    });
    for response in futures::future::join_all(checks).await {
        assert_eq!(response.status(), StatusCode::OK);
    }
}

#[tokio::test]
async fn addresses_in_a_source_are_masked_for_a_key_without_the_scope() {
    let running = Running::start().await;
    running.set_rules(&[(
        "new-booking/a.rhai",
        "//! Tells boss@shop.example.\nlog::info(\"o'brien@shop.example\");",
    )]);
    for (scopes, seen) in [(&["read"][..], false), (&["read", "personal"], true)] {
        let key = running.key(scopes).await;
        for path in ["/api/v1/rules", "/api/v1/rules/new-booking/a"] {
            let (status, shown) = running.get(&key, path).await;
            assert_eq!(status, StatusCode::OK);
            assert_eq!(shown.to_string().contains("shop.example"), seen, "{shown}");
            assert!(seen || !shown.to_string().contains("brien"), "{shown}");
        }
    }
}

#[tokio::test]
async fn the_rules_in_force_decide_at_the_moment_of_arrival() {
    let running = Running::start().await;
    let key = running.key(&["read"]).await;
    running.set_rules(&[
        ("new-booking/a.rhai", "log::info(\"a\");"),
        ("any/b.rhai", "log::info(\"b\");"),
    ]);
    let body = r#"{"type":"new-booking","payload":{"booking_pid":1}}"#;
    let event = id(running.hook(body).await).await;
    let (_, event) = running.get(&key, &format!("/api/v1/events/{event}")).await;
    let rules: Vec<_> = event["runs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| r["rule"].clone())
        .collect();
    assert_eq!(rules.len(), 2);
    assert!(rules.contains(&json!("any/b")) && rules.contains(&json!("new-booking/a")));
}
