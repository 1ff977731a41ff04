//! What operators do from the shell.

use serde_json::Value as Json;

use crate::folder::{Ended, Folder};
use crate::server::Server;

const FAILS: &str = "//! Fails.\nfail(\"not today\");\n";
const GOOD: &str = "//! Logs.\nlog::info(\"done\");\n";
const MAILS: &str = r#"//! Mails.
email::send(#{ to: "tom@tomsons.example", subject: "Hello", text: "Hello" });
"#;
const BOOKING: &str = r#"{"type":"new-booking","payload":{"booking_pid":7}}"#;

fn json(ended: &Ended) -> Json {
    serde_json::from_str(&ended.stdout).unwrap_or_else(|error| panic!("{error}: {ended:?}"))
}

/// A server with one failed run; gives its id.
fn with_failed_run(folder: &Folder) -> (Server, String) {
    folder.write("rules/new-booking/rule.rhai", FAILS);
    let server = Server::start(folder, &[], &[]);
    let token = folder.read("data/hook.token");
    assert_eq!(server.webhook(&token, BOOKING).status, 202);
    let run = server.wait_for("/api/v1/runs?state=failed", |list| {
        list["items"][0]["id"].as_str().map(str::to_owned)
    });
    (server, run)
}

#[test]
fn a_failed_run_goes_on_on_the_mended_rule() {
    let folder = Folder::new();
    let (server, run) = with_failed_run(&folder);
    let list = folder.run(&["runs", "list", "--state", "failed"], &[]);
    assert_eq!(list.code, 0, "{list:?}");
    assert!(list.stdout.contains(&run) && list.stdout.contains("not today"));

    let old = json(&folder.run(&["rules", "show", "new-booking/rule", "--json"], &[]));
    folder.write("rules/new-booking/rule.rhai", GOOD);
    server.wait_for("/api/v1/rules/new-booking/rule", |rule| {
        (rule["version"] != old["version"]).then_some(())
    });
    let retried = folder.run(&["runs", "retry", &run, "--latest"], &[]);
    assert_eq!(retried.code, 0, "{retried:?}");
    server.wait_for(&format!("/api/v1/runs/{run}"), |shown| {
        (shown["state"] == "completed").then_some(())
    });
    let again = folder.run(&["runs", "retry", &run], &[]);
    assert_eq!(again.code, 2, "{again:?}");
    assert!(again.stderr.contains("wrong_state") && again.stderr.contains("restart"));
    let shown = folder.run(&["runs", "show", &run], &[]);
    assert!(shown.stdout.contains("completed"), "{shown:?}");
}

#[test]
fn a_pause_outlives_a_restart_and_is_told_at_its_start() {
    let folder = Folder::new();
    folder.write("rules/new-booking/rule.rhai", GOOD);
    let server = Server::start(&folder, &[], &[]);
    let token = folder.read("data/hook.token");
    let paused = folder.run(&["pause"], &[]);
    assert_eq!(paused.code, 0, "{paused:?}");
    assert!(paused.stdout.contains("runs and sends"), "{paused:?}");
    assert_eq!(server.terminate(), Some(0));

    let server = Server::start(&folder, &[], &[]);
    assert!(server.banner.contains("PAUSED"), "{}", server.banner);
    assert_eq!(server.webhook(&token, BOOKING).status, 202);
    let list = server.get("/api/v1/runs").json();
    assert_eq!(list["items"][0]["state"], "ready");
    let resumed = folder.run(&["resume"], &[]);
    assert!(resumed.stdout.contains("everything runs"), "{resumed:?}");
    server.wait_for("/api/v1/runs?state=completed", |list| {
        list["items"][0]["id"].as_str().map(str::to_owned)
    });
}

#[test]
fn the_doctor_says_good_beside_a_server_and_without_one() {
    let folder = Folder::new();
    let (server, _) = with_failed_run(&folder);
    let beside = folder.run(&["doctor"], &[]);
    assert_eq!(beside.code, 0, "{beside:?}");
    assert!(
        beside.stdout.contains("they close") && beside.stdout.contains("1 runs failed"),
        "{beside:?}"
    );
    assert_eq!(server.terminate(), Some(0));
    let alone = folder.run(&["doctor", "--json"], &[]);
    assert_eq!(alone.code, 0, "{alone:?}");
    let told = json(&alone);
    assert_eq!(told["good"], true);
    assert_eq!(told["books"]["events"], 1);
    assert_eq!(told["books"]["runs_by_state"]["failed"], 1);
}

#[test]
fn the_doctor_finds_what_is_wrong() {
    let folder = Folder::new();
    folder.write("rules/new-booking/rule.rhai", "let a = ;");
    let ended = folder.run(&["doctor"], &[("CUEBOOK_SMTP_URL", "smtp://127.0.0.1:1")]);
    assert_eq!(ended.code, 1, "{ended:?}");
    let lines: Vec<&str> = ended.stdout.lines().collect();
    for part in ["rules", "mail"] {
        let line = lines.iter().find(|line| line.starts_with(part)).unwrap();
        assert!(line.contains("WRONG"), "{line}");
    }
    let ended = folder.run(&["doctor"], &[("CUEBOOK_LISTEN", "nowhere")]);
    assert_eq!(ended.code, 1, "{ended:?}");
    assert!(ended.stdout.starts_with("configuration"), "{ended:?}");
}

#[test]
fn an_event_is_replayed_and_a_rule_disabled() {
    let folder = Folder::new();
    let (_server, _) = with_failed_run(&folder);
    let events = json(&folder.run(&["events", "list", "--json"], &[]));
    let event = events["items"][0]["id"].as_str().unwrap();
    let disabled = folder.run(&["rules", "disable", "new-booking/rule"], &[]);
    assert_eq!(disabled.code, 0, "{disabled:?}");
    let replayed = json(&folder.run(&["events", "replay", event, "--json"], &[]));
    assert_eq!(replayed["runs"], Json::Array(Vec::new()));
    folder.run(&["rules", "enable", "new-booking/rule"], &[]);
    let replayed = json(&folder.run(&["events", "replay", event, "--json"], &[]));
    assert_eq!(replayed["runs"].as_array().unwrap().len(), 1);
    let missing = folder.run(
        &["events", "show", "0195f3a0-7c1e-7b2a-9a51-3d9f0c6b2e11"],
        &[],
    );
    assert_eq!(missing.code, 2, "{missing:?}");
}

#[test]
fn the_events_of_a_rule_are_replayed_through_a_manual_rule_from_the_shell() {
    let folder = Folder::new();
    folder.write("rules/new-booking/rule.rhai", MAILS);
    folder.write("rules/manual/apology.rhai", MAILS);
    let server = Server::start(&folder, &[], &[]);
    let token = folder.read("data/hook.token");
    for _ in 0..3 {
        assert_eq!(server.webhook(&token, BOOKING).status, 202);
    }
    server.wait_for("/api/v1/effects?limit=3", |list| {
        (list["items"].as_array()?.len() == 3).then_some(())
    });
    let csv = folder.run(
        &["effects", "list", "--rule", "new-booking/rule", "--csv"],
        &[],
    );
    assert_eq!(csv.stdout.lines().count(), 4, "{csv:?}");
    assert!(csv.stdout.contains("tom@tomsons.example"), "{csv:?}");
    folder.write("wrong.csv", &csv.stdout);
    let replay = [
        "replay",
        "--events-of",
        "wrong.csv",
        "--rule",
        "manual/apology",
    ];
    let counted = folder.run(&[&replay[..], &["--dry-run"]].concat(), &[]);
    assert!(counted.stdout.contains("3 events"), "{counted:?}");
    let replayed = folder.run(
        &[&replay[..], &["--perform", "--reason", "wrong link"]].concat(),
        &[],
    );
    assert_eq!(replayed.code, 0, "{replayed:?}");
    assert!(
        replayed.stdout.contains("3 of 3 events replayed"),
        "{replayed:?}"
    );
    let listed = folder.run(&["replays", "list"], &[]);
    assert!(listed.stdout.contains("completed"), "{listed:?}");
    server.wait_for("/api/v1/effects?rule=manual/apology", |list| {
        (list["items"].as_array()?.len() == 3).then_some(())
    });
    let audit = json(&folder.run(&["audit", "--operation", "begin_replay", "--json"], &[]));
    let rows = audit["items"].as_array().unwrap();
    assert_eq!(rows.len(), 1, "counting leaves no row: {audit}");
    assert_eq!(rows[0]["reason"], "wrong link");
}

#[test]
fn many_runs_are_retried_once_somebody_says_so() {
    let folder = Folder::new();
    let (server, run) = with_failed_run(&folder);
    let old = json(&folder.run(&["rules", "show", "new-booking/rule", "--json"], &[]));
    folder.write("rules/new-booking/rule.rhai", GOOD);
    server.wait_for("/api/v1/rules/new-booking/rule", |rule| {
        (rule["version"] != old["version"]).then_some(())
    });
    let retry = [
        "runs",
        "many",
        "retry",
        "--rule",
        "new-booking/rule",
        "--latest",
    ];
    let counted = folder.run(&retry, &[]);
    assert!(counted.stdout.contains("1 runs"), "{counted:?}");
    assert!(counted.stderr.contains("--yes"), "{counted:?}");
    let done = folder.run(&[&retry[..], &["--yes"]].concat(), &[]);
    assert_eq!(
        (done.code, done.stdout.as_str()),
        (0, "retry: done for 1 runs\n"),
        "{done:?}"
    );
    server.wait_for(&format!("/api/v1/runs/{run}"), |shown| {
        (shown["state"] == "completed").then_some(())
    });
}
