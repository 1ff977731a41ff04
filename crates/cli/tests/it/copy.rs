//! From SQLite to Postgres with the real binary, and a Postgres whose schema is another version's.

use serde_json::Value as Json;

use crate::folder::Folder;
use crate::nodes::Postgres;
use crate::server::Server;

const BODY: &str = r#"{"type":"new-booking","payload":{"booking_pid":"293233446073"}}"#;
/// Sleeps for as long as it takes to move, and says a word.
const RULE: &str = "//! Says a word, later.\n\nsleep(\"1s\");\nlog::info(`late`);\n";

fn run_in(state: &'static str) -> impl Fn(&Json) -> Option<String> {
    move |runs| {
        let run = &runs["items"][0];
        (run["state"] == state).then(|| run["id"].as_str().unwrap().to_owned())
    }
}

#[test]
fn a_moved_database_starts_paused_goes_on_when_it_is_resumed_and_its_source_refuses_to_start() {
    let Some(postgres) = Postgres::new("copy") else {
        return;
    };
    let folder = Folder::new();
    folder.write("rules/new-booking/late.rhai", RULE);
    let server = Server::start(&folder, &[], &[]);
    let token = folder.read("data/hook.token");
    let paused = folder.run(&["pause"], &[]);
    assert_eq!(paused.code, 0, "{paused:?}");
    assert_eq!(server.webhook(&token, BODY).status, 202);
    let url = postgres.url();
    let refused = folder.run(&["copy", "--to", &url], &[]);
    assert_eq!(refused.code, 3, "{refused:?}");
    assert!(
        refused.stderr.contains("stop the server first"),
        "{refused:?}"
    );
    assert_eq!(server.terminate(), Some(0));

    let copied = folder.run(&["copy", "--to", &url], &[]);
    assert_eq!(copied.code, 0, "{copied:?}");
    assert!(copied.stdout.contains(" events "), "{copied:?}");
    assert!(copied.stdout.contains("cuebook resume"), "{copied:?}");
    let delete = copied.stdout.lines().find(|line| line.contains("delete "));
    assert!(
        delete.is_some_and(|line| line.contains("data/cuebook.db* ")),
        "{copied:?}"
    );
    let moved = folder.run(&["serve"], &[("CUEBOOK_LISTEN", "127.0.0.1:0")]);
    assert_eq!(moved.code, 3, "{moved:?}");
    assert!(moved.stderr.contains("has moved to"), "{moved:?}");

    let there = [
        ("CUEBOOK_DATABASE_URL", url.as_str()),
        ("CUEBOOK_RULES_SOURCE", "folder"),
    ];
    let server = Server::start(&folder, &[], &there);
    assert!(server.banner.contains("PAUSED"), "{}", server.banner);
    server.wait_for("/api/v1/runs", run_in("ready"));
    let resumed = folder.run(&["resume"], &there);
    assert_eq!(resumed.code, 0, "{resumed:?}");
    server.wait_for("/api/v1/runs", run_in("completed"));
    assert_eq!(
        server.webhook(&token, BODY).status,
        202,
        "the same address is good"
    );
    assert_eq!(server.terminate(), Some(0));

    let undone = folder.run(&["copy", "--undo"], &[]);
    assert_eq!(undone.code, 0, "{undone:?}");
    let server = Server::start(&folder, &[], &[]);
    assert_eq!(server.terminate(), Some(0));
}

#[test]
fn a_node_refuses_an_older_schema_and_names_the_command_that_brings_it_up_to_date() {
    let Some(postgres) = Postgres::new("migrate") else {
        return;
    };
    let url = postgres.url();
    let database = [
        ("CUEBOOK_DATABASE_URL", url.as_str()),
        ("CUEBOOK_LISTEN", "127.0.0.1:0"),
    ];
    let folder = Folder::new();
    let applied = folder.run(&["migrate"], &database);
    assert_eq!(applied.code, 0, "{applied:?}");
    assert!(
        applied.stdout.contains("applied m20261124_000001_events"),
        "{applied:?}"
    );
    postgres.change(
        "DELETE FROM seaql_migrations WHERE version LIKE '%000014_timetables'; DROP TABLE timetables",
    );
    let refused = folder.run(&["serve"], &database);
    assert_eq!(refused.code, 3, "{refused:?}");
    assert!(refused.stderr.contains("`cuebook migrate`"), "{refused:?}");
    let applied = folder.run(&["migrate"], &database);
    assert!(
        applied
            .stdout
            .contains("applied m20261124_000014_timetables"),
        "{applied:?}"
    );
    let again = folder.run(&["migrate"], &database);
    assert!(again.stdout.contains("nothing to do"), "{again:?}");
    assert_eq!(Server::start(&folder, &[], &database).terminate(), Some(0));
}
