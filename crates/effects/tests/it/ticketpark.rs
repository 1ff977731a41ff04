//! `ticketpark::*` through the client, against a peer that speaks as the API's documentation says.

use std::sync::Arc;

use cuebook_core::Value;
use cuebook_core::failure::Decision;
use cuebook_effects::Effects;
use cuebook_ticketpark::{
    Client, MemoryTokenStore, RefreshToken, Secret, Settings, TokenStore as _,
};

use crate::peers::http::{Behaviour, HttpPeer, answer};
use crate::setup::{call, effects, map, now, settings, texts};

fn token() -> Behaviour {
    answer(
        "200 OK",
        &["Content-Type: application/json"],
        r#"{"access_token":"access","refresh_token":"refresh","expires_in":600}"#,
    )
}

async fn connected(peer: &HttpPeer) -> Effects {
    let tokens = MemoryTokenStore::default();
    tokens
        .save(&RefreshToken {
            token: Secret::from("refresh"),
            obtained_at: now(),
        })
        .await
        .unwrap();
    let client = Client::new(
        Settings {
            url: peer.url("/").parse().unwrap(),
            client_key: "key".to_owned(),
            client_secret: Secret::from("secret"),
            username: None,
        },
        Arc::new(tokens),
        cuebook_ticketpark::transport().unwrap(),
        Arc::new(now),
    );
    let mut settings = settings();
    settings.ticketpark = Some(Arc::new(client));
    Effects::new(settings).unwrap()
}

#[tokio::test]
async fn a_booking_brings_its_customer_and_tickets_and_its_pids_are_strings() {
    let booking = r#"{"pid":293233446073,"customer":{"pid":"AB-1","email":"tom@tomsons.com"},"tickets":[{"pid":"64"}]}"#;
    let peer = HttpPeer::start([token(), answer("200 OK", &[], booking)]).await;
    let effects = connected(&peer).await;
    let value = call(
        &effects,
        "ticketpark::booking",
        &[Value::from("293233446073")],
    )
    .await
    .unwrap();
    assert_eq!(value.get("pid"), Some(&Value::from("293233446073")));
    assert_eq!(
        value.get("customer").unwrap().get("email"),
        Some(&Value::from("tom@tomsons.com"))
    );
    let request = &peer.requests()[1];
    let line = request.lines().next().unwrap();
    assert!(line.starts_with("GET /bookings/293233446073?"), "{line}");
    for property in ["customer", "tickets"] {
        let plain = format!("properties[{property}]=true");
        let escaped = format!("properties%5B{property}%5D=true");
        assert!(line.contains(&plain) || line.contains(&escaped), "{line}");
    }
}

#[tokio::test]
async fn an_error_status_is_thrown_with_its_status() {
    let peer = HttpPeer::start([token(), answer("404 Not Found", &[], "")]).await;
    let effects = connected(&peer).await;
    let failure = call(&effects, "ticketpark::person", &[Value::from("1")])
        .await
        .unwrap_err();
    assert_eq!(
        (failure.error.kind.as_str(), failure.error.status),
        ("status", Some(404))
    );
    assert_eq!(failure.decision, Decision::Fail);
}

#[tokio::test]
async fn after_a_500_a_read_is_repeated_and_a_write_is_unknown() {
    let trouble = || answer("500 Internal Server Error", &[], "oops");
    let peer = HttpPeer::start([token(), trouble()]).await;
    let effects = connected(&peer).await;
    let read = call(&effects, "ticketpark::get", &[Value::from("/shows/5")])
        .await
        .unwrap_err();
    assert_eq!(read.decision, Decision::Retry { after: None });
    let write = call(
        &effects,
        "ticketpark::post",
        &[Value::from("/email/send"), map([])],
    )
    .await
    .unwrap_err();
    assert_eq!(
        (write.decision, write.error.status),
        (Decision::Unknown, Some(500))
    );
    assert_eq!(write.answer.as_deref(), Some("oops"));
}

