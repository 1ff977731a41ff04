//! `email::send` as it is prepared: who gets what, and what is refused where it is called.

use cuebook_core::Value;
use cuebook_core::failure::{CallError, Decision};
use cuebook_core::send::PreparedSend;
use mail_parser::{Message, MessageParser, MimeHeaders};

use crate::setup::{FixedTemplates, KEY, deliver, effects, map, prepare, prepare_with, texts};

const KIND: &str = "email::send";

const TEMPLATES: FixedTemplates = FixedTemplates(&[
    ("thanks.de.subject", "Danke, {name}\n"),
    ("thanks.de.txt", "Guten Tag {name}"),
    ("thanks.de.html", "<p>Guten Tag {name}</p>"),
    ("thanks.fr.subject", "Merci, {name}"),
    (
        "thanks.fr.html",
        "<h1>Merci</h1><p>Bonjour {name}, <a href=\"https://example.org\">ici</a></p>",
    ),
    ("english.en.subject", "Hi"),
    ("english.en.txt", "Hi"),
]);

fn mail(members: &[(&str, Value)]) -> Value {
    let mut all = vec![
        ("to", Value::from("tom@tomsons.com")),
        ("subject", Value::from("Hello")),
        ("text", Value::from("Hello Tom")),
    ];
    all.retain(|(name, _)| members.iter().all(|(other, _)| other != name));
    all.extend(members.iter().cloned());
    Value::Map(
        all.into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
    )
}

fn one(members: &[(&str, Value)]) -> PreparedSend {
    let mut sends = prepare(KIND, &[mail(members)]).unwrap();
    assert_eq!(sends.len(), 1);
    sends.remove(0)
}

fn parse(send: &PreparedSend) -> Message<'_> {
    MessageParser::default().parse(&send.body).unwrap()
}

fn refused(members: &[(&str, Value)]) -> String {
    let error = prepare(KIND, &[mail(members)]).unwrap_err();
    assert_eq!(error.kind, "invalid");
    error.message
}

fn with_template(members: &[(&str, Value)]) -> Result<Vec<PreparedSend>, CallError> {
    let mut all = vec![
        ("subject", Value::Unit),
        ("text", Value::Unit),
        ("template", Value::from("thanks")),
        ("data", map([("name", Value::from("Zoë"))])),
    ];
    all.retain(|(name, _)| members.iter().all(|(other, _)| other != name));
    all.extend(members.iter().cloned());
    prepare_with(KIND, &[mail(&all)], &TEMPLATES, Some("box@example.org"))
}

#[test]
fn the_bytes_are_the_same_each_time() {
    let members = [
        ("html", Value::from("<p>Hello</p>")),
        (
            "attachments",
            Value::Array(vec![map([
                ("name", Value::from("a.txt")),
                ("content", Value::from("x")),
            ])]),
        ),
    ];
    assert_eq!(one(&members), one(&members));
}

#[test]
fn id_date_and_envelope_follow_from_key_and_moment() {
    let send = one(&[]);
    assert_eq!(send.target, "tom@tomsons.com");
    assert_eq!(
        send.envelope,
        serde_json::json!({
            "from": "box@example.org",
            "to": ["tom@tomsons.com"],
            "message_id": format!("<0{KEY}@example.org>"),
            "subject": "Hello",
        })
    );
    let mail = parse(&send);
    assert_eq!(
        mail.message_id(),
        Some(format!("0{KEY}@example.org").as_str())
    );
    assert_eq!(mail.date().unwrap().to_rfc3339(), "2026-07-01T18:30:00Z");
    let text = String::from_utf8(send.body.clone()).unwrap();
    assert!(text.contains("Auto-Submitted: auto-generated\r\n"));
    assert!(text.is_ascii());
}

