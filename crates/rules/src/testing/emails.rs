//! The mails that a run sent, read back from the bytes that would have left.

use cuebook_core::clock::Timestamp;
use cuebook_core::journal::SendRequest;
use cuebook_core::send::PreparedSend;
use cuebook_core::value::Value;
use mail_parser::{Address, HeaderValue, Message, MessageParser, MimeHeaders as _};

use super::held::Held;
use super::run_view::{line, map};
use super::stage::Stage;
use crate::rehearse::Rehearsal;

/// The function that sends mails.
pub(super) const SEND: &str = "email::send";

/// The mails of a run, one for each message.
pub(super) fn of(stage: &Stage, run: &Rehearsal) -> Vec<Value> {
    let held = Held::of(stage, run.rule());
    let mut mails = Vec::new();
    for segment in run.segments() {
        for send in segment
            .sends
            .iter()
            .filter(|send| send.question.function == SEND)
        {
            for part in &send.parts {
                mails.push(mail(send, part, segment.at, held.has(part)));
            }
        }
    }
    mails
}

fn mail(send: &SendRequest, part: &PreparedSend, at: Timestamp, is_held: bool) -> Value {
    let options = send.arguments.first();
    let given = |key: &str| {
        let value = options.and_then(|map| map.get(key));
        (key.to_owned(), value.cloned().unwrap_or_default())
    };
    let Value::Map(mut shown) = mail_of(&part.envelope, &part.body) else {
        return Value::Unit;
    };
    shown.extend(["template", "locale", "data"].map(given));
    let state = if is_held { "held" } else { "sent" };
    shown.extend([
        ("key".to_owned(), Value::from(part.key.as_str())),
        ("state".to_owned(), Value::from(state)),
        ("at".to_owned(), Value::Time(at)),
        ("line".to_owned(), line(send.line)),
    ]);
    Value::Map(shown)
}

/// What a mail says, from its envelope and its bytes, as tests see it.
pub fn mail_of(envelope: &serde_json::Value, bytes: &[u8]) -> Value {
    let parsed = MessageParser::default().parse(bytes).unwrap_or_default();
    map([
        ("to", addresses(parsed.to())),
        ("cc", addresses(parsed.cc())),
        ("bcc", hidden(envelope, &parsed)),
        ("from", addresses(parsed.from())),
        ("reply_to", addresses(parsed.reply_to())),
        ("subject", text(parsed.subject())),
        ("text", body(parsed.body_text(0).as_deref())),
        ("html", html(&parsed)),
        ("attachments", Value::Array(attachments(&parsed))),
        ("headers", headers(&parsed)),
    ])
}

/// Those who get it and whom no header names.
fn hidden(envelope: &serde_json::Value, parsed: &Message<'_>) -> Value {
    let named: Vec<&str> = [parsed.to(), parsed.cc()]
        .into_iter()
        .flatten()
        .flat_map(Address::iter)
        .filter_map(|one| one.address())
        .collect();
    let all = envelope.get("to").and_then(serde_json::Value::as_array);
    let hidden: Vec<&str> = all
        .into_iter()
        .flatten()
        .filter_map(serde_json::Value::as_str)
        .filter(|address| {
            !named
                .iter()
                .any(|known| known.eq_ignore_ascii_case(address))
        })
        .collect();
    if hidden.is_empty() {
        return Value::Unit;
    }
    Value::from(hidden.join(", "))
}

/// Bare addresses, as a text; several of one message after each other.
fn addresses(address: Option<&Address<'_>>) -> Value {
    let Some(address) = address else {
        return Value::Unit;
    };
    let addresses: Vec<&str> = address.iter().filter_map(|one| one.address()).collect();
    Value::from(addresses.join(", "))
}

fn text(text: Option<&str>) -> Value {
    text.map_or(Value::Unit, Value::from)
}

/// A text as it was written, without the ends of lines that a mail adds.
fn body(text: Option<&str>) -> Value {
    text.map_or(Value::Unit, |text| {
        Value::from(text.replace("\r\n", "\n").trim_end_matches('\n'))
    })
}

/// The HTML, where the mail has any: the parser makes some of a text.
fn html(parsed: &Message<'_>) -> Value {
    let is_html = parsed
        .html_bodies()
        .next()
        .is_some_and(mail_parser::MessagePart::is_text_html);
    if is_html {
        body(parsed.body_html(0).as_deref())
    } else {
        Value::Unit
    }
}

fn attachments(parsed: &Message<'_>) -> Vec<Value> {
    parsed
        .attachments()
        .map(|part| {
            let content = part.contents();
            let content = match std::str::from_utf8(content) {
                Ok(text) => Value::from(text),
                Err(_) => Value::Bytes(content.to_vec()),
            };
            let kind = part.content_type().map_or(Value::Unit, |kind| {
                let main = kind.ctype();
                Value::from(
                    kind.subtype()
                        .map_or_else(|| main.to_owned(), |sub| format!("{main}/{sub}")),
                )
            });
            map([
                ("name", text(part.attachment_name())),
                ("type", kind),
                ("content", content),
            ])
        })
        .collect()
}

fn headers(parsed: &Message<'_>) -> Value {
    let headers = parsed.headers().iter().map(|header| {
        let value = match header.value() {
            HeaderValue::Text(text) => text.to_string(),
            HeaderValue::Address(address) => shown(address),
            _ => parsed
                .header_raw(header.name())
                .unwrap_or_default()
                .trim()
                .to_owned(),
        };
        (header.name().to_owned(), Value::from(value))
    });
    Value::Map(headers.collect())
}

/// Addresses with their names, as a header has them.
fn shown(address: &Address<'_>) -> String {
    let one = |address: &mail_parser::Addr<'_>| {
        let mail = address.address().unwrap_or_default();
        match address.name() {
            Some(name) => format!("{name} <{mail}>"),
            None => mail.to_owned(),
        }
    };
    address.iter().map(one).collect::<Vec<_>>().join(", ")
}
