//! Rules that change while the server runs, and rules that are wrong when it starts.

use std::thread;
use std::time::{Duration, Instant};

use crate::folder::Folder;
use crate::server::Server;

const GOOD: &str = "//! Notes it.\nlog::info(\"seen\");\n";
const BAD: &str = "//! Broken.\nlet x = ;\n";

fn metric(server: &Server, name: &str) -> Option<f64> {
    let text = String::from_utf8(server.get("/metrics").body).unwrap();
    let line = text.lines().find(|line| line.starts_with(name))?;
    line.rsplit_once(' ')?.1.parse().ok()
}

fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !holds() {
        assert!(Instant::now() < deadline, "{what}");
        thread::sleep(Duration::from_millis(20));
    }
}

fn rules(server: &Server) -> Vec<String> {
    let json = server.get("/api/v1/rules").json();
    json["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|rule| rule["name"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_changed_folder_runs_and_a_broken_one_leaves_the_rules_before_it() {
    let folder = Folder::new();
    folder.write("rules/new-booking/a.rhai", GOOD);
    let server = Server::start(&folder, &["--demo"], &[]);
    assert_eq!(rules(&server), ["new-booking/a"]);

    folder.write("rules/new-booking/b.rhai", GOOD);
    until("the new rule runs", || rules(&server).len() == 2);

    folder.write("rules/new-booking/b.rhai", BAD);
    until("the error shows", || {
        metric(&server, "cuebook_rules_valid") == Some(0.0)
    });
    assert_eq!(rules(&server).len(), 2);

    folder.write("rules/new-booking/b.rhai", GOOD);
    until("the error is gone", || {
        metric(&server, "cuebook_rules_valid") == Some(1.0)
    });
}

#[test]
fn a_broken_folder_at_the_start_leaves_the_last_valid_rules_running() {
    let folder = Folder::new();
    folder.write("rules/new-booking/a.rhai", GOOD);
    let server = Server::start(&folder, &["--demo"], &[]);
    assert_eq!(server.terminate(), Some(0));

    folder.write("rules/new-booking/a.rhai", BAD);
    let server = Server::start(&folder, &["--demo"], &[]);
    let ended = folder.run(&["trigger", "new-booking"], &[]);
    assert_eq!(ended.code, 0, "{ended:?}");
    assert!(
        ended.stdout.contains("new-booking/a completed"),
        "{ended:?}"
    );
    drop(server);
}

#[test]
fn a_folder_that_is_gone_leaves_the_rules_before_it_running() {
    let folder = Folder::new();
    folder.write("rules/new-booking/a.rhai", GOOD);
    let server = Server::start(&folder, &["--demo"], &[]);
    std::fs::remove_dir_all(folder.path("rules")).unwrap();
    until("the error shows", || {
        metric(&server, "cuebook_rules_valid") == Some(0.0)
    });
    assert_eq!(rules(&server), ["new-booking/a"]);
    assert_eq!(server.terminate(), Some(0));

    let server = Server::start(&folder, &["--demo"], &[]);
    assert_eq!(rules(&server), ["new-booking/a"]);
    assert!(!folder.path("rules").exists());
    drop(server);
}
