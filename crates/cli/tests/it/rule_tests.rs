//! `cuebook test`: the tests of rules, and tests written from runs.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::Value as Json;

use crate::folder::{Ended, Folder};
use crate::server::Server;

/// The rule and the test of the documentation.
const PAID: &str = r#"//! Thanks the customer once the booking has been paid.

let booking = ticketpark::booking(event.payload.booking_pid);

let payment = wait_for("new-payment", #{ booking_pid: booking.pid }, "14d");
if payment == () { skip("not paid in 14 days"); }

email::send(#{
    to: booking.customer.email,
    cc: "office@theatre.example",
    template: "thank-you",
    locale: booking.customer.locale,
    data: #{ booking: booking, amount: payment.payload.amount },
    attachments: [#{ name: "list.csv", content: "a;b", type: "text/csv" }],
});
"#;
const PAID_TEST: &str = r#"
fn test_thanks_after_payment() {
    mock("ticketpark::booking", #{ pid: "2932", customer: #{ email: "tom@tomsons.com", firstname: "Tom", locale: "de" } });
    let run = trigger("new-booking", #{ booking_pid: "2932" });
    assert_eq(run.state, "waiting");
    advance("3d");
    trigger("new-payment", #{ booking_pid: "2932", payment_pid: "p1", payment_method: "m", currency: "CHF", amount: "50.00" });
    assert_eq(run.emails.len(), 1);
    assert_eq(run.emails[0].to, "tom@tomsons.com");
}
"#;

fn paid(more: &str) -> Folder {
    let folder = Folder::new();
    folder.write("rules/new-booking/paid.rhai", PAID);
    folder.write(
        "rules/templates/thank-you.de.subject",
        "Danke {{ booking.customer.firstname }}",
    );
    folder.write(
        "rules/templates/thank-you.de.txt",
        "Bezahlt: {{ amount }}\n",
    );
    folder.write(
        "rules/new-booking/paid.test.rhai",
        &format!("{PAID_TEST}{more}"),
    );
    folder
}

/// The rules of this repository, with their tests.
fn starters() -> Folder {
    let folder = Folder::new();
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rules");
    copy(&from, &folder.path("rules"));
    folder
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn ends(ended: &Ended, code: i32, shown: &[&str]) {
    assert_eq!(ended.code, code, "{}{}", ended.stdout, ended.stderr);
    for text in shown {
        assert!(
            ended.stdout.contains(text),
            "no {text:?} in\n{}",
            ended.stdout
        );
    }
}

#[test]
fn each_starter_rule_has_tests_that_pass_also_with_a_crash_after_every_step() {
    let folder = starters();
    let begun = Instant::now();
    let ended = folder.run(&["test", "--crash-everywhere"], &[]);
    ends(&ended, 0, &["test result: ok. ", "; 0 failed"]);
    assert!(begun.elapsed() < Duration::from_secs(20));
    let folders = fs::read_dir(folder.path("rules"))
        .unwrap()
        .map(Result::unwrap);
    for rules in folders.filter(|entry| entry.path().is_dir()) {
        let name = rules.file_name().into_string().unwrap();
        if matches!(name.as_str(), "templates" | "lib") || name.starts_with('.') {
            continue;
        }
        for file in fs::read_dir(rules.path()).unwrap().map(Result::unwrap) {
            let file = file.file_name().into_string().unwrap();
            let stem = file.strip_suffix(".rhai").unwrap_or_default();
            if !stem.is_empty() && stem.strip_suffix(".test").is_none() {
                ends(&ended, 0, &[&format!("test {name}/{stem}.test.rhai::")]);
            }
        }
    }
    let checked = folder.run(&["check"], &[]);
    assert_eq!(checked.code, 0, "{checked:?}");
}

#[test]
fn the_example_of_the_documentation_passes_and_mails_are_seen_as_they_are_built() {
    let folder = paid(
        r#"
fn test_the_mail() {
    mock("ticketpark::booking", #{ pid: "2932", customer: #{ email: "Tom <tom@tomsons.com>", firstname: "Tom", locale: "fr" } });
    let run = trigger("new-booking", #{ booking_pid: "2932" });
    trigger("new-payment", #{ booking_pid: "2932", amount: "50.00" });
    let mail = run.emails[0];
    assert_eq(mail.to, "tom@tomsons.com");
    assert_contains(mail.headers.To, "Tom");
    assert_eq(mail.cc, "office@theatre.example");
    assert_eq(mail.subject, "Danke Tom");
    assert_eq(mail.text, "Bezahlt: 50.00");
    assert_eq(mail.html, ());
    assert_eq(mail.template, "thank-you");
    assert_eq(mail.data.amount, 50);
    assert_eq(mail.attachments, [#{ name: "list.csv", type: "text/csv", content: "a;b" }]);
    assert_eq(mail.state, "sent");
}
"#,
    );
    let ended = folder.run(&["test"], &[]);
    ends(
        &ended,
        0,
        &[
            "running 2 tests",
            "test_thanks_after_payment ... ok",
            "test result: ok. 2 passed; 0 failed",
        ],
    );
    let ended = folder.run(
        &[
            "test",
            "rules/new-booking/paid.rhai",
            "--filter",
            "the_mail",
        ],
        &[],
    );
    ends(&ended, 0, &["1 passed; 0 failed; 1 filtered out"]);
}

#[test]
fn a_failure_shows_its_line_both_sides_and_what_the_run_did() {
    let folder = paid(
        r#"
fn test_wrong() {
    print("before");
    let run = trigger("new-booking", #{ booking_pid: "2932" });
}
fn test_other() {
    assert_eq([1, 2], [1, 3], "the list");
}
"#,
    );
    let ended = folder.run(&["test", "--filter", "wrong"], &[]);
    ends(
        &ended,
        1,
        &[
            "test new-booking/paid.test.rhai::test_wrong ... FAILED",
            "error: ticketpark::booking(\"2932\") was called in line 3 of the rule and has no mock",
            "--> rules/new-booking/paid.test.rhai:14:15",
            "    let run = trigger(\"new-booking\"",
            "              ^^^^^^^",
            "= help: write before it: `mock(\"ticketpark::booking\", #{});`",
            "what the runs did:",
            "printed:\n  before",
            "test result: FAILED. 0 passed; 1 failed; 2 filtered out",
        ],
    );
    let ended = folder.run(&["test", "--format", "json"], &[]);
    assert_eq!(ended.code, 1, "{ended:?}");
    let json: Json = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!((&json["passed"], &json["failed"]), (&1.into(), &2.into()));
    let failure = &json["tests"][2]["failure"];
    assert_eq!(failure["message"], "the list: left and right are not equal");
    assert_eq!(
        (&failure["left"], &failure["right"]),
        (&"[1, 2]".into(), &"[1, 3]".into())
    );
    assert_eq!(failure["line"], 17);
}

#[test]
fn tests_that_are_no_script_are_found_by_check_and_test() {
    let folder = paid("fn test_broken() { let }\n");
    for command in ["check", "test"] {
        let ended = folder.run(&[command], &[]);
        ends(&ended, 1, &["error[E0101]", "paid.test.rhai:11:"]);
    }
    let ended = folder.run(&["test", "rules/new-booking/none.rhai"], &[]);
    assert_eq!(ended.code, 2, "{ended:?}");
}

#[test]
fn a_thousand_tests_take_no_time() {
    let folder = paid("");
    let tests: String = (0..1_000)
        .map(|number| PAID_TEST.replace("test_thanks", &format!("test_{number}_thanks")))
        .collect();
    // A file has 64 KiB at most, and no more than 200 functions.
    for (number, part) in tests
        .split_inclusive("\n}\n")
        .collect::<Vec<_>>()
        .chunks(100)
        .enumerate()
    {
        let name = format!("rules/lib/many{number}.test.rhai");
        let part = part.concat().replace(
            "trigger(\"new-booking\"",
            "with_rule(\"new-booking/paid\"); trigger(\"new-booking\"",
        );
        folder.write(
            &name,
            &part.replace(
                "let run = with_rule(\"new-booking/paid\"); ",
                "with_rule(\"new-booking/paid\"); let run = ",
            ),
        );
    }
    let ended = folder.run(&["test", "--filter", "many", "--format", "json"], &[]);
    let json: Json = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(
        (&json["passed"], &json["failed"]),
        (&1_000.into(), &0.into())
    );
    // Some hundred a second even without optimisation, on a machine that builds beside.
    assert!(
        json["milliseconds"].as_u64().unwrap() < 20_000,
        "{}",
        json["milliseconds"]
    );
}

const LONG: &str = r#"//! All that a test from a run has to bring about again.

let booking = ticketpark::booking(event.payload.booking_pid, #{ properties: ["customer"] });
let begun = now();
let id = uuid();
let more = parallel([|| ticketpark::person(booking.customer.pid), || ticketpark::booking(booking.pid)]);
sleep("1s");
state::incr("seen");
let payment = wait_for("new-payment", #{}, "1h");
let answer = http::post("https://crm.example.org/x", #{ id: id, at: begun, name: more[0].lastname, amount: payment.payload.amount });
webhook::send("https://hooks.example.org/y", #{ status: answer.status, at: now() });
emit("seat-freed", #{ booking_pid: booking.pid, seats: state::get("seen", 0) });
email::send(#{
    to: [booking.customer.email, "Box Office <box@example.org>"],
    subject: "Hello " + more[0].lastname,
    text: `Dear ${more[0].firstname}\n"${id}"`,
});
"#;

/// The runs of a rule that a server has, as soon as they have this state.
fn run_of(server: &Server, rule: &str, state: &str) -> String {
    let begun = Instant::now();
    loop {
        let runs = server.get(&format!("/api/v1/runs?rule={rule}&state={state}"));
        let runs: Json = serde_json::from_slice(&runs.body).unwrap();
        if let Some(id) = runs["items"][0]["id"].as_str() {
            return id.to_owned();
        }
        assert!(begun.elapsed() < Duration::from_secs(20), "{runs:#}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_test_from_a_run_passes_as_it_is_written_and_fails_when_the_rule_does_something_else() {
    let folder = Folder::new();
    folder.write("rules/new-booking/long.rhai", LONG);
    let server = Server::start(&folder, &["--demo"], &[]);
    let trigger = folder.run(&["trigger", "new-booking"], &[]);
    assert_eq!(trigger.code, 0, "{trigger:?}");
    run_of(&server, "new-booking/long", "waiting");
    let waiting = Instant::now();
    // Until it has slept.
    while waiting.elapsed() < Duration::from_millis(1_500) {
        std::thread::sleep(Duration::from_millis(50));
    }
    folder.run(
        &[
            "trigger",
            "new-payment",
            "--set",
            "booking_pid=\"293233446073\"",
        ],
        &[],
    );
    let id = run_of(&server, "new-booking/long", "completed");
    assert_eq!(server.terminate(), Some(0));

    let ended = folder.run(&["test", "--from-run", &id, "--demo"], &[]);
    ends(&ended, 0, &["1 passed; 0 failed"]);
    assert!(
        ended.stderr.contains("take out what is personal"),
        "{ended:?}"
    );
    let test = folder.read("rules/new-booking/long.test.rhai");
    for line in [
        "mock(\"ticketpark::person\", #{",
        "let run = trigger(\"new-booking\", #{ booking_pid: 293233446073 });",
        "assert_eq(run.emitted[0].type, \"seat-freed\");",
    ] {
        assert!(test.contains(line), "no {line:?} in\n{test}");
    }
    let ended = folder.run(&["test", "--crash-everywhere"], &[]);
    ends(&ended, 0, &["1 passed; 0 failed"]);

    let again = folder.run(&["test", "--from-run", &id, "--demo"], &[]);
    assert_eq!(again.code, 2, "{again:?}");
    for (what, other) in [
        ("\"Hello \"", "\"Hi \""),
        ("seats: state", "places: state"),
        ("name: more[0].lastname", "name: more[0].firstname"),
        ("#{ status: answer.status", "#{ code: answer.status"),
        ("more[0].firstname}", "more[0].lastname}"),
        ("emit(\"seat-freed\"", "emit(\"seat-given\""),
        (
            "Box Office <box@example.org>",
            "Box Office <office@example.org>",
        ),
    ] {
        let changed = LONG.replacen(what, other, 1);
        assert_ne!(changed, LONG, "{what}");
        folder.write("rules/new-booking/long.rhai", &changed);
        let ended = folder.run(&["test"], &[]);
        assert_eq!(ended.code, 1, "{what}: {}", ended.stdout);
    }
}
