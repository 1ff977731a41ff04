//! Backups that are taken while webhooks come in, and what is restored from them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::Value as Json;

use crate::folder::{Ended, Folder};
use crate::http;
use crate::peers::Peer;
use crate::server::Server;

const LOCAL: [(&str, &str); 1] = [("CUEBOOK_EGRESS_ALLOW", "127.0.0.1")];
const SLEEPS: &str = "//! Sleeps, then tells.\nsleep(\"1s\");\nwebhook::send(\"http://PEER/woken\", #{ pid: event.payload.person_pid });\n";
const TELLS: &str =
    "//! Tells.\nwebhook::send(\"http://PEER/told\", #{ pid: event.payload.booking_pid });\n";

fn rules(folder: &Folder, peer: &Peer) {
    let peer = peer.address.to_string();
    folder.write("rules/new-booking/tell.rhai", &TELLS.replace("PEER", &peer));
    folder.write(
        "rules/new-person/sleep.rhai",
        &SLEEPS.replace("PEER", &peer),
    );
}

fn booking(pid: u32) -> String {
    format!(r#"{{"type":"new-booking","payload":{{"booking_pid":{pid}}}}}"#)
}

fn person(pid: u32) -> String {
    format!(r#"{{"type":"new-person","payload":{{"person_pid":{pid}}}}}"#)
}

/// How often the peer got each idempotency key.
fn deliveries(peer: &Peer) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for request in peer.got.all() {
        let key = request.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("idempotency-key")
                .then(|| value.trim().to_owned())
        });
        *counts.entry(key.unwrap()).or_default() += 1;
    }
    counts
}

/// All that a list of the API has.
fn all(server: &Server, path: &str) -> Vec<Json> {
    let (mut items, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = server.get(&format!("{path}?limit=100{cursor}")).json();
        items.extend(page["items"].as_array().unwrap().iter().cloned());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return items,
        }
    }
}

fn json(ended: &Ended) -> Json {
    serde_json::from_str(&ended.stdout).unwrap_or_else(|error| panic!("{error}: {ended:?}"))
}

/// Whether the effect may have been done in the time that the backup does not show.
fn is_in_doubt(effect: &Json) -> bool {
    let attempts = effect["attempts"].as_array().unwrap();
    attempts
        .iter()
        .any(|attempt| attempt["number"] == 0 && attempt["outcome"] == "unknown")
}

/// A server that has done something, and its backup.
fn backed_up(folder: &Folder) {
    folder.write("rules/any/log.rhai", "//! Logs.\nlog::info(\"seen\");\n");
    folder.write(
        "cuebook.toml",
        "log = \"warn\"\nticketpark.client_key = \"public\"\nticketpark.client_secret = \"hunter2\"\n",
    );
    let server = Server::start(folder, &[], &[]);
    assert_eq!(
        server
            .webhook(&folder.read("data/hook.token"), &booking(1))
            .status,
        202
    );
    assert_eq!(server.terminate(), Some(0));
    let ended = folder.run(&["backup", "b.tar"], &[]);
    assert_eq!(ended.code, 0, "{ended:?}");
}

/// A folder with the backup of another one.
fn with_backup_of(folder: &Folder) -> Folder {
    let other = Folder::new();
    fs::copy(folder.path("b.tar"), other.path("b.tar")).unwrap();
    other
}

/// Takes a backup while webhooks come.
fn backup_under_load(folder: &Folder, server: &Server) {
    let token = folder.read("data/hook.token");
    let (stop, url) = (AtomicBool::new(false), server.url.clone());
    let hook = format!("/hooks/ticketpark/{}", token.trim());
    thread::scope(|scope| {
        let load = scope.spawn(|| {
            let mut sent = 0;
            while !stop.load(Ordering::Relaxed) {
                sent += 1;
                let body = if sent % 10 == 0 {
                    person(sent)
                } else {
                    booking(sent)
                };
                assert_eq!(http::request("POST", &url, &hook, "", &body).status, 202);
            }
            sent
        });
        thread::sleep(Duration::from_millis(1500));
        let ended = folder.run(&["backup", "b.tar"], &[]);
        stop.store(true, Ordering::Relaxed);
        assert_eq!(ended.code, 0, "{ended:?}");
        assert!(load.join().unwrap() > 50, "there was no load");
    });
}

/// Waits until a list is empty.
fn until_none(server: &Server, list: &str) {
    server.wait_for(&format!("/api/v1/{list}"), |found| {
        found["items"].as_array()?.is_empty().then_some(())
    });
}

