//! `cuebook doctor --runs`: would what waits go on with this binary?

use serde_json::Value as Json;

use crate::folder::Folder;
use crate::server::Server;

const BOOKING: &str = r#"{"type":"new-booking","payload":{"booking_pid":7}}"#;

/// A rule whose second question depends on the time zone of the configuration.
const WAITS: &str = "//! Waits.\nlet at = now();\nlet before = state::get(time::format(at, \"%H:%M\"));\nsleep(\"30d\");\n";

#[test]
fn a_run_that_would_ask_something_else_is_listed_with_what_it_asked_and_what_it_would() {
    let folder = Folder::new();
    let empty = folder.run(&["doctor", "--runs"], &[]);
    assert_eq!(empty.code, 3, "there is no database yet: {empty:?}");
    folder.write("rules/new-booking/waits.rhai", WAITS);
    let server = Server::start(&folder, &[], &[]);
    let token = folder.read("data/hook.token");
    assert_eq!(server.webhook(&token, BOOKING).status, 202);
    let run = server.wait_for("/api/v1/runs?state=waiting", |list| {
        list["items"][0]["id"].as_str().map(str::to_owned)
    });
    // The version that the run is pinned to counts, and not the rule as it is now.
    folder.write(
        "rules/new-booking/waits.rhai",
        "//! Is another.\nfail(\"no\");\n",
    );

    let same = folder.run(&["doctor", "--runs"], &[]);
    assert_eq!(same.code, 0, "{same:?}");
    assert!(
        same.stdout.contains("1 that are not over were replayed"),
        "{same:?}"
    );

    let elsewhere = [("CUEBOOK_TIMEZONE", "Pacific/Auckland")];
    let other = folder.run(&["doctor", "--runs"], &elsewhere);
    assert_eq!(other.code, 1, "{other:?}");
    assert!(
        other.stdout.contains("WRONG") && other.stdout.contains(&run),
        "{other:?}"
    );
    assert_eq!(server.terminate(), Some(0));

    let other = folder.run(&["doctor", "--runs", "--json"], &elsewhere);
    assert_eq!(other.code, 1, "{other:?}");
    let told: Json = serde_json::from_str(&other.stdout).unwrap();
    assert_eq!(told["good"], false);
    let listed = &told["runs"][0];
    assert_eq!(listed["run"], run.as_str());
    assert_eq!(listed["rule"], "new-booking/waits");
    assert_eq!(
        (&listed["code"], &listed["path"]),
        (&"diverged".into(), &"1".into())
    );
    for member in ["journaled", "asked"] {
        let said = listed[member].as_str().unwrap();
        assert!(said.starts_with("state::get (arguments "), "{said}");
    }
    assert_ne!(listed["journaled"], listed["asked"]);

    let server = Server::start(&folder, &[], &[]);
    let shown = server.get(&format!("/api/v1/runs/{run}")).json();
    assert_eq!(shown["state"], "waiting", "it has changed nothing");
}
