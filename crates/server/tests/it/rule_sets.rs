//! Rule sets that are deployed, and what was in force before.

use reqwest::{Method, StatusCode};
use serde_json::{Value as Json, json};

use crate::harness::Running;

/// A server whose rules come from the database.
async fn deployable() -> Running {
    Running::configured(|parts| parts.settings.rules_from_folder = false).await
}

fn set(word: &str) -> Json {
    json!({"files": {"new-booking/word.rhai": format!("//! Says a word.\n\nlog::info(\"{word}\");\n")}})
}

async fn put(running: &Running, key: &str, set: Json) -> (StatusCode, Json) {
    let answer = running
        .send(Method::PUT, key, "/api/v1/rule-sets", Some(set))
        .await;
    (answer.status(), answer.json().await.unwrap())
}

#[tokio::test]
async fn a_deployed_set_is_in_force_at_once_and_a_former_one_again_when_it_is_asked_for() {
    let running = deployable().await;
    let key = running.key(&["admin"]).await;
    let (status, first) = put(&running, &key, set("one")).await;
    assert_eq!(status, StatusCode::OK, "{first}");
    assert_eq!(first["active"], true);
    assert_eq!(first["changes"][0]["change"], "added");
    running.clock.advance(chrono::TimeDelta::seconds(1));
    let (_, second) = put(&running, &key, set("two")).await;
    let diff = second["changes"][0]["diff"].as_str().unwrap();
    assert!(
        diff.contains("-log::info(\"one\");\n+log::info(\"two\");"),
        "{diff}"
    );

    let (_, rules) = running.get(&key, "/api/v1/rules").await;
    assert_eq!(rules["hash"], second["hash"]);
    let (_, sets) = running.get(&key, "/api/v1/rule-sets?limit=1").await;
    assert_eq!(sets["items"][0]["hash"], second["hash"]);
    let next = format!(
        "/api/v1/rule-sets?cursor={}",
        sets["next_cursor"].as_str().unwrap()
    );
    let (_, sets) = running.get(&key, &next).await;
    assert_eq!(sets["items"][0]["hash"], first["hash"]);
    assert!(sets["next_cursor"].is_null());
    let path = "/api/v1/rules/new-booking/word/versions";
    let (_, versions) = running.get(&key, path).await;
    assert_eq!(versions["items"].as_array().unwrap().len(), 2);
    assert_eq!(versions["items"][0]["active"], true);
    let former = versions["items"][1]["version"].as_str().unwrap();
    let (_, version) = running.get(&key, &format!("{path}/{former}")).await;
    assert!(version["source"].as_str().unwrap().contains("one"));

    let hash = first["hash"].as_str().unwrap();
    let activate = format!("/api/v1/rule-sets/{hash}/activate");
    let answer = running.send(Method::POST, &key, &activate, None).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let (_, rules) = running.get(&key, "/api/v1/rules").await;
    assert_eq!(rules["hash"], first["hash"]);
    let (status, _) = running
        .get(&key, &format!("/api/v1/rule-sets/{}", "0".repeat(64)))
        .await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_has_errors_or_is_no_rule_changes_nothing() {
    let running = deployable().await;
    let key = running.key(&["admin"]).await;
    let (_, before) = running.get(&key, "/api/v1/rules").await;
    let broken = json!({"files": {"new-booking/word.rhai": "log::inf(\"no\");\n"}});
    let (status, refused) = put(&running, &key, broken).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(refused["code"], "invalid_rules");
    assert!(
        refused["detail"]
            .as_str()
            .unwrap()
            .contains("new-booking/word.rhai")
    );
    let outside = json!({"files": {"../word.rhai": "log::info(\"no\");\n"}});
    let (status, refused) = put(&running, &key, outside).await;
    assert_eq!(
        (status, &refused["code"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &json!("invalid_rules"))
    );
    let (_, after) = running.get(&key, "/api/v1/rules").await;
    assert_eq!(after["hash"], before["hash"]);
}

#[tokio::test]
async fn beside_a_folder_nothing_is_deployed() {
    let running = Running::start().await;
    let key = running.key(&["admin"]).await;
    let (status, refused) = put(&running, &key, set("one")).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert_eq!(refused["code"], "rules_from_folder");
}

#[tokio::test]
async fn a_deployment_stands_in_the_audit_log_with_what_was_in_force_before_and_after() {
    let running = deployable().await;
    let key = running.key(&["admin"]).await;
    let (_, first) = put(&running, &key, set("one")).await;
    let (_, second) = put(&running, &key, set("two")).await;
    let (_, log) = running
        .get(&key, "/api/v1/audit?operation=deploy_rule_set")
        .await;
    let rows = log["items"].as_array().unwrap();
    assert_eq!(rows.len(), 2, "{log}");
    assert_eq!(rows[0]["before"]["in_force"], first["hash"]);
    assert_eq!(rows[0]["after"]["in_force"], second["hash"]);
    assert!(rows[0]["after"]["rules"]["new-booking/word"].is_string());
}