#[test]
fn a_backup_under_load_restores_into_closed_books_and_repeats_nothing_that_was_finished() {
    let peer = Peer::http();
    let folder = Folder::new();
    rules(&folder, &peer);
    let server = Server::start(&folder, &[], &LOCAL);
    backup_under_load(&folder, &server);
    // What happens after the backup is lost with its server, but for what others have got.
    until_none(&server, "runs?state=waiting");
    until_none(&server, "effects?state=pending");
    server.kill();
    let before = deliveries(&peer);
    assert!(before.values().all(|times| *times == 1));

    let restored = with_backup_of(&folder);
    restored.write("data/secret.key", &folder.read("data/secret.key"));
    let ended = restored.run(&["restore", "b.tar"], &[]);
    assert_eq!(ended.code, 0, "{ended:?}");
    assert_eq!(
        restored.read("rules/new-booking/tell.rhai"),
        folder.read("rules/new-booking/tell.rhai")
    );

    let server = Server::start(&restored, &[], &LOCAL);
    assert!(server.banner.contains("PAUSED"), "{}", server.banner);
    assert_eq!(
        server.get("/api/v1/system").json()["arrived"]["by"],
        "restored"
    );
    let doctor = restored.run(&["doctor", "--json"], &LOCAL);
    assert_eq!(doctor.code, 0, "the books close: {doctor:?}");
    let finished: BTreeSet<String> = all(&server, "/api/v1/effects")
        .iter()
        .filter(|effect| effect["state"] == "done")
        .map(|effect| effect["key"].as_str().unwrap().to_owned())
        .collect();
    assert!(!finished.is_empty());
    let held = json(&restored.run(&["resume", "--dry-run", "--json"], &[]));
    let overdue = held["goes_on"]["runs_overdue"].as_u64().unwrap();
    assert!(overdue > 0, "some slept when it was taken: {held:#}");
    assert_eq!(held["paused"].as_array().unwrap().len(), 1);
    let waiting = all(&server, "/api/v1/runs")
        .iter()
        .filter(|run| run["state"] == "waiting")
        .count();
    assert!(waiting as u64 >= overdue, "none of them was woken");
    assert_eq!(
        deliveries(&peer),
        before,
        "nothing leaves while it is paused"
    );

    // A webhook that comes now is stored, and is no part of what is in doubt.
    assert_eq!(
        server
            .webhook(&restored.read("data/hook.token"), &booking(900_000))
            .status,
        202
    );
    let resumed = restored.run(&["resume"], &[]);
    assert_eq!(resumed.code, 0, "{resumed:?}");
    assert!(resumed.stdout.contains("whose wait is over"), "{resumed:?}");
    until_none(&server, "runs?state=waiting");
    until_none(&server, "runs?state=ready");
    until_none(&server, "effects?state=pending");

    let after = deliveries(&peer);
    for key in &finished {
        assert_eq!(after[key], 1, "what was finished is not repeated");
    }
    let effects = all(&server, "/api/v1/effects");
    for effect in &effects {
        let key = effect["key"].as_str().unwrap();
        if after[key] > 1 {
            assert!(
                is_in_doubt(effect),
                "a repetition stands in the ledger: {effect:#}"
            );
        }
    }
    let newest = effects.iter().filter(|effect| {
        !is_in_doubt(effect) && !finished.contains(effect["key"].as_str().unwrap())
    });
    assert_eq!(
        newest.count(),
        1,
        "what came after the restore is not in doubt"
    );
    let doctor = restored.run(&["doctor", "--json"], &LOCAL);
    assert_eq!(doctor.code, 0, "{doctor:?}");
    assert_eq!(server.terminate(), Some(0));
}

#[test]
fn a_torn_or_changed_backup_is_refused_and_nothing_is_left() {
    let folder = Folder::new();
    backed_up(&folder);
    let good = fs::read(folder.path("b.tar")).unwrap();
    let mut changed = good.clone();
    let middle = good.len() - 20_000;
    changed[middle] ^= 1;
    let mut list = good.clone();
    list[600] ^= 1;
    for (what, bytes, why) in [
        ("half", good[..good.len() / 2].to_vec(), "too early"),
        ("only its list", good[..1024].to_vec(), "missing"),
        ("one bit", changed, "cuebook.db was changed"),
        ("one bit of the list", list, "b.tar is no whole backup"),
        ("something else", b"a letter".repeat(200), "no whole backup"),
        ("nothing", Vec::new(), "it is empty"),
    ] {
        let other = Folder::new();
        fs::write(other.path("b.tar"), bytes).unwrap();
        let ended = other.run(&["restore", "b.tar"], &[]);
        assert_eq!(ended.code, 2, "{what}: {ended:?}");
        assert!(ended.stderr.contains(why), "{what}: {ended:?}");
        assert_eq!(
            fs::read_dir(other.path("data")).unwrap().count(),
            0,
            "{what}"
        );
        assert!(
            !other.path("rules").exists() && !other.path("cuebook.toml").exists(),
            "{what}"
        );
    }
}