#[test]
fn several_get_a_message_each_and_do_not_see_each_other() {
    let sends = prepare(
        KIND,
        &[mail(&[("to", texts(&["a@x.ch", "b@x.ch", "A <a@x.ch>"]))])],
    )
    .unwrap();
    let targets: Vec<(u32, &str)> = sends
        .iter()
        .map(|send| (send.part, send.target.as_str()))
        .collect();
    assert_eq!(targets, [(0, "a@x.ch"), (1, "b@x.ch")]);
    assert_ne!(sends[0].key, sends[1].key);
    assert!(!String::from_utf8_lossy(&sends[0].body).contains("b@x.ch"));
}

#[test]
fn together_they_get_one_message_and_hidden_copies_stay_hidden() {
    let send = one(&[
        ("to", texts(&["a@x.ch", "b@x.ch"])),
        ("cc", Value::from("c@x.ch")),
        ("bcc", Value::from("d@x.ch")),
        ("reply_to", Value::from("r@x.ch")),
        ("together", Value::Bool(true)),
    ]);
    assert_eq!(send.target, "a@x.ch, b@x.ch, c@x.ch, d@x.ch");
    let mail = parse(&send);
    assert_eq!(mail.to().unwrap().iter().count(), 2);
    assert_eq!(
        mail.cc().unwrap().first().unwrap().address(),
        Some("c@x.ch")
    );
    assert_eq!(
        mail.reply_to().unwrap().first().unwrap().address(),
        Some("r@x.ch")
    );
    assert!(!String::from_utf8_lossy(&send.body).contains("d@x.ch"));
}

#[test]
fn copies_of_messages_to_several_are_refused() {
    let several = ("to", texts(&["a@x.ch", "b@x.ch"]));
    assert!(refused(&[several.clone(), ("cc", Value::from("c@x.ch"))]).contains("together"));
    assert!(refused(&[several, ("bcc", Value::from("c@x.ch"))]).contains("together"));
    one(&[("cc", Value::from("c@x.ch"))]);
}

#[test]
fn bad_addresses_subjects_and_options_throw_where_they_are_called() {
    for members in [
        [("to", Value::from("tom"))],
        [("to", Value::Unit)],
        [("to", Value::Array(Vec::new()))],
        [("to", Value::Int(1))],
        [(
            "to",
            Value::from("tom@tomsons.com\r\nBcc: eve@evil.example"),
        )],
        [("from", Value::from("x"))],
        [("subject", Value::from("a\r\nBcc: eve@evil.example"))],
        [("subject", Value::Unit)],
        [("text", Value::Unit)],
        [("attachment", Value::Unit)],
        [("attachments", Value::Array(vec![Value::from("x")]))],
    ] {
        refused(&members);
    }
}

#[test]
fn at_most_fifty_get_it() {
    let many = |count: usize| -> Vec<String> { (0..count).map(|n| format!("p{n}@x.ch")).collect() };
    let to = |count| {
        let list = many(count);
        (
            "to",
            texts(&list.iter().map(String::as_str).collect::<Vec<_>>()),
        )
    };
    assert_eq!(prepare(KIND, &[mail(&[to(50)])]).unwrap().len(), 50);
    assert!(refused(&[to(51)]).contains("50"));
    assert!(
        refused(&[
            to(50),
            ("cc", Value::from("c@x.ch")),
            ("together", Value::Bool(true))
        ])
        .contains("51")
    );
}

#[test]
fn a_mail_without_a_sender_says_what_to_set() {
    let error = prepare_with(KIND, &[mail(&[])], &TEMPLATES, None).unwrap_err();
    assert!(error.message.contains("smtp.from"), "{error}");
    let from = mail(&[("from", Value::from("Tom <tom@example.org>"))]);
    assert!(prepare_with(KIND, &[from], &TEMPLATES, None).is_ok());
    let captured = prepare_with(
        KIND,
        &[mail(&[])],
        &TEMPLATES,
        Some(cuebook_effects::CAPTURED_SENDER),
    );
    assert_eq!(captured.unwrap()[0].envelope["from"], "cuebook@localhost");
}

