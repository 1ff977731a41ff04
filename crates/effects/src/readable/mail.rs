//! Mails: read back from their bytes, since those are what is sent.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mail_parser::{Address, Message, MessageParser, MimeHeaders};
use serde_json::{Value as Json, json};

use super::{Fields, text};

/// A mail from its envelope and its bytes.
pub(super) fn fields(envelope: &Json, bytes: &[u8]) -> Fields {
    let Some(mail) = MessageParser::default().parse(bytes) else {
        return vec![("envelope", envelope.clone()), ("body", text(bytes))];
    };
    let mut fields = Fields::new();
    let mut add = |name: &'static str, value: Option<Json>| {
        fields.extend(value.map(|value| (name, value)));
    };
    add("to", addresses(mail.to()));
    add("cc", addresses(mail.cc()));
    add("bcc", hidden(envelope, &mail));
    add("from", addresses(mail.from()));
    add("reply_to", addresses(mail.reply_to()));
    add("subject", mail.subject().map(Json::from));
    add("text", written(&mail, false));
    add("html", written(&mail, true));
    add("attachments", attachments(&mail));
    fields
}

/// Addresses with names, as a mail program shows them.
fn addresses(addresses: Option<&Address<'_>>) -> Option<Json> {
    let shown: Vec<String> = addresses?
        .iter()
        .map(|address| {
            let place = address.address().unwrap_or_default();
            match address.name() {
                Some(name) => format!("{name} <{place}>"),
                None => place.to_owned(),
            }
        })
        .collect();
    match shown.as_slice() {
        [] => None,
        [one] => Some(Json::from(one.as_str())),
        _ => Some(Json::from(shown)),
    }
}

/// Those of the envelope that no header names.
fn hidden(envelope: &Json, mail: &Message<'_>) -> Option<Json> {
    let named: BTreeSet<String> = [mail.to(), mail.cc()]
        .into_iter()
        .flatten()
        .flat_map(Address::iter)
        .filter_map(|address| address.address().map(str::to_lowercase))
        .collect();
    let hidden: Vec<&str> = envelope["to"]
        .as_array()?
        .iter()
        .filter_map(Json::as_str)
        .filter(|address| !named.contains(&address.to_lowercase()))
        .collect();
    (!hidden.is_empty()).then(|| Json::from(hidden))
}

/// The text or the HTML that was written, and not what a program makes of the other.
fn written(mail: &Message<'_>, html: bool) -> Option<Json> {
    let ids = if html {
        &mail.html_body
    } else {
        &mail.text_body
    };
    let part = mail.part(*ids.first()?)?;
    let kind = part.content_type().and_then(|kind| kind.subtype());
    let is_html = kind == Some("html");
    if is_html != html {
        return None;
    }
    let text = part.text_contents()?;
    Some(Json::from(
        text.replace("\r\n", "\n").trim_end_matches('\n'),
    ))
}

fn attachments(mail: &Message<'_>) -> Option<Json> {
    let attachments: Vec<Json> = mail
        .attachments()
        .map(|part| {
            let kind = part.content_type().map(|kind| match kind.subtype() {
                Some(subtype) => format!("{}/{subtype}", kind.ctype()),
                None => kind.ctype().to_owned(),
            });
            let content = part.contents();
            let content = match std::str::from_utf8(content) {
                Ok(text) => text.to_owned(),
                Err(_) => STANDARD.encode(content),
            };
            json!({"name": part.attachment_name(), "type": kind, "content": content})
        })
        .collect();
    (!attachments.is_empty()).then_some(Json::Array(attachments))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use chrono::DateTime;
    use cuebook_core::function::{FunctionKind, PrepareContext, Templates};
    use cuebook_core::{CallError, Value};

    use super::*;
    use crate::kinds;

    /// No templates.
    struct NoTemplates;

    impl Templates for NoTemplates {
        fn render(
            &self,
            _: &str,
            _: &str,
            _: &str,
            _: &Value,
        ) -> Result<Option<String>, CallError> {
            Ok(None)
        }

        fn locales(&self, _: &str) -> Vec<String> {
            Vec::new()
        }
    }

    /// The fields of the mail that a script's map becomes, with a key of its own.
    fn told(mail: Value, key: &str) -> BTreeMap<&'static str, Json> {
        let kind = kinds::find(kinds::MAIL).unwrap();
        let FunctionKind::Send(prepare) = kind.descriptor.kind else {
            panic!("no send")
        };
        let key = |part: u32| format!("{key}-{part}");
        let context = PrepareContext {
            now: DateTime::UNIX_EPOCH,
            key: &key,
            templates: &NoTemplates,
            default_from: Some("Box office <office@theatre.example>"),
            default_locale: "de",
        };
        let send = prepare(&context, &[mail]).unwrap().remove(0);
        fields(&send.envelope, &send.body).into_iter().collect()
    }

    fn mail() -> Value {
        Value::from([
            ("to", Value::from("Tom Tömsons <tom@example.org>")),
            ("cc", Value::from("ann@example.org")),
            ("bcc", Value::from("books@example.org")),
            ("subject", Value::from("Grüße")),
            (
                "text",
                Value::from(
                    "Ein langer Satz, der länger ist als eine Zeile in einem Brief sein soll, geht weiter.\n\nEnde",
                ),
            ),
            ("html", Value::from("<p>Ende</p>")),
            (
                "attachments",
                Value::Array(vec![Value::from([
                    ("name", Value::from("list.csv")),
                    ("content", Value::from("a;b\r\n")),
                    ("type", Value::from("text/csv")),
                ])]),
            ),
        ])
    }

    #[test]
    fn a_mail_is_told_as_its_script_wrote_it() {
        let told = told(mail(), "k");
        assert_eq!(told["to"], "Tom Tömsons <tom@example.org>");
        assert_eq!(told["cc"], "ann@example.org");
        assert_eq!(told["bcc"], json!(["books@example.org"]));
        assert_eq!(told["from"], "Box office <office@theatre.example>");
        assert_eq!(told["subject"], "Grüße");
        let text = told["text"].as_str().unwrap();
        assert!(
            text.starts_with("Ein langer Satz, der länger ist als eine Zeile"),
            "{text}"
        );
        assert!(text.ends_with("\n\nEnde"), "{text}");
        assert_eq!(told["html"], "<p>Ende</p>");
        assert_eq!(
            told["attachments"],
            json!([{"name": "list.csv", "type": "text/csv", "content": "a;b\r\n"}])
        );
    }

    #[test]
    fn two_mails_that_differ_in_key_and_boundary_alone_say_the_same() {
        assert_eq!(told(mail(), "a"), told(mail(), "b"));
    }
}
