//! `cuebook dev`: what is told on each save.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use crate::folder::Folder;

/// How long anything may take before a test gives up.
const PATIENCE: Duration = Duration::from_secs(30);

const TESTS: &str = r#"
fn test_it_thanks() {
    mock("ticketpark::booking", #{ pid: "7", customer: #{ email: "tom@example.com" } });
    let run = trigger("new-booking");
    assert_eq(run.state, "completed");
}
"#;

fn rule(subject: &str) -> String {
    format!(
        r#"//! Thanks the customer.

let booking = ticketpark::booking(event.payload.booking_pid, #{{ properties: ["customer"] }});
email::send(#{{ to: booking.customer.email, subject: "{subject}", text: "See you soon." }});
"#
    )
}

/// A running `cuebook dev`, killed when the test forgets it.
struct Dev {
    child: Child,
    lines: Receiver<String>,
}

impl Dev {
    /// Starts one on a free port, and waits until it follows the saves.
    fn start(folder: &Folder) -> Self {
        let mut child = folder
            .command(&["dev"], &[("CUEBOOK_LISTEN", "127.0.0.1:0")])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        let dev = Self { child, lines };
        dev.until("Save a rule");
        dev
    }

    /// What is printed, up to the line that `part` stands in.
    fn until(&self, part: &str) -> String {
        let deadline = Instant::now() + PATIENCE;
        let mut told = String::new();
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let line = self.lines.recv_timeout(left);
            let line = line.unwrap_or_else(|_| panic!("no {part:?} in\n{told}"));
            told.push_str(&line);
            told.push('\n');
            if line.contains(part) {
                return told;
            }
        }
    }
}

impl Drop for Dev {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn shows(told: &str, parts: &[&str]) {
    for part in parts {
        assert!(told.contains(part), "no {part:?} in\n{told}");
    }
}

#[test]
fn a_save_is_checked_tested_and_compared_with_the_version_before_it() {
    let folder = Folder::new();
    folder.write("rules/new-booking/thank.rhai", &rule("Thank you"));
    folder.write("rules/new-booking/thank.test.rhai", TESTS);
    let dev = Dev::start(&folder);
    assert!(folder.path("rules/.definitions").is_dir());

    folder.write("rules/new-booking/thank.rhai", "//! Broken.\nlet x = ;\n");
    let told = dev.until("the rules before the save go on running");
    shows(
        &told,
        &[
            "error[",
            "rules/new-booking/thank.rhai:2:",
            "check: 1 error",
        ],
    );

    folder.write("rules/new-booking/thank.rhai", &rule("Many thanks"));
    let told = dev.until("→ Many thanks");
    shows(
        &told,
        &[
            "check: ok\n",
            "tests: ok. 1 passed; 0 failed",
            "new-booking/thank on the sample of new-booking\n",
            "~ email::send to ",
            "subject: Thank you\n",
        ],
    );
    assert!(!told.contains('\u{1b}'), "colour without a terminal");
}

#[test]
fn a_save_is_tried_on_the_last_event_that_came() {
    let folder = Folder::new();
    folder.write("rules/new-booking/thank.rhai", &rule("Thank you"));
    let dev = Dev::start(&folder);
    let ended = folder.run(&["trigger", "new-booking"], &[]);
    assert_eq!(ended.code, 0, "{ended:?}");

    folder.write("rules/new-booking/thank.rhai", &rule("Many thanks"));
    let told = dev.until("→ Many thanks");
    shows(
        &told,
        &[
            "tests: none\n",
            "new-booking/thank on the last new-booking\n",
        ],
    );

    let same = format!("{}// Nothing else.\n", rule("Many thanks"));
    folder.write("rules/new-booking/thank.rhai", &same);
    dev.until("the same effects: new-booking/thank");
}

#[test]
fn a_test_that_fails_is_shown_in_full() {
    let folder = Folder::new();
    folder.write("rules/new-booking/thank.rhai", &rule("Thank you"));
    let dev = Dev::start(&folder);
    let wrong = TESTS.replace("\"completed\"", "\"failed\"");
    folder.write("rules/new-booking/thank.test.rhai", &wrong);
    let told = dev.until("tests: FAILED. 0 passed; 1 failed");
    shows(&told, &["check: ok\n", "test_it_thanks ----", "left: "]);
}
