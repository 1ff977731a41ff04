//! Messages forwarded by the real process, verified by a public library of Standard Webhooks.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use http::{HeaderMap, HeaderName, HeaderValue};
use sea_orm::{ConnectionTrait as _, Database};
use serde_json::Value as Json;
use standardwebhooks::Webhook;
use tokio::runtime::Runtime;

use crate::folder::Folder;
use crate::peers::Peer;
use crate::server::Server;

/// With blanks and an escape that a parser would not give back.
const BODY: &str =
    r#"{ "type":"new-booking",  "payload":{"booking_pid":29323344607310,"note":"\u00e4ä"} }"#;
const ENVIRONMENT: [(&str, &str); 1] = [("CUEBOOK_EGRESS_ALLOW", "127.0.0.1")];

/// What the receiver got: headers and body.
struct Got {
    headers: HeaderMap,
    body: String,
}

impl Got {
    fn read(request: &str) -> Self {
        let (head, body) = request.split_once("\r\n\r\n").unwrap();
        let lines = head.lines().skip(1).filter_map(|line| line.split_once(':'));
        let headers = lines.map(|(name, value)| {
            let name: HeaderName = name.trim().to_lowercase().parse().unwrap();
            (name, HeaderValue::from_str(value.trim()).unwrap())
        });
        Self {
            headers: headers.collect(),
            body: body.to_owned(),
        }
    }

    fn is_verified_by(&self, secret: &str) -> bool {
        let library = Webhook::new(secret).unwrap();
        library.verify(self.body.as_bytes(), &self.headers).is_ok()
    }

    fn id(&self) -> &str {
        self.headers["webhook-id"].to_str().unwrap()
    }
}

fn json(folder: &Folder, arguments: &[&str]) -> Json {
    let ended = folder.run(arguments, &[]);
    assert_eq!(ended.code, 0, "{ended:?}");
    serde_json::from_str(&ended.stdout).unwrap()
}

fn text(json: &Json) -> String {
    json.as_str().unwrap().to_owned()
}

/// Registers the receiver; gives the endpoint's id and its secret.
fn register(folder: &Folder, peer: SocketAddr) -> (String, String) {
    let url = format!("http://{peer}/in");
    let made = json(folder, &["endpoints", "create", &url, "--json"]);
    (text(&made["endpoint"]["id"]), text(&made["secret"]))
}

/// Waits for the request with this number.
fn wait_for(peer: &Peer, number: usize) -> Got {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        if let Some(request) = peer.got.all().get(number) {
            return Got::read(request);
        }
        assert!(Instant::now() < deadline, "request {number} did not come");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_public_library_verifies_what_comes_and_both_secrets_while_one_replaces_the_other() {
    let peer = Peer::http();
    let folder = Folder::new();
    let server = Server::start(&folder, &[], &ENVIRONMENT);
    let token = folder.read("data/hook.token");
    let (id, first) = register(&folder, peer.address);

    assert_eq!(server.webhook(&token, BODY).status, 202);
    let got = wait_for(&peer, 0);
    assert_eq!(got.body, BODY, "byte for byte");
    assert!(got.is_verified_by(&first));
    assert_eq!(got.headers["content-type"], "application/json");

    let rotated = json(&folder, &["endpoints", "rotate-secret", &id, "--json"]);
    let second = text(&rotated["secret"]);
    server.webhook(&token, BODY);
    let got = wait_for(&peer, 1);
    assert!(got.is_verified_by(&first) && got.is_verified_by(&second));

    // The day is over.
    assert_eq!(server.terminate(), Some(0));
    let database = format!("sqlite://{}", folder.path("data/cuebook.db").display());
    Runtime::new().unwrap().block_on(async {
        let database = Database::connect(database).await.unwrap();
        let over = "UPDATE endpoints SET former_secret_until = 1";
        database.execute_unprepared(over).await.unwrap();
        database.close().await.unwrap();
    });
    let server = Server::start(&folder, &[], &ENVIRONMENT);
    server.webhook(&token, BODY);
    let got = wait_for(&peer, 2);
    assert!(got.is_verified_by(&second) && !got.is_verified_by(&first));
}

#[test]
fn what_was_accepted_before_a_kill_is_forwarded_after_it() {
    let peer = Peer::http();
    let folder = Folder::new();
    let server = Server::start(&folder, &[], &ENVIRONMENT);
    let token = folder.read("data/hook.token");
    register(&folder, peer.address);
    // Nothing leaves until the next start.
    assert_eq!(folder.run(&["pause", "--sends"], &[]).code, 0);
    for _ in 0..50 {
        assert_eq!(server.webhook(&token, BODY).status, 202);
    }
    server.kill();
    assert!(peer.got.all().is_empty());
    let _server = Server::start(&folder, &[], &ENVIRONMENT);
    assert_eq!(folder.run(&["resume", "--sends"], &[]).code, 0);
    wait_for(&peer, 49);
    let got: Vec<Got> = peer.got.all().iter().map(|text| Got::read(text)).collect();
    let ids: std::collections::HashSet<&str> = got.iter().map(Got::id).collect();
    assert_eq!(ids.len(), 50);
    assert!(got.iter().all(|one| one.body == BODY));
}

#[test]
fn an_endpoint_is_registered_tested_and_looked_after_from_the_shell() {
    let peer = Peer::http();
    let folder = Folder::new();
    let _server = Server::start(&folder, &[], &ENVIRONMENT);
    let refused = folder.run(&["endpoints", "create", "http://169.254.169.254/"], &[]);
    assert_eq!(refused.code, 2, "{refused:?}");
    assert!(refused.stderr.contains("url_refused"), "{refused:?}");

    let (id, secret) = register(&folder, peer.address);
    let list = folder.run(&["endpoints", "list"], &[]);
    assert!(list.stdout.contains(&id) && list.stdout.contains("active"));
    assert!(!list.stdout.contains(&secret));
    let tested = folder.run(&["endpoints", "test", &id], &[]);
    assert_eq!(tested.code, 0, "{tested:?}");
    assert!(tested.stdout.contains("done") && tested.stdout.contains("200"));
    let got = wait_for(&peer, 0);
    assert_eq!(got.body, r#"{"type":"test","payload":{}}"#);
    assert!(got.is_verified_by(&secret));

    let deliveries = json(&folder, &["endpoints", "deliveries", &id, "--json"]);
    let delivery = text(&deliveries["items"][0]["id"]);
    let resent = folder.run(&["endpoints", "resend", &id, &delivery], &[]);
    assert_eq!(resent.code, 0, "{resent:?}");
    assert_eq!(wait_for(&peer, 1).id(), got.id());

    let update = [
        "endpoints",
        "update",
        &id,
        "--rate",
        "3",
        "--type",
        "new-payment",
    ];
    let updated = folder.run(&update, &[]);
    assert!(updated.stdout.contains("new-payment"), "{updated:?}");
    let disabled = folder.run(&["endpoints", "disable", &id], &[]);
    assert!(disabled.stdout.contains("disabled"), "{disabled:?}");
    assert_eq!(folder.run(&["endpoints", "delete", &id], &[]).code, 0);
    assert_eq!(folder.run(&["endpoints", "show", &id], &[]).code, 2);
}
