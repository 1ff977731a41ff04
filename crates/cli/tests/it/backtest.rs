//! `cuebook backtest`: changed rules on what a server has kept, beside that server.

use serde_json::Value as Json;

use crate::folder::{Ended, Folder};
use crate::server::Server;

const RULE: &str = r#"//! Thanks the customer.

let booking = ticketpark::booking(event.payload.booking_pid, #{ properties: ["customer"] });
email::send(#{
    to: booking.customer.email,
    subject: `Thank you for ${booking.pid}`,
    text: "See you soon.\n\nYour theatre",
});
"#;

/// A demo that was sent these webhooks, all of whose runs have ended or wait.
fn after(folder: &Folder, webhooks: &[String]) -> Server {
    let server = Server::start(folder, &["--demo"], &[]);
    let token = folder.read("data/hook.token");
    for body in webhooks {
        assert_eq!(server.webhook(&token, body).status, 202);
    }
    let count = u64::try_from(webhooks.len()).unwrap();
    server.wait_for("/api/v1/events?limit=100", |list| {
        let items = list["items"].as_array()?;
        let at_rest = items
            .iter()
            .filter(|event| event["state"] != "pending")
            .count();
        (u64::try_from(at_rest).unwrap() == count).then_some(())
    });
    server
}

fn booking(pid: u32) -> String {
    format!(r#"{{"type":"new-booking","payload":{{"booking_pid":{pid}}}}}"#)
}

fn payment(pid: u32) -> String {
    format!(
        r#"{{"type":"new-payment","payload":{{"booking_pid":{pid},"payment_pid":"p","payment_method":"m","currency":"CHF","amount":"50.00"}}}}"#
    )
}

fn backtest(folder: &Folder, path: &str, more: &[&str]) -> Ended {
    let mut arguments = vec!["backtest", path, "--demo"];
    arguments.extend(more);
    folder.run(&arguments, &[])
}

fn json(folder: &Folder, path: &str) -> Json {
    let ended = backtest(folder, path, &["--format", "json"]);
    assert_eq!(ended.code, 0, "{ended:?}");
    serde_json::from_str(&ended.stdout).unwrap_or_else(|error| panic!("{error}: {ended:?}"))
}

#[test]
fn an_unchanged_rule_does_what_was_done() {
    let folder = Folder::new();
    folder.write("rules/new-booking/thank.rhai", RULE);
    let _server = after(&folder, &[booking(11), booking(12)]);
    let ended = backtest(&folder, "rules", &["--fail-on-diff"]);
    assert_eq!(ended.code, 0, "{ended:?}");
    assert_eq!(
        ended.stdout,
        "new-booking/thank: no difference\n  2 runs compared, 2 as before\n\n2 events: no difference\n"
    );
    assert_eq!(ended.stderr, "", "no bar without a terminal");
}

#[test]
fn a_changed_line_shows_exactly_the_mails_that_it_changes_field_by_field() {
    let folder = Folder::new();
    folder.write("rules/new-booking/thank.rhai", RULE);
    let _server = after(&folder, &[booking(11), booking(12), booking(13)]);
    let changed = RULE.replace(
        "let booking",
        "// One line more.\nlet other = event.payload.booking_pid == \"12\";\nlet booking",
    );
    let changed = changed.replace(
        "`Thank you for",
        "`${if other { \"Hello\" } else { \"Thank you\" }} for",
    );
    folder.write("try/new-booking/thank.rhai", &changed);

    let ended = backtest(&folder, "try/new-booking/thank.rhai", &["--fail-on-diff"]);
    assert_eq!(ended.code, 1, "{ended:?}");
    for part in [
        "  ~ email::send to ",
        "      subject: Thank you for 12\n             → Hello for 12\n",
        "new-booking/thank: 1 mail changed (1 subject)\n  3 runs compared, 2 as before\n",
        "  3 runs used another version of the rule: ",
        "3 events: 1 mail changed (1 subject)\n",
    ] {
        assert!(
            ended.stdout.contains(part),
            "no {part:?} in\n{}",
            ended.stdout
        );
    }

    let json = json(&folder, "try/new-booking/thank.rhai");
    let changes = json["changes"].as_array().unwrap();
    assert_eq!(changes.len(), 1, "{json:#}");
    let change = &changes[0];
    assert_eq!(change["change"], "changed");
    assert_eq!(change["function"], "email::send");
    assert_eq!(change["fields"]["subject"]["before"], "Thank you for 12");
    assert_eq!(change["fields"]["subject"]["after"], "Hello for 12");
    assert_eq!(change["fields"].as_object().unwrap().len(), 1, "{change:#}");
    let event = change["event"].as_str().unwrap();
    let shown = folder.run(&["events", "show", event, "--json"], &[]);
    assert!(shown.stdout.contains(r#""booking_pid": 12"#), "{shown:?}");
    assert_eq!(json["total"]["effects"]["email::send"]["changed"], 1);
    assert_eq!(json["rules"]["new-booking/thank"]["as_before"], 2);
}

#[test]
fn what_would_be_sent_more_or_no_more_or_fails_is_told() {
    let folder = Folder::new();
    folder.write("rules/new-booking/thank.rhai", RULE);
    folder.write(
        "rules/new-booking/post.rhai",
        "http::post(\"https://books.invalid/\", #{ pid: event.payload.booking_pid });\n",
    );
    let _server = after(&folder, &[booking(11), booking(12)]);
    let changed = RULE.replace(
        "email::send",
        "if booking.pid == \"11\" { fail(\"no mail today\"); }\nemail::send(#{ to: \"box@theatre.example\", subject: \"New\", text: \"n\" });\nemail::send",
    );
    folder.write("try/new-booking/thank.rhai", &changed);
    folder.write(
        "try/any/audit.rhai",
        "emit(\"noted\", #{ booking_pid: event.subject });\n",
    );
    let json = json(&folder, "try");
    let rules = &json["rules"];
    let thank = &rules["new-booking/thank"];
    assert_eq!(thank["effects"]["email::send"]["added"], 1, "{json:#}");
    assert_eq!(thank["effects"]["email::send"]["removed"], 1);
    assert_eq!(thank["new_errors"], 1);
    let audit = &rules["any/audit"];
    assert_eq!(audit["effects"]["emit"]["added"], 2);
    assert_eq!(audit["without_former_run"], 2);
    let post = &rules["new-booking/post"];
    assert_eq!(
        post["effects"]["http::post"]["removed"], 2,
        "the rule is gone"
    );
    let of = |kind: &str| {
        let all = json["changes"].as_array().unwrap().iter();
        all.filter(|change| change["change"] == kind)
            .collect::<Vec<_>>()
    };
    let added = of("added")
        .into_iter()
        .find(|change| change["function"] == "email::send")
        .unwrap();
    assert_eq!(added["target"], "box@theatre.example");
    assert_eq!(added["fields"]["subject"], "New");
    assert!(
        of("new_error")[0]["reason"]
            .as_str()
            .unwrap()
            .contains("no mail today")
    );
    let removed = of("removed")
        .into_iter()
        .find(|change| change["function"] == "http::post")
        .unwrap();
    assert_eq!(removed["fields"]["body"]["pid"], "11");
}

#[test]
fn a_call_that_was_never_made_is_unanswered_and_one_at_the_same_place_is_assumed() {
    let folder = Folder::new();
    folder.write("rules/new-booking/thank.rhai", RULE);
    let _server = after(&folder, &[booking(11)]);
    let asks_more = RULE.replace("email::send", "ticketpark::show(\"s1\");\nemail::send");
    folder.write("try/new-booking/thank.rhai", &asks_more);
    let ended = backtest(&folder, "try/new-booking/thank.rhai", &["--fail-on-diff"]);
    assert_eq!(ended.code, 1, "{ended:?}");
    for part in [
        "? ticketpark::show(\"s1\") in line 4 was never asked then",
        "1 run not compared, since nobody has answered what they ask: ticketpark::show (1)",
        "1 event: 1 run unanswered",
    ] {
        assert!(
            ended.stdout.contains(part),
            "no {part:?} in\n{}",
            ended.stdout
        );
    }
    let asks_otherwise = RULE.replace("[\"customer\"]", "[\"customer\", \"tickets\"]");
    folder.write("try/new-booking/thank.rhai", &asks_otherwise);
    let json = json(&folder, "try/new-booking/thank.rhai");
    assert_eq!(json["total"]["as_before"], 1, "{json:#}");
    let assumed = &json["total"]["assumed_answers"][0];
    assert_eq!(assumed["how"], "recorded_for_other_arguments");
    assert_eq!(assumed["function"], "ticketpark::booking");
}

#[test]
fn a_wait_is_ended_by_the_event_that_came_later_and_time_passes_at_once() {
    let folder = Folder::new();
    let waits = r#"let payment = wait_for("new-payment", #{}, "14d");
if payment == () { skip("not paid"); }
state::incr("paid", 1, "rule");
log::info(`paid ${payment.payload.amount} at ${now()}`);
"#;
    folder.write("rules/new-booking/wait.rhai", waits);
    let server = after(&folder, &[booking(11), booking(12), payment(11)]);
    server.wait_for("/api/v1/runs?state=completed", |list| {
        (!list["items"].as_array()?.is_empty()).then_some(())
    });
    let thanks = format!(
        "{waits}email::send(#{{ to: \"a@theatre.example\", subject: `${{payment.payload.amount}}`, text: \"t\" }});\n"
    );
    folder.write("try/new-booking/wait.rhai", &thanks);
    let json = json(&folder, "try/new-booking/wait.rhai");
    assert_eq!(json["total"]["compared"], 2, "{json:#}");
    assert_eq!(json["total"]["as_before"], 1, "the other still waits");
    let changes = json["changes"].as_array().unwrap();
    assert_eq!(changes.len(), 1, "{json:#}");
    assert_eq!(changes[0]["fields"]["subject"], "50.00");
}

#[test]
fn a_candidate_with_errors_is_shown_with_its_place_and_nothing_is_replayed() {
    let folder = Folder::new();
    folder.write("rules/new-booking/thank.rhai", RULE);
    let _server = after(&folder, &[]);
    folder.write("try/new-booking/thank.rhai", "ticketpark::boking(\"1\");\n");
    let ended = backtest(&folder, "try/new-booking/thank.rhai", &[]);
    assert_eq!(ended.code, 1, "{ended:?}");
    assert!(
        ended.stderr.contains("try/new-booking/thank.rhai:1:1"),
        "{ended:?}"
    );
    assert_eq!(ended.stdout, "");
}

#[test]
fn without_a_database_and_with_a_wrong_path_it_says_what_to_do() {
    let folder = Folder::new();
    folder.write("rules/new-booking/thank.rhai", RULE);
    let ended = folder.run(&["backtest", "rules"], &[]);
    assert_eq!(ended.code, 3, "{ended:?}");
    assert!(
        ended.stderr.contains("there is no database yet"),
        "{ended:?}"
    );
    let ended = folder.run(&["backtest", "rules/new-booking/tank"], &[]);
    assert_eq!(ended.code, 2, "{ended:?}");
    let ended = folder.run(&["backtest", "rules", "--since", "last week"], &[]);
    assert_eq!(ended.code, 2, "{ended:?}");
    assert!(ended.stderr.contains("such as 30d"), "{ended:?}");
}