#[test]
fn nothing_is_overwritten_neither_by_a_backup_nor_by_a_restore() {
    let folder = Folder::new();
    backed_up(&folder);
    let good = fs::read(folder.path("b.tar")).unwrap();
    let again = folder.run(&["backup", "b.tar"], &[]);
    assert_eq!(again.code, 2, "{again:?}");
    assert!(again.stderr.contains("is there already"), "{again:?}");
    assert!(fs::read(folder.path("b.tar")).unwrap() == good);
    let database = fs::read(folder.path("data/cuebook.db")).unwrap();
    let onto = folder.run(&["restore", "b.tar"], &[]);
    assert_eq!(onto.code, 2, "{onto:?}");
    assert!(
        onto.stderr.contains("cuebook.db is there already"),
        "{onto:?}"
    );
    assert!(fs::read(folder.path("data/cuebook.db")).unwrap() == database);

    let other = with_backup_of(&folder);
    other.write("rules/any/other.rhai", "//! Another.\n");
    let refused = other.run(&["restore", "b.tar"], &[]);
    assert_eq!(refused.code, 2, "{refused:?}");
    assert!(refused.stderr.contains("--keep-rules"), "{refused:?}");
    let kept = other.run(&["restore", "b.tar", "--keep-rules"], &[]);
    assert_eq!(kept.code, 0, "{kept:?}");
    assert!(!other.path("rules/any/log.rhai").exists());
}

#[test]
fn a_restored_database_starts_with_its_own_secret_key_and_with_no_other() {
    let folder = Folder::new();
    backed_up(&folder);
    let serve = |folder: &Folder| {
        let environment = [
            ("CUEBOOK_LISTEN", "127.0.0.1:0"),
            ("CUEBOOK_TICKETPARK_CLIENT_SECRET", "again"),
        ];
        folder.run(&["serve"], &environment)
    };
    let other = with_backup_of(&folder);
    let ended = other.run(&["restore", "b.tar"], &[]);
    assert_eq!(ended.code, 0, "{ended:?}");
    assert!(ended.stdout.contains("secret.key"), "{ended:?}");
    let text = other.read("cuebook.toml");
    assert!(
        !text.contains("hunter2") && text.contains("public"),
        "{text}"
    );
    // The configuration's secret was left out, and that is told by its name.
    let refused = other.run(&["events", "list"], &[]);
    assert_eq!(refused.code, 2, "{refused:?}");
    assert!(
        refused.stderr.contains("ticketpark.client_secret"),
        "{refused:?}"
    );
    other.write(
        "cuebook.toml",
        &text.replace("left out of the backup", "hunter2"),
    );

    let without = serve(&other);
    assert_eq!(without.code, 3, "{without:?}");
    assert!(
        without
            .stderr
            .contains("not the secret key that it belongs to"),
        "{without:?}"
    );
    assert!(
        !other.path("data/secret.key").exists(),
        "no new one is made"
    );
    other.write("data/secret.key", &"0f".repeat(32));
    let wrong = serve(&other);
    assert_eq!(wrong.code, 3, "{wrong:?}");
    assert!(
        wrong.stderr.contains("start with the former key"),
        "{wrong:?}"
    );
    other.write("data/secret.key", &folder.read("data/secret.key"));
    let server = Server::start(&other, &[], &[]);
    assert_eq!(all(&server, "/api/v1/events").len(), 1);
    drop(server);

    let third = with_backup_of(&folder);
    third.write("data/secret.key", &"0f".repeat(32));
    let refused = third.run(&["restore", "b.tar"], &[]);
    assert_eq!(refused.code, 2, "{refused:?}");
    assert!(refused.stderr.contains("former key"), "{refused:?}");
    assert!(!third.path("data/cuebook.db").exists());
}

#[test]
fn on_postgres_the_exact_command_is_told_without_the_password() {
    let folder = Folder::new();
    let url = "postgres://cuebook:hunter2@db.example.ch/cuebook";
    let ended = folder.run(&["backup", "b.dump"], &[("CUEBOOK_DATABASE_URL", url)]);
    assert_eq!(ended.code, 2, "{ended:?}");
    assert!(
        ended
            .stderr
            .contains("pg_dump --format=custom --file='b.dump'"),
        "{ended:?}"
    );
    assert!(ended.stderr.contains("db.example.ch") && !ended.stderr.contains("hunter2"));
}
