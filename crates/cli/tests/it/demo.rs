//! The first minutes of a newcomer: `serve --demo`, `trigger`, the mail.

use cuebook_pretend::booking;
use mail_parser::MessageParser;
use serde_json::Value as Json;

use crate::folder::Folder;
use crate::server::Server;

const RULE: &str = r#"//! Thanks the customer.

let booking = ticketpark::booking(event.payload.booking_pid, #{ properties: ["customer"] });
log::info("read", #{ booking: booking.pid });
email::send(#{
    to: booking.customer.email,
    subject: `Thank you, ${booking.customer.firstname}`,
    text: "See you soon.",
});
"#;

#[test]
fn a_newcomer_sees_the_mail_to_the_customer_of_the_pretend_ticketpark() {
    let folder = Folder::new();
    folder.write("rules/new-booking/thank.rhai", RULE);
    let server = Server::start(&folder, &["--demo"], &[]);
    assert!(
        server.banner.contains("trigger new-booking"),
        "{}",
        server.banner
    );

    let ended = folder.run(&["trigger", "new-booking", "--json"], &[]);
    assert_eq!(ended.code, 0, "{ended:?}");
    let json: Json = serde_json::from_str(&ended.stdout).unwrap();
    let run = &json["runs"][0];
    assert_eq!(run["rule"], "new-booking/thank");
    assert_eq!(run["state"], "completed", "{json:#}");
    let effect = &run["effects"][0];
    assert_eq!(effect["kind"], "email::send");
    assert_eq!(effect["state"], "captured");

    let customer = booking("293233446073")["customer"].clone();
    let path = format!("/api/v1/effects/{}/message", effect["id"].as_str().unwrap());
    let answer = server.get(&path);
    assert_eq!(answer.status, 200);
    let mail = MessageParser::default().parse(&answer.body).unwrap();
    let to = mail.to().unwrap().first().unwrap().address().unwrap();
    assert_eq!(to, customer["email"].as_str().unwrap());
    assert_eq!(
        mail.subject().unwrap(),
        format!("Thank you, {}", customer["firstname"].as_str().unwrap())
    );
    assert_eq!(server.terminate(), Some(0));
}

#[test]
fn the_report_shows_steps_with_their_lines_logs_and_the_mail() {
    let folder = Folder::new();
    folder.write("rules/new-booking/thank.rhai", RULE);
    let server = Server::start(&folder, &["--demo"], &[]);
    let ended = folder.run(&["trigger", "new-booking"], &[]);
    assert_eq!(ended.code, 0, "{ended:?}");
    let shown = |text: &str| {
        assert!(
            ended.stdout.contains(text),
            "no {text:?} in\n{}",
            ended.stdout
        );
    };
    shown("new-booking/thank completed");
    shown("ticketpark::booking(\"293233446073\"");
    shown("line 3");
    shown("read {\"booking\":");
    shown("email::send captured to ");
    shown("subject: Thank you, ");
    shown(&format!("message: {}/api/v1/effects/", server.url));
    assert!(
        !ended.stdout.contains('\u{1b}'),
        "colour without a terminal"
    );
}

#[test]
fn a_failed_run_is_a_finding() {
    let folder = Folder::new();
    folder.write(
        "rules/new-booking/no.rhai",
        "//! Fails.\nfail(\"not today\");\n",
    );
    let _server = Server::start(&folder, &["--demo"], &[]);
    let ended = folder.run(&["trigger", "new-booking"], &[]);
    assert_eq!(ended.code, 1);
    assert!(ended.stdout.contains("not today"), "{ended:?}");
}

#[test]
fn keys_are_shown_at_the_first_start_alone() {
    let folder = Folder::new();
    let first = Server::start(&folder, &["--demo"], &[]);
    let (key, token) = (
        folder.read("data/admin.key"),
        folder.read("data/hook.token"),
    );
    assert!(first.banner.contains(key.trim()), "{}", first.banner);
    assert!(first.banner.contains(token.trim()), "{}", first.banner);
    assert_eq!(first.terminate(), Some(0));
    assert!(!folder.path("data/server.url").exists());

    let second = Server::start(&folder, &["--demo"], &[]);
    assert!(!second.banner.contains(key.trim()), "{}", second.banner);
    assert!(!second.banner.contains(token.trim()), "{}", second.banner);
    assert!(
        second.banner.contains("data/admin.key"),
        "{}",
        second.banner
    );
}

#[test]
fn a_demo_leaves_the_real_database_alone() {
    let folder = Folder::new();
    let server = Server::start(&folder, &["--demo"], &[]);
    assert!(folder.path("data/demo.db").exists());
    assert!(!folder.path("data/cuebook.db").exists());
    assert_eq!(server.terminate(), Some(0));
}