#[tokio::test]
async fn a_write_whose_answer_is_lost_is_unknown_and_one_refused_for_now_is_repeated() {
    let peer = HttpPeer::start([token(), Behaviour::Close]).await;
    let body = map([("newsletter", Value::Bool(true))]);
    let arguments = [Value::from("/persons/1"), body];
    let failure = call(&connected(&peer).await, "ticketpark::patch", &arguments)
        .await
        .unwrap_err();
    assert_eq!(
        (failure.decision, failure.error.kind.as_str()),
        (Decision::Unknown, "unknown")
    );
    let busy = HttpPeer::start([token(), answer("503 Busy", &["Retry-After: 9"], "")]).await;
    let failure = call(&connected(&busy).await, "ticketpark::patch", &arguments)
        .await
        .unwrap_err();
    let nine = std::time::Duration::from_secs(9);
    assert_eq!(failure.decision, Decision::Retry { after: Some(nine) });
}

#[tokio::test]
async fn a_list_joins_its_records_and_keeps_the_named_fields() {
    let peer = HttpPeer::start([
        token(),
        answer(
            "200 OK",
            &["X-Count: 2"],
            r#"[{"pid":1,"a":1},{"pid":2,"a":2}]"#,
        ),
    ])
    .await;
    let effects = connected(&peer).await;
    let query = map([("filters", map([("lastname", Value::from("Favre"))]))]);
    let options = map([("fields", texts(&["pid"])), ("max", Value::Int(10))]);
    let value = call(
        &effects,
        "ticketpark::list",
        &[Value::from("/persons/"), query, options],
    )
    .await
    .unwrap();
    let record = |pid: &str| map([("pid", Value::from(pid))]);
    assert_eq!(value, Value::Array(vec![record("1"), record("2")]));
}

#[tokio::test]
async fn a_write_answers_with_its_status_and_the_new_pid() {
    let created = answer("201 Created", &["Location: /persons/AB-1"], "");
    let peer = HttpPeer::start([token(), created]).await;
    let effects = connected(&peer).await;
    let arguments = [
        Value::from("/persons"),
        map([("firstname", Value::from("Tom"))]),
    ];
    let value = call(&effects, "ticketpark::post", &arguments)
        .await
        .unwrap();
    assert_eq!(value.get("status"), Some(&Value::Int(201)));
    assert_eq!(value.get("pid"), Some(&Value::from("AB-1")));
    assert!(peer.requests()[1].ends_with(r#"{"firstname":"Tom"}"#));
}

#[tokio::test]
async fn without_credentials_it_says_what_to_set() {
    let failure = call(&effects(), "ticketpark::booking", &[Value::from("1")])
        .await
        .unwrap_err();
    assert_eq!(
        (failure.error.kind.as_str(), failure.decision),
        ("not_configured", Decision::Fail)
    );
    assert!(failure.error.message.contains("cuebook login ticketpark"));
}

/// A page of two records of 400,000 bytes each, of six in all.
fn large_page(number: usize) -> Behaviour {
    let record = |pid| format!(r#"{{"pid":{pid},"note":"{}"}}"#, "x".repeat(400_000));
    let body = format!("[{},{}]", record(2 * number), record(2 * number + 1));
    answer("200 OK", &["X-Count: 6"], &body)
}

#[tokio::test]
async fn of_large_pages_only_the_named_fields_count() {
    let peer = HttpPeer::start([token(), large_page(0), large_page(1), large_page(2)]).await;
    let effects = connected(&peer).await;
    let options = map([("fields", texts(&["pid"]))]);
    let arguments = [Value::from("/bookings"), Value::Unit, options];
    let list = call(&effects, "ticketpark::list", &arguments)
        .await
        .unwrap();
    assert_eq!(list.as_array().unwrap().len(), 6);
}

#[tokio::test]
async fn a_list_that_grows_too_large_stops_at_the_page_that_makes_it_so() {
    let peer = HttpPeer::start([token(), large_page(0), large_page(1), large_page(2)]).await;
    let effects = connected(&peer).await;
    let failure = call(&effects, "ticketpark::list", &[Value::from("/bookings")])
        .await
        .unwrap_err();
    assert_eq!(failure.error.kind, "too_large");
    assert_eq!(failure.decision, Decision::Fail);
    assert_eq!(peer.requests().len(), 3, "the token and two pages");
}
