//! What never came is made good, once: also when the process is killed half-way.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use cuebook_core::Clock;
use cuebook_core::clock::SystemClock;
use cuebook_pretend::{Collection, booking};
use sea_orm::{ConnectionTrait, Database};
use serde_json::{Map, Value as Json, json};

use crate::folder::Folder;
use crate::http;
use crate::server::Server;
use crate::ticketpark_peer::Ticketpark;

const RULE: &str = r#"//! Ends at once, whatever came.
//!
//! ```toml
//! types = ["new-booking", "booking-changed", "new-payment", "payment-changed", "person-updated"]
//! ```

skip(event.origin);
"#;
const CHANGES: usize = 1_000;

/// A change in Ticketpark.
struct Change {
    collection: Collection,
    pid: String,
    /// The message that Ticketpark sends of it.
    message: Json,
    /// The type of the event that is made where it does not.
    made_as: &'static str,
    /// The booking or person.
    subject: String,
    withheld: bool,
}

fn change(number: usize) -> Change {
    let booking_pid = (710_000_000_000_u64 + number as u64).to_string();
    let record = booking(&booking_pid);
    let text = |json: &Json| json.as_str().unwrap().to_owned();
    let (collection, pid, message, made_as, subject) = match number % 10 {
        8 => {
            let payment = text(&record["payments"][0]["pid"]);
            let message = json!({"type": "new-payment", "payload": {"booking_pid": booking_pid,
                "payment_pid": payment, "payment_method": "m", "currency": "CHF", "amount": "1.00"}});
            (
                Collection::Payments,
                payment,
                message,
                "payment-changed",
                booking_pid,
            )
        }
        9 => {
            let person = text(&record["customer"]["pid"]);
            let message = json!({"type": "new-updated", "payload": {"person_pid": person}});
            (
                Collection::Persons,
                person.clone(),
                message,
                "person-updated",
                person,
            )
        }
        kind => {
            let message = json!({"type": "new-booking", "payload": {"booking_pid": booking_pid}});
            let made_as = if kind == 0 {
                "new-booking"
            } else {
                "booking-changed"
            };
            (
                Collection::Bookings,
                booking_pid.clone(),
                message,
                made_as,
                booking_pid,
            )
        }
    };
    Change {
        collection,
        pid,
        message,
        made_as,
        subject,
        withheld: number / 10 % 10 == 3,
    }
}

/// Cuebook was configured an hour ago.
fn an_hour_ago(folder: &Folder, ticketpark: &Ticketpark) {
    let path = folder.path("data/cuebook.db");
    let hour = 3_600_000_000_i64;
    ticketpark.runtime.block_on(async {
        let db = Database::connect(format!("sqlite://{}", path.display())).await.unwrap();
        let earlier = format!(
            "UPDATE reconcile_marks SET baseline = baseline - {hour}, looked_until = looked_until - {hour}"
        );
        assert_eq!(db.execute_unprepared(&earlier).await.unwrap().rows_affected(), 1);
        db.close().await.unwrap();
    });
}

/// The events of a filter, all pages.
fn events(server: &Server, filter: &str) -> Vec<Json> {
    let (mut all, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = server
            .get(&format!("/api/v1/events?limit=100&{filter}{cursor}"))
            .json();
        all.extend(page["items"].as_array().unwrap().clone());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return all,
        }
    }
}

fn look(server: &Server) -> Json {
    server.get("/api/v1/reconciliations?limit=1").json()["items"][0].clone()
}

/// Carries the changes out, with the webhooks that are not withheld.
fn carry_out(changes: &[Change], ticketpark: &Ticketpark, server: &Server, token: &str) {
    for change in changes {
        let mut edit = Map::new();
        if change.made_as == "new-booking" {
            let created = SystemClock.now() - TimeDelta::minutes(10);
            edit.insert("created".to_owned(), json!(created.to_rfc3339()));
        }
        ticketpark
            .pretend
            .edit(change.collection, &change.pid, edit);
        if !change.withheld {
            assert_eq!(
                server.webhook(token, &change.message.to_string()).status,
                202
            );
        }
    }
}

