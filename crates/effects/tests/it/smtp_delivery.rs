//! Mails through a server that we did not write, parsed back and compared.

use cuebook_core::Value;
use cuebook_core::failure::Decision;
use cuebook_effects::Effects;
use mail_parser::{MessageParser, MimeHeaders};

use crate::peers::python::{Aiosmtpd, Certificate};
use crate::setup::{deliver, map, prepare, settings, smtp, texts};

const KIND: &str = "email::send";
const SUBJECT: &str = "Grüezi Zoë, Ihre Plätze für «L’Été» 🎭 sind reserviert, und dieser Betreff ist länger als eine Zeile";
const TEXT: &str = "Guten Tag\r\n.\r\nIhre Plätze: Reihe 1 – Sitz 2, 3.\r\n";
const HTML: &str = "<p>Guten Tag</p>\r\n<p>Ihre Plätze: <b>Reihe 1 – Sitz 2, 3</b>.</p>\r\n";

fn attachment() -> Vec<u8> {
    let mut bytes: Vec<u8> = (0..=255).cycle().take(5_000).collect();
    bytes.extend_from_slice(b"\n.\nend\r");
    bytes
}

fn whole_mail() -> Value {
    map([
        (
            "to",
            texts(&["Tom Müller <tom@tomsons.com>", "zoe@bücher.example"]),
        ),
        ("bcc", Value::from("archive@example.org")),
        ("together", Value::Bool(true)),
        ("subject", Value::from(SUBJECT)),
        ("text", Value::from(TEXT)),
        ("html", Value::from(HTML)),
        (
            "attachments",
            Value::Array(vec![map([
                ("name", Value::from("Plätze.pdf")),
                ("content", Value::Bytes(attachment())),
            ])]),
        ),
    ])
}

fn effects(url: &str, root: Option<&Certificate>) -> Effects {
    let mut settings = settings();
    settings.smtp = Some(smtp(url));
    settings.extra_roots = root.map(|root| root.pem.clone()).into_iter().collect();
    Effects::new(settings).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_with_everything_arrives_equal() {
    let Some(mut server) = Aiosmtpd::start(&[]) else {
        return;
    };
    let effects = effects(&format!("smtp://127.0.0.1:{}", server.port()), None);
    let sends = prepare(KIND, &[whole_mail()]).unwrap();
    let delivered = deliver(&effects, KIND, &sends[0]).await.unwrap();
    assert_eq!(delivered.status, Some(250));
    assert_eq!(delivered.answer.as_deref(), Some("kept as number 42"));

    let arrived = server.next();
    assert_eq!(arrived.bytes, sends[0].body);
    assert_eq!(arrived.from, "box@example.org");
    assert_eq!(
        arrived.to,
        [
            "tom@tomsons.com",
            "zoe@xn--bcher-kva.example",
            "archive@example.org"
        ]
    );
    let mail = MessageParser::default().parse(&arrived.bytes).unwrap();
    assert_eq!(mail.subject(), Some(SUBJECT));
    assert_eq!(mail.body_text(0).unwrap(), TEXT);
    assert_eq!(mail.body_html(0).unwrap(), HTML);
    assert_eq!(mail.attachment_count(), 1);
    let file = mail.attachment(0).unwrap();
    assert_eq!(file.attachment_name(), Some("Plätze.pdf"));
    assert_eq!(file.contents(), attachment());
    assert_eq!(
        mail.to().unwrap().first().unwrap().name(),
        Some("Tom Müller")
    );
    assert!(mail.header("Bcc").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn starttls_and_login_come_before_the_mail() {
    let certificate = Certificate::new();
    let mut arguments = certificate.arguments();
    arguments.extend(["--login".to_owned(), "tom@example.org:p/w é".to_owned()]);
    let Some(mut server) = Aiosmtpd::start(&arguments) else {
        return;
    };
    let url = format!(
        "smtp://tom%40example.org:p%2Fw%20%C3%A9@localhost:{}?tls=required",
        server.port()
    );
    let sends = prepare(KIND, &[whole_mail()]).unwrap();
    let effects = effects(&url, Some(&certificate));
    deliver(&effects, KIND, &sends[0]).await.unwrap();
    deliver(&effects, KIND, &sends[0]).await.unwrap();
    let (first, second) = (server.next(), server.next());
    assert!(first.encrypted && first.authenticated);
    assert_eq!(first.bytes, second.bytes);
    assert_eq!(
        first.connection, second.connection,
        "the connection is used again"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn tls_from_the_first_byte_works_as_well() {
    let certificate = Certificate::new();
    let mut arguments = certificate.arguments();
    arguments.push("--implicit".to_owned());
    let Some(mut server) = Aiosmtpd::start(&arguments) else {
        return;
    };
    let url = format!("smtps://127.0.0.1:{}", server.port());
    let sends = prepare(KIND, &[whole_mail()]).unwrap();
    deliver(&effects(&url, Some(&certificate)), KIND, &sends[0])
        .await
        .unwrap();
    assert!(server.next().encrypted);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_nobody_vouches_for_is_refused() {
    let certificate = Certificate::new();
    for (scheme, option, implicit) in [("smtp", "?tls=required", false), ("smtps", "", true)] {
        let mut arguments = certificate.arguments();
        if implicit {
            arguments.push("--implicit".to_owned());
        }
        let Some(server) = Aiosmtpd::start(&arguments) else {
            return;
        };
        let url = format!("{scheme}://127.0.0.1:{}{option}", server.port());
        let sends = prepare(KIND, &[whole_mail()]).unwrap();
        let failure = deliver(&effects(&url, None), KIND, &sends[0])
            .await
            .unwrap_err();
        assert!(matches!(failure.decision, Decision::Retry { .. }));
        assert_eq!(failure.error.kind, "tls", "{failure:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_is_about_the_account_and_tried_again() {
    let certificate = Certificate::new();
    let mut arguments = certificate.arguments();
    arguments.extend(["--login".to_owned(), "tom:right".to_owned()]);
    let Some(server) = Aiosmtpd::start(&arguments) else {
        return;
    };
    let url = format!("smtp://tom:wrong@127.0.0.1:{}?tls=required", server.port());
    let sends = prepare(KIND, &[whole_mail()]).unwrap();
    let failure = deliver(&effects(&url, Some(&certificate)), KIND, &sends[0])
        .await
        .unwrap_err();
    assert_eq!(failure.error.status, Some(535));
    assert!(matches!(failure.decision, Decision::Retry { .. }));
}
