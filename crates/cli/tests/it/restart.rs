//! A process that dies in the middle of a rule, and the one that takes up its work.

use std::net::SocketAddr;
use std::sync::Arc;

use cuebook_core::Clock;
use cuebook_core::clock::SystemClock;
use cuebook_pretend::{Options, Pretend};
use serde_json::Value as Json;
use tokio::runtime::Runtime;

use crate::folder::Folder;
use crate::peers::Peer;
use crate::server::{LOG, Server};

const BODY: &str = r#"{"type":"new-booking","payload":{"booking_pid":293233446073}}"#;

fn rule(peer: SocketAddr) -> String {
    format!(
        r#"//! Books, waits and mails.

let booking = ticketpark::booking(event.payload.booking_pid, #{{ properties: ["customer"] }});
http::post("http://{peer}/ledger", #{{ booking: booking.pid }});
sleep("2s");
email::send(#{{ to: booking.customer.email, subject: "Seen", text: "Two seconds ago." }});
"#
    )
}

fn pretend(runtime: &Runtime) -> Pretend {
    runtime
        .block_on(Pretend::start(Options {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            client_key: "key".to_owned(),
            client_secret: "secret".to_owned(),
            username: "box".to_owned(),
            password: "pass word".to_owned(),
            now: Arc::new(|| SystemClock.now()),
        }))
        .unwrap()
}

fn state(run: &Json) -> &str {
    run["items"][0]["state"].as_str().unwrap_or_default()
}

#[test]
fn a_run_killed_while_it_sleeps_is_finished_with_one_post_and_one_mail() {
    let runtime = Runtime::new().unwrap();
    let ticketpark = pretend(&runtime);
    let (ledger, mail) = (Peer::http(), Peer::smtp());
    let folder = Folder::new();
    folder.write("rules/new-booking/slow.rhai", &rule(ledger.address));
    let url = ticketpark.url();
    let smtp = format!("smtp://{}", mail.address);
    let environment = [
        ("CUEBOOK_TICKETPARK_URL", url.as_str()),
        ("CUEBOOK_TICKETPARK_CLIENT_KEY", "key"),
        ("CUEBOOK_TICKETPARK_CLIENT_SECRET", "secret"),
        ("CUEBOOK_TICKETPARK_USERNAME", "box"),
        ("CUEBOOK_EGRESS_ALLOW", "127.0.0.1"),
        ("CUEBOOK_SMTP_URL", smtp.as_str()),
        ("CUEBOOK_SMTP_FROM", "office@example.ch"),
    ];
    let login = ["login", "ticketpark"];
    let ended = folder.run_with(&login, &environment, "wrong\n");
    assert_eq!(ended.code, 3, "{ended:?}");
    let ended = folder.run_with(&login, &environment, "pass word\n");
    assert_eq!(ended.code, 0, "{ended:?}");

    let server = Server::start(&folder, &[], &environment);
    let ended = folder.run_with(&login, &environment, "wrong\n");
    assert_eq!(ended.code, 2, "the running server logs in: {ended:?}");
    assert!(ended.stderr.contains("login_refused"), "{ended:?}");
    let ended = folder.run_with(&login, &environment, "pass word\n");
    assert_eq!(ended.code, 0, "{ended:?}");

    let answer = server.webhook(&folder.read("data/hook.token"), BODY);
    assert_eq!(answer.status, 202, "{answer:?}");
    server.wait_for("/api/v1/runs", |runs| {
        (state(runs) == "waiting").then_some(())
    });
    server.kill();
    assert_eq!(ledger.got.all().len(), 1);
    assert_eq!(mail.got.all().len(), 0);

    let server = Server::start(&folder, &[], &environment);
    server.wait_for("/api/v1/runs", |runs| {
        (state(runs) == "completed").then_some(())
    });
    server.wait_for("/api/v1/effects", |effects| {
        let items = effects["items"].as_array()?;
        items
            .iter()
            .all(|effect| effect["state"] == "done")
            .then_some(())
    });
    assert_eq!(server.terminate(), Some(0));

    let posts = ledger.got.all();
    assert_eq!(posts.len(), 1, "{posts:?}");
    assert!(posts[0].starts_with("POST /ledger "), "{posts:?}");
    assert!(posts[0].contains("293233446073"), "{posts:?}");
    let mails = mail.got.all();
    assert_eq!(mails.len(), 1, "{mails:?}");
    let log = folder.read(LOG);
    for secret in [
        folder.read("data/hook.token").trim(),
        folder.read("data/admin.key").trim(),
        "pass word",
        "example.com",
    ] {
        assert!(!log.contains(secret), "{secret:?} in {log}");
    }
    assert!(mails[0].contains("Two seconds ago."), "{mails:?}");
}