#[test]
fn of_a_thousand_changes_the_hundred_withheld_are_made_good_once_though_it_is_killed_half_way() {
    // Whoever sends has done so by now: its clock is ten minutes behind.
    let ticketpark = Ticketpark::start(|| SystemClock.now() - TimeDelta::minutes(10));
    let folder = Folder::new();
    folder.write("rules/any/all.rhai", RULE);
    let mut environment = ticketpark.environment();
    let server = Server::start(&folder, &[], &environment);
    ticketpark.log_in(&folder);
    server.terminate();
    an_hour_ago(&folder, &ticketpark);
    // While changes are made here, no look may come in between them and their webhooks.
    environment.push(("CUEBOOK_RECONCILE_EVERY", "off"));
    let server = Server::start(&folder, &[], &environment);

    let changes: Vec<Change> = (0..CHANGES).map(change).collect();
    let token = folder.read("data/hook.token");
    carry_out(&changes, &ticketpark, &server, &token);

    let ended = folder.run(
        &["reconcile", "--since", "1h", "--no-wait", "--json"],
        &environment,
    );
    assert_eq!(ended.code, 0, "{ended:?}");
    server.wait_for("/api/v1/reconciliations?limit=1", |looks| {
        (looks["items"][0]["looked"].as_u64() >= Some(300)).then_some(())
    });
    server.kill();
    let server = Server::start(&folder, &[], &environment);
    let begun = look(&server);
    assert_eq!(begun["state"], "running", "{begun:#}");
    server.wait_for("/api/v1/reconciliations?limit=1", |looks| {
        (looks["items"][0]["state"] == "completed").then_some(())
    });
    let done = look(&server);
    assert_eq!(
        (&done["id"], &done["known"]),
        (&begun["id"], &json!(900)),
        "{done:#}"
    );
    assert_eq!(
        (&done["made"], &done["held"]),
        (&json!(50), &json!(50)),
        "{done:#}"
    );

    let mut missing: BTreeMap<&str, &str> = changes
        .iter()
        .filter(|change| change.withheld)
        .map(|change| (change.subject.as_str(), change.made_as))
        .collect();
    assert_eq!(missing.len(), 100);
    let made = events(&server, "origin=reconcile");
    assert_eq!(made.len(), 100);
    for event in &made {
        let expected = missing.remove(event["subject"].as_str().unwrap());
        assert_eq!(event["type"].as_str(), expected, "{event:#}");
        assert_eq!(event["trust"], "confirmed");
    }

    // A person lets the others go; nothing is made twice.
    let ended = folder.run(
        &[
            "events",
            "approve",
            "--all",
            "--origin",
            "reconcile",
            "--reason",
            "they were missing",
        ],
        &environment,
    );
    assert_eq!(
        (ended.code, ended.stdout.lines().count()),
        (0, 50),
        "{ended:?}"
    );
    let ended = folder.run(&["reconcile", "--since", "1h"], &environment);
    assert!(ended.stdout.contains("0 made good, 0 held"), "{ended:?}");
    server.wait_for("/api/v1/events?state=pending&limit=1", |events| {
        events["items"].as_array()?.is_empty().then_some(())
    });
    let made = events(&server, "origin=reconcile");
    assert_eq!(made.len(), 100);
    for event in &made {
        assert_eq!(event["runs"].as_array().unwrap().len(), 1, "{event:#}");
        assert_eq!(event["runs"][0]["reason"], "reconcile", "{event:#}");
    }

    // The webhook comes after all: it is there beside the event that stood in for it, and says so.
    let late = changes.iter().find(|change| change.withheld).unwrap();
    assert_eq!(
        server.webhook(&token, &late.message.to_string()).status,
        202
    );
    let both = events(&server, &format!("subject={}", late.subject));
    let origins: Vec<&str> = both
        .iter()
        .map(|event| event["origin"].as_str().unwrap())
        .collect();
    assert_eq!(origins, ["webhook", "reconcile"]);
    let ended = folder.run(&["doctor"], &environment);
    assert!(ended.stdout.contains("they close"), "{ended:?}");
    assert_eq!(server.terminate(), Some(0));
}

#[test]
fn without_ticketpark_nobody_can_be_asked() {
    let folder = Folder::new();
    let server = Server::start(&folder, &[], &[]);
    let ended = folder.run(&["reconcile", "--since", "1d"], &[]);
    assert_eq!(ended.code, 2, "{ended:?}");
    assert!(ended.stderr.contains("ticketpark.client_key"), "{ended:?}");
    let ended = folder.run(&["reconcile", "--since", "soon"], &[]);
    assert_eq!(ended.code, 2, "{ended:?}");
    let key = folder.read("data/admin.key");
    let body = r#"{"since":"2999-01-01T00:00:00Z"}"#;
    let answer = http::request(
        "POST",
        &server.url,
        "/api/v1/reconciliations",
        key.trim(),
        body,
    );
    assert_eq!(answer.status, 409, "{answer:?}");
}
