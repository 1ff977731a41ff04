//! Reading one record.

use cuebook_ticketpark::{BadRequest, Error, parse_time};
use serde_json::json;

use crate::peers::Stage;

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[tokio::test]
async fn a_booking_comes_with_the_children_that_were_asked_for() {
    let stage = Stage::logged_in().await;
    let properties = names(&["customer", "tickets"]);
    let booking = stage
        .client
        .record("bookings", "293233446073", &properties)
        .await
        .unwrap();
    let expected = cuebook_pretend::booking("293233446073");
    assert_eq!(booking["customer"], expected["customer"]);
    assert_eq!(booking["tickets"], expected["tickets"]);
    assert_eq!(booking.get("payments"), None);
    assert_eq!(
        stage.asked(),
        ["GET /bookings/293233446073?properties%5Bcustomer%5D=true&properties%5Btickets%5D=true"]
    );
}

#[tokio::test]
async fn each_kind_of_record_is_read() {
    let stage = Stage::logged_in().await;
    for collection in [
        "bookings", "tickets", "persons", "payments", "shows", "events", "venues", "sectors",
        "prices", "hosts",
    ] {
        let record = stage
            .client
            .record(collection, "6445cdbe3e9509e8", &[])
            .await
            .unwrap();
        assert_eq!(record["pid"], json!("6445cdbe3e9509e8"), "{collection}");
    }
    let show = stage
        .client
        .record("shows", "1", &names(&["capacity"]))
        .await
        .unwrap();
    assert!(show["capacity"]["public"]["available"].is_u64(), "{show}");
}

#[tokio::test]
async fn pids_beyond_two_to_the_53_are_exact() {
    let stage = Stage::logged_in().await;
    for pid in [
        "9007199254740993",
        "18446744073709551616",
        "123456789012345678901234567890",
    ] {
        let booking = stage.client.record("bookings", pid, &[]).await.unwrap();
        assert!(booking["pid"].is_number());
        assert_eq!(booking["pid"].to_string(), pid);
    }
}

#[tokio::test]
async fn a_shows_start_is_an_instant() {
    let stage = Stage::logged_in().await;
    let ticket = stage
        .client
        .record("tickets", "6445cdbe3e9509e8", &[])
        .await
        .unwrap();
    let start = ticket["denormalized_show_start"].as_str().unwrap();
    assert!(start.ends_with("+0200"), "{start}");
    assert!(parse_time(start).unwrap().to_utc() > stage.now());
}

#[tokio::test]
async fn a_strange_pid_reaches_no_other_path() {
    let stage = Stage::logged_in().await;
    let person = stage
        .client
        .record("persons", "a/../b?c#d", &[])
        .await
        .unwrap();
    assert_eq!(person["pid"], json!("a/../b?c#d"));
    let error = stage.client.record("persons", "..", &[]).await.unwrap_err();
    assert!(matches!(error, Error::Request(BadRequest::Pid)));
    let error = stage.client.get("//evil.example/x", &[]).await.unwrap_err();
    assert!(matches!(error, Error::Request(BadRequest::Path)));
    assert_eq!(stage.asked().len(), 1);
}

#[tokio::test]
async fn a_revoked_token_is_replaced_and_the_read_repeated_once() {
    let stage = Stage::logged_in().await;
    stage.pretend.revoke_access_tokens();
    stage.client.get("/shows/1", &[]).await.unwrap();
    assert_eq!(stage.asked(), ["GET /shows/1", "GET /shows/1"]);
    assert_eq!(stage.token_requests(), 2);
}

#[tokio::test]
async fn a_peer_that_refuses_every_token_is_asked_twice() {
    let stage = Stage::logged_in().await;
    stage.pretend.fail_next(401);
    stage.client.get("/shows/1", &[]).await.unwrap();
    assert_eq!(stage.asked().len(), 2);
}
