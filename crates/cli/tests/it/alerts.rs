//! Operators are told what is wrong.

use std::thread;
use std::time::{Duration, Instant};

use crate::folder::Folder;
use crate::peers::Peer;
use crate::server::Server;

/// A folder in whose database one run of `rule` has failed; nobody serves it.
fn with_a_run_that_failed(rule: &str) -> Folder {
    let folder = Folder::new();
    folder.write("rules/new-booking/bad.rhai", rule);
    let server = Server::start(&folder, &[], &[]);
    let token = folder.read("data/hook.token");
    server.webhook(
        &token,
        r#"{"type":"new-booking","payload":{"booking_pid":"1"}}"#,
    );
    server.wait_for("/api/v1/runs?state=failed", |runs| {
        runs["items"].get(0).map(|_| ())
    });
    server.terminate();
    folder
}

#[test]
fn a_run_that_fails_is_told_by_mail_and_stands_among_the_alerts() {
    let folder = with_a_run_that_failed("fail(\"no such seat\");\n");

    // It looks as it starts, and every 30 seconds.
    let smtp = Peer::smtp();
    let url = format!("smtp://{}", smtp.address);
    let server = Server::start(
        &folder,
        &[],
        &[
            ("CUEBOOK_SMTP_URL", &url),
            ("CUEBOOK_SMTP_FROM", "cuebook@theatre.example"),
            ("CUEBOOK_ALERTS_EMAIL", "night-shift@theatre.example"),
        ],
    );
    let alert = server.wait_for("/api/v1/alerts?state=raised", |alerts| {
        let alert = alerts["items"].get(0)?;
        (!alert["told_at"].is_null()).then(|| alert.clone())
    });
    assert_eq!(alert["kind"], "run_failed");
    assert_eq!(alert["title"], "1 run of new-booking/bad failed");
    let deadline = Instant::now() + Duration::from_secs(10);
    while smtp.got.all().is_empty() {
        assert!(Instant::now() < deadline, "no mail");
        thread::sleep(Duration::from_millis(20));
    }
    let mail = smtp.got.all().join("\n");
    assert!(mail.contains("night-shift@theatre.example"), "{mail}");
    assert!(
        mail.contains("Subject: Cuebook: 1 run of new-booking/bad failed"),
        "{mail}"
    );
    assert!(mail.contains("cuebook runs list --state failed"), "{mail}");
    assert!(
        !mail.contains("no such seat"),
        "a reason may be personal: {mail}"
    );
}

#[test]
fn the_address_of_a_chat_is_told_nowhere_when_it_cannot_be_reached() {
    let folder = with_a_run_that_failed("fail(\"no\");\n");

    let chat = [
        (
            "CUEBOOK_ALERTS_WEBHOOK",
            "https://127.0.0.1:9/services/canary-4f2",
        ),
        ("CUEBOOK_EGRESS_ALLOW", "127.0.0.1:9"),
    ];
    let server = Server::start(&folder, &[], &chat);
    let alert = server.wait_for("/api/v1/alerts", |alerts| {
        let alert = alerts["items"].get(0)?;
        (!alert["error"].is_null()).then(|| alert.clone())
    });
    assert!(
        alert["error"]
            .as_str()
            .unwrap()
            .starts_with("webhook::send: "),
        "{alert}"
    );
    assert!(!alert.to_string().contains("canary"), "{alert}");
    assert_eq!(alert["told_at"], serde_json::Value::Null);
    let log = folder.read(crate::server::LOG);
    assert!(log.contains("alerts could not be told"), "{log}");
    assert!(!log.contains("canary"), "{log}");
}
