//! What the API answers for what is no longer kept, and where there is no room for more.

use cuebook_core::rule::VersionHash;
use cuebook_core::run::RunState;
use cuebook_server::DiskRoom;
use cuebook_store::{Checkpoint, Retention, RunFailure};
use reqwest::{Method, StatusCode};
use serde_json::{Value as Json, json};

use crate::harness::{Running, id, problem};

const BOOKING: &str = r#"{"type":"new-booking","payload":{"booking_pid":1}}"#;

#[tokio::test]
async fn what_is_no_longer_kept_is_shown_without_its_payload_and_answers_410() {
    let running = Running::start().await;
    let key = running.key(&["read", "write", "personal"]).await;
    let event = id(running.hook(BOOKING).await).await;
    let claimed = running.store.claim_runs(1).await.unwrap().remove(0);
    let failure = RunFailure {
        state: RunState::Failed,
        code: "script_error".to_owned(),
        reason: "line 3".to_owned(),
    };
    let version = VersionHash("v1".repeat(32));
    let checkpoint = Checkpoint::new(claimed.run.id, claimed.fence, version);
    running.store.fail_run(checkpoint, failure).await.unwrap();
    running.clock.advance(chrono::TimeDelta::days(31));
    let retained = running.store.retain(&Retention::default()).await.unwrap();
    assert_eq!(retained.expired, 1);

    let (status, shown) = running.get(&key, &format!("/api/v1/events/{event}")).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(shown["payload"], Json::Null);
    assert_eq!(shown["subject"], "1");
    assert!(
        shown["reason"]
            .as_str()
            .unwrap()
            .contains("retention.payloads")
    );
    let run = claimed.run.id;
    for (method, path) in [
        (Method::GET, format!("events/{event}/raw")),
        (Method::POST, format!("events/{event}/replay")),
        (Method::POST, format!("runs/{run}/retry")),
        (Method::POST, format!("runs/{run}/restart")),
    ] {
        let body = (method == Method::POST).then(|| json!({}));
        let answer = running
            .send(method, &key, &format!("/api/v1/{path}"), body)
            .await;
        assert_eq!(answer.status(), StatusCode::GONE, "{path}");
        problem(answer, "expired").await;
    }
}

#[tokio::test]
async fn webhooks_are_put_off_while_the_disk_is_low_and_taken_again_after() {
    let room = DiskRoom::default();
    let running = Running::configured(|parts| parts.settings.disk_room = room.clone()).await;
    room.set_low(true);
    let refused = running.hook(BOOKING).await;
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(refused.headers()["retry-after"], "30");
    let json = problem(refused, "store_unavailable").await;
    assert!(json["detail"].as_str().unwrap().contains("disk"), "{json}");
    let (status, ready) = running.get("", "/readyz").await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(
        ready["detail"].as_str().unwrap().contains("disk"),
        "{ready}"
    );
    room.set_low(false);
    assert_eq!(running.hook(BOOKING).await.status(), StatusCode::ACCEPTED);
    assert_eq!(running.get("", "/readyz").await.0, StatusCode::OK);
}

#[tokio::test]
async fn a_resume_says_what_goes_on_and_a_dry_run_changes_nothing() {
    let running = Running::start().await;
    let key = running.key(&["write", "read"]).await;
    running
        .store
        .stop(None, cuebook_store::Stopped::Everything)
        .await
        .unwrap();
    running.hook(BOOKING).await;
    for (dry_run, paused) in [(true, 1), (false, 0)] {
        let body = Some(json!({ "dry_run": dry_run }));
        let answer = running
            .send(Method::POST, &key, "/api/v1/system/resume", body)
            .await;
        let answer: Json = answer.json().await.unwrap();
        assert_eq!(answer["goes_on"]["runs_ready"], 1, "{answer}");
        assert_eq!(answer["paused"].as_array().unwrap().len(), paused);
    }
    let (_, system) = running.get(&key, "/api/v1/system").await;
    assert_eq!(system["arrived"], Json::Null);
}
