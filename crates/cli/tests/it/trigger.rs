//! `cuebook trigger`: what can be said about the event, and watching its runs.

use serde_json::Value as Json;

use crate::folder::{Ended, Folder};
use crate::server::Server;

const RULE: &str = "let booking = ticketpark::booking(event.payload.booking_pid);\nlog::info(`${booking.pid} ${event.payload[\"note\"]}`);\nsleep(\"1s\");\nemail::send(#{ to: \"a@theatre.example\", subject: \"Hi\", text: \"t\" });\n";

fn demo(rule: &str) -> (Folder, Server) {
    let folder = Folder::new();
    folder.write("rules/new-booking/note.rhai", rule);
    let server = Server::start(&folder, &["--demo"], &[]);
    (folder, server)
}

fn json(ended: &Ended) -> Json {
    serde_json::from_str(&ended.stdout).unwrap_or_else(|error| panic!("{error}: {ended:?}"))
}

#[test]
fn steps_logs_and_effects_are_told_as_the_run_goes() {
    let (folder, _server) = demo(RULE);
    let ended = folder.run(
        &["trigger", "new-booking", "--watch", "--timeout", "30"],
        &[],
    );
    assert_eq!(ended.code, 0, "{ended:?}");
    let at = |text: &str| {
        let found = ended.stdout.find(text);
        found.unwrap_or_else(|| panic!("no {text:?} in\n{}", ended.stdout))
    };
    let waits = at("new-booking/note waiting");
    let done = at("new-booking/note completed");
    assert!(at("ticketpark::booking(") < done);
    assert!(waits < done && waits < at("email::send captured to a@theatre.example"));
    assert_eq!(
        ended.stdout.matches("ticketpark::booking(").count(),
        1,
        "each step once"
    );
}

#[test]
fn a_stored_event_is_injected_again_with_other_values() {
    let (folder, server) =
        demo("log::info(`${event.payload.booking_pid} ${event.payload[\"note\"]}`);\n");
    let token = folder.read("data/hook.token");
    let body = r#"{"type":"new-booking","payload":{"booking_pid":9007199254740993,"note":{"text":"old"}}}"#;
    let id = server.webhook(&token, body).json()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let ended = folder.run(
        &[
            "trigger",
            "--event-id",
            &id,
            "--set",
            "note.text=new",
            "--set",
            "note.list=[1,2]",
            "--json",
        ],
        &[],
    );
    assert_eq!(ended.code, 0, "{ended:?}");
    let event = &json(&ended)["event"];
    assert_ne!(event["id"], id.as_str());
    assert_eq!(event["origin"], "trigger");
    assert_eq!(
        event["payload"]["booking_pid"].to_string(),
        "9007199254740993"
    );
    assert_eq!(
        event["payload"]["note"],
        serde_json::json!({"text": "new", "list": [1, 2]})
    );
}

#[test]
fn many_events_are_counted_by_rule_and_state_and_each_has_its_number() {
    let (folder, server) = demo("if event.payload.booking_pid == \"292\" { skip(\"two\"); }\n");
    let ended = folder.run(
        &[
            "trigger",
            "new-booking",
            "--count",
            "5",
            "--set",
            "booking_pid=29{n}",
        ],
        &[],
    );
    assert_eq!(ended.code, 0, "{ended:?}");
    assert_eq!(
        ended.stdout,
        "5 events\n       4  new-booking/note completed\n       1  new-booking/note skipped\n"
    );
    let list = server.get("/api/v1/events?subject=295").json();
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
}

#[test]
fn a_file_may_hold_a_payload_or_a_whole_message() {
    let (folder, _server) = demo("log::info(event.payload.booking_pid);\n");
    for text in [
        r#"{"booking_pid":7}"#,
        r#"{"type":"new-booking","payload":{"booking_pid":7}}"#,
    ] {
        folder.write("event.json", text);
        let ended = folder.run(
            &["trigger", "new-booking", "--file", "event.json", "--json"],
            &[],
        );
        assert_eq!(ended.code, 0, "{ended:?}");
        assert_eq!(json(&ended)["event"]["subject"], "7");
    }
    let ended = folder.run(&["trigger"], &[]);
    assert_eq!(ended.code, 2, "{ended:?}");
}
