//! Renewing the access token: in time, once for all who wait, and never at the cost of the login.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use cuebook_ticketpark::Error;
use futures::future::join_all;

use crate::peers::{PASSWORD, Scripted, Stage, answer, tokens};

async fn fifty_reads(stage: &Stage) {
    let reads = (0..50).map(|pid| {
        let client = Arc::clone(&stage.client);
        async move { client.record("bookings", &pid.to_string(), &[]).await }
    });
    for read in join_all(reads).await {
        read.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_callers_of_an_expired_token_make_one_refresh() {
    let stage = Stage::logged_in().await;
    stage.advance(TimeDelta::seconds(601));
    fifty_reads(&stage).await;
    assert_eq!(stage.token_requests(), 2);
    assert_eq!(stage.asked().len(), 50);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_callers_of_a_revoked_token_make_one_refresh_and_read_twice_at_most() {
    let stage = Stage::logged_in().await;
    stage.pretend.revoke_access_tokens();
    fifty_reads(&stage).await;
    assert_eq!(stage.token_requests(), 2);
    assert!(stage.asked().len() <= 100);
}

#[tokio::test]
async fn a_failed_refresh_fails_all_who_waited_for_it_with_one_request() {
    let stage = Stage::with_timeout(Duration::from_millis(200)).await;
    stage.client.login(PASSWORD).await.unwrap();
    stage.advance(TimeDelta::seconds(601));
    stage.pretend.fail_next(503);
    let reads = (0..50).map(|_| stage.client.get("/shows/1", &[]));
    for read in join_all(reads).await {
        let error = read.unwrap_err();
        assert!(matches!(&error, Error::Token(_)), "{error}");
        assert!(error.is_transient() && !error.was_processed_possibly());
    }
    assert_eq!(stage.token_requests(), 2);
    assert!(stage.asked().is_empty());
}

#[tokio::test]
async fn a_token_is_renewed_a_minute_before_its_end_and_not_earlier() {
    let stage = Stage::logged_in().await;
    stage.advance(TimeDelta::seconds(539));
    stage.client.get("/shows/1", &[]).await.unwrap();
    assert_eq!(stage.token_requests(), 1);
    stage.advance(TimeDelta::seconds(1));
    stage.client.get("/shows/1", &[]).await.unwrap();
    assert_eq!(stage.token_requests(), 2);
}

#[tokio::test]
async fn a_token_that_could_not_be_renewed_early_is_used_to_its_end() {
    let stage = Stage::logged_in().await;
    stage.advance(TimeDelta::seconds(550));
    stage.pretend.fail_next(500);
    stage.client.get("/shows/1", &[]).await.unwrap();
    assert_eq!(stage.token_requests(), 2);
    assert_eq!(stage.asked(), ["GET /shows/1"]);
}

#[tokio::test]
async fn each_rotated_token_is_saved_and_is_the_one_used_next() {
    let stage = Stage::logged_in().await;
    for _ in 0..3 {
        stage.advance(TimeDelta::seconds(601));
        stage.client.get("/shows/1", &[]).await.unwrap();
    }
    // The pretend Ticketpark takes each refresh token once: a former one would have been refused.
    let saved = stage.store.saved();
    assert_eq!(saved.len(), 4);
    assert_eq!(saved[3].obtained_at, stage.now());
    let mut different: Vec<_> = saved.iter().map(|saved| saved.token.reveal()).collect();
    different.sort_unstable();
    different.dedup();
    assert_eq!(different.len(), 4);
}

#[tokio::test]
async fn what_cannot_be_saved_is_not_used_until_it_is_and_is_not_lost() {
    let stage = Stage::logged_in().await;
    stage.advance(TimeDelta::seconds(601));
    stage.store.fail_saves(1);
    let error = stage.client.get("/shows/1", &[]).await.unwrap_err();
    assert!(
        matches!(&error, Error::Token(_)) && error.is_transient(),
        "{error}"
    );
    assert!(stage.asked().is_empty());
    stage.client.get("/shows/1", &[]).await.unwrap();
    assert_eq!(stage.store.saved().len(), 2);
    assert_eq!(stage.token_requests(), 2);
    stage.advance(TimeDelta::seconds(601));
    stage.client.get("/shows/1", &[]).await.unwrap();
}

#[tokio::test]
async fn a_caller_that_goes_away_does_not_break_off_the_refresh() {
    let stage = Stage::logged_in().await;
    stage.advance(TimeDelta::seconds(601));
    stage.pretend.hang_next(Duration::from_millis(30));
    let read = stage.client.get("/shows/1", &[]);
    let gone = tokio::time::timeout(Duration::from_millis(5), read).await;
    assert!(gone.is_err());
    stage.client.close().await;
    assert_eq!(stage.store.saved().len(), 2);
    stage.client.get("/shows/1", &[]).await.unwrap();
    assert_eq!(stage.token_requests(), 2);
}

#[tokio::test]
async fn after_a_lost_answer_the_same_token_is_tried_again() {
    let answers = vec![Vec::new(), tokens(1), answer("200 OK", "", "{\"pid\":1}")];
    let peer = Scripted::new(answers, Duration::from_secs(5)).await;
    let error = peer.client.get("/shows/1", &[]).await.unwrap_err();
    assert!(matches!(&error, Error::Token(_)), "{error}");
    assert!(error.is_transient() && !error.was_processed_possibly());
    peer.client.get("/shows/1", &[]).await.unwrap();
    let requests = peer.requests();
    assert!(requests[0].contains("refresh_token=canary-refresh-0"));
    assert!(requests[1].contains("refresh_token=canary-refresh-0"));
    assert!(
        requests[2].contains("Bearer canary-access-1"),
        "{}",
        requests[2]
    );
}

#[tokio::test]
async fn a_lost_answer_whose_token_is_void_asks_for_a_login() {
    let stage = Stage::with_timeout(Duration::from_millis(50)).await;
    stage.client.login(PASSWORD).await.unwrap();
    stage.advance(TimeDelta::seconds(601));
    stage.pretend.hang_next(Duration::from_secs(5));
    let lost = stage.client.get("/shows/1", &[]).await.unwrap_err();
    assert!(matches!(lost, Error::Token(_)), "{lost}");
    let error = stage.client.get("/shows/1", &[]).await.unwrap_err();
    assert!(matches!(error, Error::NotLoggedIn), "{error}");
    stage.client.login(PASSWORD).await.unwrap();
    stage.client.get("/shows/1", &[]).await.unwrap();
    stage.pretend.stop().await;
}

#[tokio::test]
async fn a_refresh_by_another_node_is_no_end_of_the_login() {
    let stage = Stage::logged_in().await;
    let other = stage.another_client();
    for _ in 0..3 {
        stage.advance(TimeDelta::seconds(601));
        other.get("/shows/1", &[]).await.unwrap();
        stage.client.get("/shows/1", &[]).await.unwrap();
    }
}

#[tokio::test]
async fn tending_renews_a_login_that_nobody_uses() {
    let stage = Stage::logged_in().await;
    for _ in 0..60 {
        stage.advance(TimeDelta::hours(25));
        stage.client.tend().await.unwrap();
    }
    stage.client.get("/shows/1", &[]).await.unwrap();
    assert_eq!(stage.store.saved().len(), 61);
    stage.client.tend().await.unwrap();
    assert_eq!(stage.store.saved().len(), 61);
}
