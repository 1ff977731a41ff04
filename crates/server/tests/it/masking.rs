//! Mail addresses are for those alone whose key has the scope `personal`.

use cuebook_core::Clock;
use cuebook_core::Value;
use cuebook_core::effect::EffectState;
use cuebook_core::journal::{Question, SendRequest, StepKind, StepPath, StepRecord};
use cuebook_core::log_line::{LogLevel, LogLine};
use cuebook_core::rule::VersionHash;
use cuebook_core::send::{PreparedSend, Route};
use cuebook_store::{Checkpoint, CompletedAs, Segment};
use reqwest::{Method, StatusCode};

use crate::harness::{Running, id, problem};

const ADDRESS: &str = "tom@tomsons.example";
const MAIL: &[u8] = b"To: tom@tomsons.example\r\nSubject: Thanks\r\n\r\nDear Tom\r\n";

/// A finished run with one captured mail and one log line, each with an address.
async fn mailed(running: &Running) {
    let body =
        format!(r#"{{"type":"new-booking","payload":{{"booking_pid":1,"mail":"{ADDRESS}"}}}}"#);
    assert_eq!(running.hook(body).await.status(), StatusCode::ACCEPTED);
    let claimed = running.store.claim_runs(1).await.unwrap().remove(0);
    let send = SendRequest {
        path: StepPath::top(0),
        question: Question {
            function: "email::send".to_owned(),
            digest: "0".repeat(32),
        },
        arguments: Vec::new(),
        line: Some(1),
        parts: vec![PreparedSend {
            part: 0,
            route: Route::Outbox,
            target: ADDRESS.to_owned(),
            key: "key".to_owned(),
            envelope: serde_json::json!({}),
            body: MAIL.to_vec(),
        }],
    };
    let checkpoint = Checkpoint {
        run: claimed.run.id,
        fence: claimed.fence,
        version: VersionHash("0".repeat(64)),
        steps: Vec::new(),
        logs: vec![LogLine {
            key: "0".to_owned(),
            level: LogLevel::Info,
            message: format!("wrote to {ADDRESS}"),
            fields: Value::Unit,
            at: running.clock.now(),
            line: None,
        }],
        effects: Vec::new(),
    };
    let segment = Segment {
        sends: vec![(send, EffectState::Captured)],
        ..Segment::default()
    };
    running
        .store
        .complete_run(checkpoint, segment, CompletedAs::Completed)
        .await
        .unwrap();
}

async fn everything(running: &Running, key: &str) -> (String, String) {
    let (_, effects) = running.get(key, "/api/v1/effects").await;
    let effect = effects["items"][0].clone();
    let run = effect["run_id"].as_str().unwrap();
    let event = effect["event_id"].as_str().unwrap();
    let mut all = effects.to_string();
    for path in [
        format!("effects/{}", effect["id"].as_str().unwrap()),
        format!("runs/{run}"),
        format!("events/{event}"),
        "events".to_owned(),
        "runs".to_owned(),
    ] {
        let (status, json) = running.get(key, &format!("/api/v1/{path}")).await;
        assert_eq!(status, StatusCode::OK, "{json}");
        all += &json.to_string();
    }
    (effect["id"].as_str().unwrap().to_owned(), all)
}

#[tokio::test]
async fn addresses_are_masked_for_a_key_without_the_scope() {
    let running = Running::start().await;
    mailed(&running).await;
    let (id, seen) = everything(&running, &running.key(&["read"]).await).await;
    assert!(!seen.contains("tomsons"), "{seen}");
    assert!(seen.contains("***@***"));
    let (_, shown) = everything(&running, &running.key(&["read", "personal"]).await).await;
    assert_eq!(shown.matches(ADDRESS).count(), 6, "{shown}");
    let key = running.key(&["read"]).await;
    let path = format!("/api/v1/effects/{id}/message");
    let refused = running.send(Method::GET, &key, &path, None).await;
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    problem(refused, "personal_data").await;
}

#[tokio::test]
async fn an_address_cannot_be_found_by_searching_for_it() {
    let running = Running::start().await;
    mailed(&running).await;
    for (scopes, found) in [(&["read"][..], 0), (&["read", "personal"], 1)] {
        let key = running.key(scopes).await;
        for list in ["events", "effects"] {
            let (_, page) = running
                .get(&key, &format!("/api/v1/{list}?q=tomsons"))
                .await;
            assert_eq!(page["items"].as_array().unwrap().len(), found, "{list}");
        }
        for path in ["events?q=booking", "runs?q=thank-you", "effects?q=email"] {
            let (_, page) = running.get(&key, &format!("/api/v1/{path}")).await;
            assert_eq!(page["items"].as_array().unwrap().len(), 1, "{path}");
        }
    }
}

#[tokio::test]
async fn a_step_shows_neither_the_query_of_a_url_nor_bytes_without_the_scope() {
    let running = Running::start().await;
    running
        .hook(r#"{"type":"new-booking","payload":{"booking_pid":1}}"#)
        .await;
    let claimed = running.store.claim_runs(1).await.unwrap().remove(0);
    let step = |path, function: &str, arguments, answer| StepRecord {
        path: StepPath::top(path),
        question: Question {
            function: function.to_owned(),
            digest: "0".repeat(32),
        },
        kind: StepKind::Read,
        arguments,
        answer: Some(Ok(answer)),
        wake_at: None,
        line: None,
        started_at: running.clock.now(),
        ended_at: Some(running.clock.now()),
        attempts: 1,
    };
    let url = Value::from("https://crm.example/p?key=canary-9f3");
    let huge = Value::Text("x".repeat(1024 * 1024));
    let checkpoint = Checkpoint {
        steps: vec![
            step(0, "http::get", vec![url], Value::Bytes(vec![0, 255])),
            step(1, "other", Vec::new(), huge),
            step(2, "other", Vec::new(), Value::Int(1)),
        ],
        ..Checkpoint::new(claimed.run.id, claimed.fence, VersionHash("0".repeat(64)))
    };
    running.store.record_steps(checkpoint).await.unwrap();
    let path = format!("/api/v1/runs/{}", claimed.run.id);
    let (_, run) = running.get(&running.key(&["read"]).await, &path).await;
    let steps = &run["steps"];
    assert_eq!(steps[0]["arguments"][0], "https://crm.example/p?…");
    assert_eq!(steps[0]["answer"], serde_json::json!({"bytes": 2}));
    assert_eq!(steps[1]["answer"], serde_json::Value::Null);
    assert_eq!(steps[1]["left_out"], true);
    assert_eq!(steps[2]["answer"], 1, "what still fits is shown");
    let key = running.key(&["read", "personal"]).await;
    let (_, run) = running.get(&key, &path).await;
    let steps = &run["steps"];
    assert_eq!(
        steps[0]["arguments"][0],
        "https://crm.example/p?key=canary-9f3"
    );
    let whole = serde_json::json!({"bytes": 2, "base64": "AP8="});
    assert_eq!(steps[0]["answer"], whole);
}

#[tokio::test]
async fn a_mail_can_be_read_whole() {
    let running = Running::start().await;
    mailed(&running).await;
    let key = running.key(&["read", "personal"]).await;
    let (_, effects) = running
        .get(&key, "/api/v1/effects?kind=email::send&state=captured")
        .await;
    let effect = &effects["items"][0];
    assert_eq!(effect["target"], ADDRESS);
    let members: Vec<_> = effect
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(
        members,
        [
            "attempts",
            "created_at",
            "endpoint_id",
            "event_id",
            "id",
            "key",
            "kind",
            "run_id",
            "settled_at",
            "state",
            "target"
        ]
    );
    let path = format!("/api/v1/effects/{}/message", effect["id"].as_str().unwrap());
    let message = running.send(Method::GET, &key, &path, None).await;
    assert_eq!(message.headers()["content-type"], "message/rfc822");
    let disposition = message.headers()["content-disposition"].to_str().unwrap();
    assert!(disposition.starts_with("attachment") && disposition.ends_with(".eml\""));
    assert_eq!(message.bytes().await.unwrap(), MAIL);
}

#[tokio::test]
async fn an_address_in_the_place_of_a_type_is_hidden_too() {
    let running = Running::start().await;
    let body = r#"{"type":"tom@tomsons.com","payload":{}}"#;
    let path = format!("/api/v1/events/{}", id(running.hook(body).await).await);
    let reader = running.key(&["read"]).await;
    let (_, event) = running.get(&reader, &path).await;
    assert!(!event.to_string().contains("tomsons"), "{event}");
    assert_eq!(event["wire_type"], "***@***");
    let person = running.key(&["read", "personal"]).await;
    let (_, event) = running.get(&person, &path).await;
    assert_eq!(event["wire_type"], "tom@tomsons.com");
}

#[tokio::test]
async fn what_the_checker_repeats_is_masked_too() {
    let running = Running::start().await;
    let body = serde_json::json!({
        "path": "new-booking/x.rhai",
        "source": "//! X.\nlet x = \"tom@tomsons.example\";\nlog::inform(x, \"tom@tomsons.example\");\n",
    });
    let key = running.key(&["read"]).await;
    let answer = running
        .send(Method::POST, &key, "/api/v1/rules/check", Some(body))
        .await;
    let text = answer.text().await.unwrap();
    assert!(text.contains("log::inform"), "{text}");
    assert!(!text.contains("tomsons"), "{text}");
}

#[tokio::test]
async fn a_dry_run_of_a_restart_or_of_many_leaves_no_row_in_the_audit_log() {
    let running = Running::start().await;
    mailed(&running).await;
    let key = running.key(&["admin"]).await;
    let (_, runs) = running.get(&key, "/api/v1/runs").await;
    let run = runs["items"][0]["id"].as_str().unwrap().to_owned();
    let dry = serde_json::json!({"dry_run": true});
    let bulk = serde_json::json!({"dry_run": true, "filter": {}, "operation": "restart"});
    for (path, body) in [
        (format!("runs/{run}/restart"), dry),
        ("bulk/runs".to_owned(), bulk),
    ] {
        let answer = running
            .send(Method::POST, &key, &format!("/api/v1/{path}"), Some(body))
            .await;
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
    }
    let (_, log) = running.get(&key, "/api/v1/audit").await;
    assert_eq!(log["items"], serde_json::json!([]), "{log}");
}
