//! The exit codes, and what a command says when it ends with one.

use std::net::TcpListener;

use crate::folder::Folder;

const GOOD_RULE: &str = "//! Does nothing.\nlog::info(\"seen\");\n";
const BAD_RULE: &str =
    "//! Calls what there is not.\nlet x = http::gte(\"https://example.com\");\n";

#[test]
fn good_is_0() {
    let folder = Folder::new();
    folder.write("rules/new-booking/a.rhai", GOOD_RULE);
    let ended = folder.run(&["check"], &[]);
    assert_eq!(ended.code, 0, "{ended:?}");
    assert_eq!(ended.stdout, "checked 1 rule: ok\n");
}

#[test]
fn findings_are_1() {
    let folder = Folder::new();
    folder.write("rules/new-booking/a.rhai", BAD_RULE);
    assert_eq!(folder.run(&["check"], &[]).code, 1);
}

#[test]
fn wrong_usage_is_2() {
    let folder = Folder::new();
    assert_eq!(folder.run(&["chekc"], &[]).code, 2);
    assert_eq!(folder.run(&["check", "nowhere"], &[]).code, 2);
    assert_eq!(
        folder.run(&["check", "--config", "nowhere.toml"], &[]).code,
        2
    );
    let ended = folder.run(&["trigger", "new-bookin"], &[]);
    assert_eq!(ended.code, 2);
    assert!(
        ended.stderr.contains("did you mean new-booking?"),
        "{ended:?}"
    );
}

#[test]
fn what_cannot_be_reached_or_started_is_3() {
    let folder = Folder::new();
    let free = {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().to_string()
    };
    let url = format!("http://{free}");
    let key = "k".repeat(32);
    let environment = [("CUEBOOK_URL", url.as_str()), ("CUEBOOK_KEY", key.as_str())];
    let ended = folder.run(&["trigger", "new-booking"], &environment);
    assert_eq!(ended.code, 3);
    assert!(
        ended.stderr.contains("is `cuebook serve` running?"),
        "{ended:?}"
    );
    assert!(!ended.stderr.contains(&key));

    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = taken.local_addr().unwrap().to_string();
    let ended = folder.run(&["serve"], &[("CUEBOOK_LISTEN", &listen)]);
    assert_eq!(ended.code, 3);
    assert!(ended.stderr.contains("cannot listen on"), "{ended:?}");
}

#[test]
fn an_open_door_is_refused_without_a_proxy_in_front() {
    let folder = Folder::new();
    let ended = folder.run(&["serve"], &[("CUEBOOK_LISTEN", "0.0.0.0:0")]);
    assert_eq!(ended.code, 2);
    assert!(ended.stderr.contains("--behind-proxy"), "{ended:?}");
    assert!(!folder.path("data").exists());
}

#[test]
fn help_goes_to_stdout_and_names_every_command() {
    let ended = Folder::new().run(&["--help"], &[]);
    assert_eq!(ended.code, 0);
    for command in [
        "serve", "trigger", "check", "login", "migrate", "openapi", "runs", "effects", "events",
        "rules", "pause", "resume", "doctor",
    ] {
        assert!(ended.stdout.contains(command), "{command}");
    }
}

#[test]
fn migrating_twice_has_nothing_to_do_the_second_time() {
    let folder = Folder::new();
    let first = folder.run(&["migrate"], &[]);
    assert_eq!(first.code, 0, "{first:?}");
    assert!(first.stdout.starts_with("applied "), "{first:?}");
    let second = folder.run(&["migrate"], &[]);
    assert!(second.stdout.starts_with("nothing to do"), "{second:?}");
}
