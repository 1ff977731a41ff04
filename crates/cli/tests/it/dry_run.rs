//! `cuebook run`: one rule on one event, with nothing performed.

use serde_json::Value as Json;

use crate::folder::{Ended, Folder};
use crate::server::Server;

const RULE: &str = r#"//! Thanks the customer.

let booking = ticketpark::booking(event.payload.booking_pid, #{ properties: ["customer"] });
log::info("read", #{ booking: booking.pid });
email::send(#{
    to: booking.customer.email,
    subject: `Thank you for ${booking.pid}`,
    text: "See you soon.\n\nYour theatre",
});
"#;

fn with_rule(source: &str) -> Folder {
    let folder = Folder::new();
    folder.write("rules/new-booking/thank.rhai", source);
    folder
}

fn run(folder: &Folder, more: &[&str]) -> Ended {
    let mut arguments = vec!["run", "new-booking/thank"];
    arguments.extend(more);
    folder.run(&arguments, &[])
}

fn json(folder: &Folder, more: &[&str]) -> Json {
    let mut arguments = more.to_vec();
    arguments.push("--json");
    let ended = run(folder, &arguments);
    serde_json::from_str(&ended.stdout).unwrap_or_else(|error| panic!("{error}: {ended:?}"))
}

fn shows(ended: &Ended, parts: &[&str]) {
    for part in parts {
        assert!(
            ended.stdout.contains(part),
            "no {part:?} in\n{}{}",
            ended.stdout,
            ended.stderr
        );
    }
}

#[test]
fn a_sample_is_answered_by_the_pretend_ticketpark_and_the_mail_is_shown() {
    let folder = with_rule(RULE);
    let ended = run(&folder, &[]);
    assert_eq!(ended.code, 0, "{ended:?}");
    let customer = cuebook_pretend::booking("293233446073")["customer"].clone();
    let email = customer["email"].as_str().unwrap();
    shows(
        &ended,
        &[
            "new-booking/thank completed, a dry run: nothing was performed\n",
            "  new-booking, subject 293233446073, event ",
            "+0 s    0  ticketpark::booking(\"293233446073\", ",
            "  line 3  answer of the pretend Ticketpark\n",
            "  email::send  line 5\n",
            "    info  read {\"booking\":\"293233446073\"}  line 4\n",
            &format!("  email::send to {email}  line 5\n"),
            "      subject: Thank you for 293233446073\n",
            "      text: See you soon.\n",
        ],
    );
    assert!(!folder.path("data").exists(), "nothing is left behind");
}

#[test]
fn values_of_the_payload_and_answers_are_taken_from_the_command_line() {
    let folder = with_rule(RULE);
    let answer = r#"ticketpark::booking={"pid":"9","customer":{"email":"a@theatre.example"}}"#;
    let json = json(&folder, &["--set", "booking_pid=9", "--answer", answer]);
    assert_eq!(json["state"], "completed", "{json:#}");
    assert_eq!(json["event"]["payload"]["booking_pid"], 9);
    assert_eq!(json["steps"][0]["answered_by"], "given");
    assert_eq!(json["effects"][0]["target"], "a@theatre.example");
    assert_eq!(json["effects"][0]["fields"]["subject"], "Thank you for 9");
    let ended = run(&folder, &["--answer", "ticketpark::boking={}"]);
    assert_eq!(ended.code, 2, "{ended:?}");
    assert!(
        ended.stderr.contains("did you mean ticketpark::booking?"),
        "{ended:?}"
    );
}

#[test]
fn what_nobody_answers_is_named_with_what_to_do() {
    let folder = with_rule(
        "let answer = http::get(\"https://crm.invalid/7\");\nlog::info(`${answer.json.name}`);\n",
    );
    let ended = run(&folder, &[]);
    assert_eq!(ended.code, 1, "{ended:?}");
    shows(
        &ended,
        &[
            "new-booking/thank unanswered",
            "  http::get(\"https://crm.invalid/7\")  line 1\n",
            "--answer 'http::get={\"status\":200}'",
        ],
    );
    let ended = run(&folder, &["--answer", r#"http::get={"name":"Tom"}"#]);
    assert_eq!(ended.code, 0, "{ended:?}");
    shows(&ended, &["    info  Tom"]);
}

#[test]
fn what_nobody_has_answered_is_asked_of_the_real_system_only_when_that_is_wanted() {
    let peer = crate::peers::Peer::http();
    let address = peer.address.to_string();
    let folder = with_rule(&format!(
        "let answer = http::get(\"http://{address}/\");\nlog::info(`said ${{answer.status}}`);\nhttp::post(\"http://{address}/\", #{{}});\n"
    ));
    let allow = [("CUEBOOK_EGRESS_ALLOW", address.as_str())];
    let ended = folder.run(&["run", "new-booking/thank"], &allow);
    assert_eq!(ended.code, 1, "{ended:?}");
    assert!(peer.got.all().is_empty());
    let ended = folder.run(&["run", "new-booking/thank", "--live-reads"], &allow);
    assert_eq!(ended.code, 0, "{ended:?}");
    shows(
        &ended,
        &["asked now", "    info  said 200", "http::post to "],
    );
    let got = peer.got.all();
    assert_eq!(got.len(), 1, "the write was not performed: {got:?}");
    assert!(
        !folder.path("data").exists(),
        "nothing is made only to be looked into"
    );
}

#[test]
fn a_write_is_taken_to_be_accepted_and_shown_as_what_would_be_done() {
    let folder = with_rule(
        "let answer = http::post(\"https://books.invalid/\", #{ pid: event.payload.booking_pid });\nif answer.status >= 300 { fail(\"refused\"); }\n",
    );
    let ended = run(&folder, &[]);
    assert_eq!(ended.code, 0, "{ended:?}");
    shows(
        &ended,
        &[
            "  line 1  not performed\n",
            "would be done\n  http::post to https://books.invalid/  line 1\n",
            "      body: {\"pid\":\"293233446073\"}\n",
        ],
    );
}

#[test]
fn time_passes_at_once_and_a_wait_is_ended_by_a_given_event() {
    let folder = with_rule(
        "sleep(\"3d\");\nlet payment = wait_for(\"new-payment\", #{}, \"14d\");\nif payment == () { skip(\"not paid\"); }\nlog::info(`paid ${payment.payload.amount}`);\n",
    );
    let ended = run(&folder, &[]);
    assert_eq!(ended.code, 0, "{ended:?}");
    shows(
        &ended,
        &[
            "new-booking/thank skipped",
            "not paid",
            "+3 d",
            "none came",
            "+17 d",
        ],
    );
    let ended = run(&folder, &["--then", "new-payment"]);
    shows(
        &ended,
        &[
            "new-booking/thank completed",
            "new-payment came",
            "    info  paid 50.00",
        ],
    );
}

#[test]
fn a_stored_event_gets_the_answers_that_its_run_got_also_on_a_changed_rule() {
    let folder = with_rule(RULE);
    let server = Server::start(&folder, &["--demo"], &[]);
    let body = r#"{"type":"new-booking","payload":{"booking_pid":77}}"#;
    let token = folder.read("data/hook.token");
    let id = server.webhook(&token, body).json()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    server.wait_for("/api/v1/runs?state=completed", |list| {
        (!list["items"].as_array()?.is_empty()).then_some(())
    });
    let changed = RULE.replace("Thank you for", "Hello to");
    let candidate = folder.write("try/new-booking/thank.rhai", &changed);
    let ended = folder.run(
        &[
            "run",
            candidate.to_str().unwrap(),
            "--event-id",
            &id,
            "--demo",
        ],
        &[],
    );
    assert_eq!(ended.code, 0, "{ended:?}");
    shows(
        &ended,
        &[
            "answer from the run's journal",
            "      subject: Hello to 77\n",
            "      from: Box office <tickets@box-office.example>\n",
        ],
    );
    let wrong = "0195f3a0-7c1e-7b2a-9a51-3d9f0c6b2e12";
    let ended = run(&folder, &["--event-id", wrong, "--demo"]);
    assert_eq!(ended.code, 2, "{ended:?}");
    assert!(ended.stderr.contains("there is no such event"), "{ended:?}");
}

#[test]
fn a_failing_rule_is_told_with_its_line_and_exits_with_1() {
    let folder = with_rule("let nothing = ();\nlog::info(nothing.name.first);\n");
    let ended = run(&folder, &[]);
    assert_eq!(ended.code, 1, "{ended:?}");
    shows(
        &ended,
        &["new-booking/thank failed", "new-booking/thank.rhai:2: "],
    );
    let ended = folder.run(&["run", "rules"], &[]);
    assert_eq!(ended.code, 2, "{ended:?}");
    assert!(
        ended.stderr.contains("is a folder: name one rule"),
        "{ended:?}"
    );
}
