//! Events that Ticketpark is asked about before their rules run.

use cuebook_core::Clock;
use cuebook_core::clock::SystemClock;
use serde_json::Value as Json;

use crate::folder::Folder;
use crate::server::Server;
use crate::ticketpark_peer::Ticketpark;

/// Ends with how far the event is believed.
const RULE: &str = r#"//! Ends at once.
//!
//! ```toml
//! types = ["new-booking", "booking-cancelled", "new-person"]
//! ```

skip(event.trust);
"#;

fn message(name: &str, member: &str, pid: &str) -> String {
    format!(r#"{{"type":"{name}","payload":{{"{member}":"{pid}"}}}}"#)
}

/// Sends a message, and gives the event once it is in this state.
fn sent(server: &Server, token: &str, message: &str, state: &str) -> Json {
    let answer = server.webhook(token, message);
    assert_eq!(answer.status, 202, "{answer:?}");
    let id = answer.json()["id"].as_str().unwrap().to_owned();
    in_state(server, &id, state)
}

fn in_state(server: &Server, id: &str, state: &str) -> Json {
    server.wait_for(&format!("/api/v1/events/{id}"), |event| {
        (event["state"] == state).then(|| event.clone())
    })
}

fn trust(event: &Json) -> &str {
    event["runs"][0]["reason"].as_str().unwrap_or_default()
}

#[test]
fn what_ticketpark_knows_runs_and_what_it_does_not_know_is_kept_unless_it_tells_of_an_end() {
    let ticketpark = Ticketpark::start(|| SystemClock.now());
    let folder = Folder::new();
    folder.write("rules/any/all.rhai", RULE);
    let mut environment = ticketpark.environment();
    environment.extend([
        ("CUEBOOK_TRUST_NEW_BOOKING", "refetch"),
        ("CUEBOOK_TRUST_BOOKING_CANCELLED", "refetch"),
    ]);
    let server = Server::start(&folder, &[], &environment);
    ticketpark.log_in(&folder);
    let token = folder.read("data/hook.token");

    let known = sent(
        &server,
        &token,
        &message("new-booking", "booking_pid", "293233446073"),
        "processed",
    );
    assert_eq!(
        (trust(&known), known["trust"].as_str()),
        ("confirmed", Some("confirmed"))
    );
    let unknown = sent(
        &server,
        &token,
        &message("new-booking", "booking_pid", "4041"),
        "rejected",
    );
    assert!(unknown["runs"].as_array().unwrap().is_empty());
    let reason = unknown["reason"].as_str().unwrap();
    assert!(reason.contains("does not know bookings/4041"), "{reason}");
    let gone = sent(
        &server,
        &token,
        &message("booking-cancelled", "booking_pid", "4042"),
        "processed",
    );
    assert_eq!(trust(&gone), "unconfirmed");
    // Of this type the token is enough.
    let person = sent(
        &server,
        &token,
        &message("new-person", "person_pid", "404P"),
        "processed",
    );
    assert_eq!(trust(&person), "token");

    let id = unknown["id"].as_str().unwrap();
    let ended = folder.run(&["events", "replay", id, "--perform"], &environment);
    assert_eq!(
        ended.code, 0,
        "an operator can let it run all the same: {ended:?}"
    );
    assert!(ended.stdout.contains("run "), "{ended:?}");
    assert_eq!(server.terminate(), Some(0));
}

#[test]
fn while_ticketpark_is_down_events_wait_and_nothing_is_lost_even_by_a_kill() {
    let ticketpark = Ticketpark::start(|| SystemClock.now());
    let folder = Folder::new();
    folder.write("rules/any/all.rhai", RULE);
    let address = ticketpark.address();
    let url = format!("http://{address}");
    let environment = [
        ("CUEBOOK_TICKETPARK_URL", url.as_str()),
        ("CUEBOOK_TICKETPARK_CLIENT_KEY", "key"),
        ("CUEBOOK_TICKETPARK_CLIENT_SECRET", "secret"),
        ("CUEBOOK_TICKETPARK_USERNAME", "box"),
        ("CUEBOOK_TRUST_NEW_BOOKING", "refetch"),
    ];
    let server = Server::start(&folder, &[], &environment);
    ticketpark.log_in(&folder);
    ticketpark.stop();
    let token = folder.read("data/hook.token");
    let waiting = sent(
        &server,
        &token,
        &message("new-booking", "booking_pid", "293233446073"),
        "confirming",
    );
    let other = sent(
        &server,
        &token,
        &message("new-booking", "booking_pid", "293233446074"),
        "confirming",
    );
    server.kill();

    let server = Server::start(&folder, &[], &environment);
    let id = other["id"].as_str().unwrap();
    let ended = folder.run(
        &["events", "approve", id, "--reason", "seen at the desk"],
        &environment,
    );
    assert_eq!(ended.code, 0, "{ended:?}");
    assert_eq!(trust(&in_state(&server, id, "processed")), "unconfirmed");
    let ended = folder.run(&["doctor"], &environment);
    assert!(
        ended.stdout.contains("1 event waits for Ticketpark"),
        "{ended:?}"
    );

    let ticketpark = Ticketpark::start_at(address, || SystemClock.now());
    ticketpark.log_in(&folder);
    let id = waiting["id"].as_str().unwrap();
    assert_eq!(trust(&in_state(&server, id, "processed")), "confirmed");
    assert_eq!(server.terminate(), Some(0));
}
