//! Logging in with the password, once.

use chrono::DateTime;
use cuebook_ticketpark::{Error, RefreshToken};

use crate::peers::{PASSWORD, Stage};

#[tokio::test]
async fn a_login_saves_the_refresh_token_and_the_client_reads() {
    let stage = Stage::new().await;
    stage.client.login(PASSWORD).await.unwrap();
    let saved = stage.store.saved();
    assert_eq!(saved.len(), 1);
    assert_eq!(saved[0].obtained_at, stage.now());
    let booking = stage.client.record("bookings", "2932", &[]).await.unwrap();
    assert_eq!(booking["pid"].to_string(), "2932");
    assert_eq!(stage.token_requests(), 1);
}

#[tokio::test]
async fn a_wrong_password_is_refused_and_nothing_is_saved() {
    let stage = Stage::new().await;
    let error = stage.client.login("wrong").await.unwrap_err();
    assert!(
        matches!(&error, Error::Refused { code } if code == "invalid_grant"),
        "{error}"
    );
    assert!(stage.store.saved().is_empty());
}

#[tokio::test]
async fn without_a_login_nothing_is_sent() {
    let stage = Stage::new().await;
    let error = stage.client.get("/shows/1", &[]).await.unwrap_err();
    assert!(matches!(error, Error::NotLoggedIn));
    assert!(!error.was_processed_possibly());
    assert!(stage.pretend.requests().is_empty());
}

#[tokio::test]
async fn a_client_that_is_started_anew_goes_on_with_the_saved_token() {
    let stage = Stage::logged_in().await;
    let again = stage.another_client();
    again.get("/shows/1", &[]).await.unwrap();
    assert_eq!(stage.store.saved().len(), 2);
}

#[tokio::test]
async fn a_refused_refresh_token_asks_for_a_login_and_is_not_tried_again() {
    let stage = Stage::new().await;
    stage.store.put(RefreshToken {
        token: "unknown".into(),
        obtained_at: DateTime::UNIX_EPOCH,
    });
    for _ in 0..3 {
        let error = stage.client.get("/shows/1", &[]).await.unwrap_err();
        assert!(matches!(error, Error::NotLoggedIn), "{error}");
    }
    assert_eq!(stage.token_requests(), 1);
    stage.client.login(PASSWORD).await.unwrap();
    stage.client.get("/shows/1", &[]).await.unwrap();
}

#[tokio::test]
async fn a_login_by_another_process_is_seen() {
    let stage = Stage::new().await;
    assert!(stage.client.get("/shows/1", &[]).await.is_err());
    stage.another_client().login(PASSWORD).await.unwrap();
    stage.client.get("/shows/1", &[]).await.unwrap();
}
