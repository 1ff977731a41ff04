//! The dashboard in `docs/` shows what there is.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value as Json;

use crate::folder::Folder;
use crate::server::Server;

/// A call and a mail, both to where nothing listens: attempts are counted, whatever comes of them.
const RULE: &str = "try { http::get(\"https://127.0.0.1:9/\", #{ retry: \"never\" }); } catch (error) { log::info(error.kind); }\n\
    email::send(#{ to: \"a@theatre.example\", subject: \"Hi\", text: \"t\" });\n";
const SETTINGS: [(&str, &str); 2] = [
    ("CUEBOOK_SMTP_URL", "smtp://127.0.0.1:9"),
    ("CUEBOOK_SMTP_FROM", "box-office@theatre.example"),
];

/// The names of the metrics in a text, such as an expression.
fn names(text: &str) -> BTreeSet<String> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .filter(|word| word.starts_with("cuebook_"))
        .map(str::to_owned)
        .collect()
}

fn dashboard() -> Json {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/grafana.json");
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

#[test]
fn each_metric_of_the_dashboard_is_told_by_a_running_server() {
    let folder = Folder::new();
    folder.write("rules/new-booking/note.rhai", RULE);
    let server = Server::start(&folder, &[], &SETTINGS);
    let token = folder.read("data/hook.token");
    let body = r#"{"type":"new-booking","payload":{"booking_pid":"2932"}}"#;
    assert_eq!(server.webhook(&token, body).status, 202);
    server.wait_for("/api/v1/effects", |effects| {
        let attempts = effects["items"][0]["attempts"].as_array()?;
        (!attempts.is_empty()).then_some(())
    });
    let told = names(&String::from_utf8(server.get("/metrics").body).unwrap());
    let expressions: Vec<String> = dashboard()["panels"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|panel| panel["targets"].as_array().unwrap().clone())
        .map(|target| target["expr"].as_str().unwrap().to_owned())
        .collect();
    assert!(expressions.len() >= 20);
    for expression in expressions {
        let names = names(&expression);
        assert_eq!(names.len(), 1, "{expression}");
        assert!(names.is_subset(&told), "{expression}: {told:?}");
    }
}

#[test]
fn no_family_of_metrics_is_told_twice() {
    let folder = Folder::new();
    folder.write("rules/new-booking/note.rhai", "log::info(\"seen\");\n");
    let server = Server::start(&folder, &["--demo"], &[]);
    let token = folder.read("data/hook.token");
    server.webhook(
        &token,
        r#"{"type":"new-booking","payload":{"booking_pid":"1"}}"#,
    );
    server.wait_for("/api/v1/runs?state=completed", |runs| {
        runs["items"].get(0).map(|_| ())
    });
    let text = String::from_utf8(server.get("/metrics").body).unwrap();
    let types: Vec<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE "))
        .filter_map(|line| line.split(' ').next())
        .collect();
    let different: BTreeSet<&str> = types.iter().copied().collect();
    assert_eq!(types.len(), different.len(), "{types:?}");
    assert!(different.contains("cuebook_runs") && different.contains("cuebook_runs_ended"));
}