#[test]
fn a_template_speaks_the_recipients_language_and_html_alone_gets_a_text() {
    let sends = with_template(&[("locale", Value::from("fr"))]).unwrap();
    let mail = parse(&sends[0]);
    assert_eq!(mail.subject(), Some("Merci, Zoë"));
    assert_eq!(
        mail.body_text(0).unwrap().trim_end(),
        "Merci\n\nBonjour Zoë, ici (https://example.org)".replace('\n', "\r\n")
    );
    assert!(mail.body_html(0).unwrap().contains("<h1>Merci</h1>"));
}

#[test]
fn a_locale_that_lacks_falls_back_to_its_language_and_then_to_the_default() {
    for (locale, subject) in [
        (Value::from("fr_CH"), "Merci, Zoë"),
        (Value::from("it"), "Danke, Zoë"),
        (Value::Unit, "Danke, Zoë"),
    ] {
        let sends = with_template(&[("locale", locale)]).unwrap();
        assert_eq!(sends[0].envelope["subject"], subject);
    }
}

#[test]
fn a_template_that_lacks_both_lists_what_there_is() {
    let error = with_template(&[
        ("template", Value::from("english")),
        ("locale", Value::from("fr")),
    ])
    .unwrap_err();
    assert!(error.message.contains("it has en"), "{error}");
    let error = with_template(&[("template", Value::from("nothing"))]).unwrap_err();
    assert!(
        error.message.contains("rules/templates/nothing.de.txt"),
        "{error}"
    );
}

#[test]
fn what_the_map_says_goes_before_the_template() {
    let sends = with_template(&[("subject", Value::from("Own"))]).unwrap();
    assert_eq!(sends[0].envelope["subject"], "Own");
    assert!(
        parse(&sends[0])
            .body_text(0)
            .unwrap()
            .contains("Guten Tag Zoë")
    );
}

#[test]
fn a_secret_is_never_shown_in_a_mail() {
    let data = ("data", map([("name", Value::Secret("TOKEN".to_owned()))]));
    assert!(
        with_template(&[data])
            .unwrap_err()
            .message
            .contains("secret")
    );
}

#[test]
fn text_attachments_keep_their_bytes_and_get_their_type() {
    let send = one(&[(
        "attachments",
        Value::Array(vec![map([
            ("name", Value::from("list.csv")),
            ("content", Value::from("a;b\nc;ü\n")),
        ])]),
    )]);
    let mail = parse(&send);
    let file = mail.attachment(0).unwrap();
    assert_eq!(file.contents(), "a;b\nc;ü\n".as_bytes());
    let media_type = file.content_type().unwrap();
    assert_eq!(
        (media_type.ctype(), media_type.subtype()),
        ("text", Some("csv"))
    );
}

#[tokio::test]
async fn without_a_server_a_mail_cannot_be_delivered() {
    let failure = deliver(&effects(), KIND, &one(&[])).await.unwrap_err();
    assert_eq!(
        (failure.decision, failure.error.kind.as_str()),
        (Decision::Fail, "not_configured")
    );
}

#[test]
fn many_large_mails_in_one_call_are_refused_before_they_fill_the_memory() {
    let everybody: Vec<String> = (0..50).map(|number| format!("p{number}@x.ch")).collect();
    let everybody: Vec<&str> = everybody.iter().map(String::as_str).collect();
    let file = map([
        ("name", Value::from("plan.pdf")),
        ("content", Value::Bytes(vec![7; 2_000_000])),
    ]);
    let members = [
        ("to", texts(&everybody)),
        ("attachments", Value::Array(vec![file])),
    ];
    let message = refused(&members);
    assert!(message.contains("in all"), "{message}");
    let mut together = members.to_vec();
    together.push(("together", Value::Bool(true)));
    assert_eq!(one(&together).part, 0);
}
