//! Making, editing and deleting.

use chrono::TimeDelta;
use cuebook_ticketpark::{Error, parse_time};
use serde_json::json;

use crate::peers::Stage;

#[tokio::test]
async fn a_new_record_is_found_under_the_pid_in_its_location() {
    let stage = Stage::logged_in().await;
    let body = json!({"firstname": "Hugo", "address": {"city": "Bern"}});
    let made = stage.client.post("/persons", &body).await.unwrap();
    assert_eq!(made["status"], json!(201));
    let pid = made["pid"].as_str().unwrap();
    let person = stage.client.record("persons", pid, &[]).await.unwrap();
    assert_eq!(
        (&person["firstname"], &person["address"]["city"]),
        (&json!("Hugo"), &json!("Bern"))
    );
    assert_eq!(
        stage
            .pretend
            .requests()
            .iter()
            .rfind(|request| request.method == "POST" && request.path_and_query == "/persons")
            .unwrap()
            .body,
        body
    );
}

#[tokio::test]
async fn an_edit_shows_everywhere_and_moves_updated() {
    let stage = Stage::logged_in().await;
    stage.advance(TimeDelta::minutes(5));
    let customer = cuebook_pretend::booking("2932")["customer"]["pid"]
        .as_str()
        .unwrap()
        .to_owned();
    let path = format!("/persons/{customer}");
    let edited = stage
        .client
        .patch(&path, &json!({"lastname": "Neu"}))
        .await
        .unwrap();
    assert_eq!(
        edited,
        json!({"status": 204, "headers": {}, "body": "", "json": null})
    );
    let booking = stage
        .client
        .record("bookings", "2932", &["customer".to_owned()])
        .await
        .unwrap();
    assert_eq!(booking["customer"]["lastname"], json!("Neu"));
    let updated = parse_time(booking["customer"]["updated"].as_str().unwrap()).unwrap();
    assert_eq!(updated.to_utc(), stage.now());
}

#[tokio::test]
async fn batches_are_accepted_with_an_id() {
    let stage = Stage::logged_in().await;
    let made = stage
        .client
        .post(
            "/persons/",
            &json!([{"firstname": "A"}, {"firstname": "B"}]),
        )
        .await
        .unwrap();
    assert_eq!(made["status"], json!(202));
    assert!(made["batch_id"].is_string(), "{made}");
    let edits = json!([{"pid": "P1", "firstname": "C"}, {"pid": "P2", "firstname": "D"}]);
    let edited = stage.client.patch("/persons/", &edits).await.unwrap();
    assert_eq!(edited["status"], json!(202));
    let person = stage.client.record("persons", "P2", &[]).await.unwrap();
    assert_eq!(person["firstname"], json!("D"));
}

#[tokio::test]
async fn a_deleted_record_is_unknown() {
    let stage = Stage::logged_in().await;
    stage.client.delete("/bookings/2932").await.unwrap();
    for path in [
        "/bookings/2932",
        &format!(
            "/tickets/{}",
            cuebook_pretend::booking("2932")["tickets"][0]["pid"]
                .as_str()
                .unwrap()
        ),
    ] {
        let error = stage.client.get(path, &[]).await.unwrap_err();
        assert!(matches!(error, Error::NotFound), "{path}");
    }
}

#[tokio::test]
async fn a_confirmation_mail_can_be_asked_for() {
    let stage = Stage::logged_in().await;
    let send = |booking: &str, kind: &str| {
        let body = json!({"booking": booking, "type": kind});
        let client = stage.client.clone();
        async move { client.post("/email/send", &body).await }
    };
    assert_eq!(
        send("2932", "confirmation").await.unwrap()["status"],
        json!(202)
    );
    assert!(matches!(
        send("2932", "poem").await,
        Err(Error::Conflict(_))
    ));
    assert!(matches!(
        send("4049", "confirmation").await,
        Err(Error::NotFound)
    ));
}

#[tokio::test]
async fn a_payload_that_cannot_be_handled_is_a_conflict_and_changes_nothing() {
    let stage = Stage::logged_in().await;
    for body in [
        json!({}),
        json!("text"),
        json!({"pid": "other"}),
        json!({"firstname": {"a": 1}}),
        json!({"address": "Bern"}),
    ] {
        let error = stage.client.patch("/persons/P1", &body).await.unwrap_err();
        assert!(matches!(error, Error::Conflict(_)), "{body}: {error}");
        assert!(!error.was_processed_possibly());
    }
    let error = stage
        .client
        .patch("/bookings/1", &json!({"customer": "404X"}))
        .await
        .unwrap_err();
    assert!(matches!(error, Error::NotFound));
    let person = stage.client.record("persons", "P1", &[]).await.unwrap();
    assert_eq!(person, cuebook_pretend::person("P1"));
}

#[tokio::test]
async fn a_write_that_met_a_void_token_was_not_applied_and_is_repeated_with_a_new_one() {
    let stage = Stage::logged_in().await;
    stage.pretend.revoke_access_tokens();
    stage
        .client
        .post("/persons", &json!({"firstname": "Hugo"}))
        .await
        .unwrap();
    assert_eq!(stage.asked(), ["POST /persons", "POST /persons"]);
    assert_eq!(stage.token_requests(), 2);
}
