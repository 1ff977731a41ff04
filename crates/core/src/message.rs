//! Reading a webhook's body: from bytes to a typed message, or to the reason why it is none.
//!
//! The content alone decides, never the content type. Nothing here judges a payload's fields: an unknown type and
//! unknown fields are kept whole.

use serde::Deserialize;
use serde_json::Value as Json;
use serde_json::value::RawValue;

use crate::events::EventType;
use crate::json_guard::{self, Unsafe};
use crate::pid::Pid;

/// A body that is a message.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// The canonical type.
    pub event_type: EventType,
    /// The type as it was spelt.
    pub wire_type: String,
    /// The payload; `null` where the body has none.
    pub payload: Json,
    /// The booking or person that it is about.
    pub subject: Option<Pid>,
}

/// Why a body is no message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAMessage {
    /// The bytes are no JSON.
    #[error("the body is not JSON: {0}")]
    NotJson(String),
    /// The JSON may not be parsed.
    #[error("the body cannot be taken: {0}")]
    Unsafe(#[from] Unsafe),
    /// The JSON is no object.
    #[error("the body is not a JSON object")]
    NotAnObject,
    /// There is no `type`, or it is no text.
    #[error("the body has no \"type\" that is a text")]
    NoType,
    /// The `type` is no line of text: no type is spelt so, and no database stores it.
    #[error("the body's \"type\" has control characters")]
    ControlInType,
}

/// The longest `type` that is taken as one, in characters.
const TYPE_LIMIT: usize = 200;

impl Message {
    /// Reads `body`.
    pub fn parse(body: &[u8]) -> Result<Self, NotAMessage> {
        json_guard::check(body)?;
        let json: Json = serde_json::from_slice(body)
            .map_err(|error| NotAMessage::NotJson(error.to_string()))?;
        let Json::Object(mut object) = json else {
            return Err(NotAMessage::NotAnObject);
        };
        let wire_type = match object.get("type") {
            Some(Json::String(text)) if text.chars().any(char::is_control) => {
                return Err(NotAMessage::ControlInType);
            }
            Some(Json::String(text))
                if !text.trim().is_empty() && text.chars().count() <= TYPE_LIMIT =>
            {
                text.clone()
            }
            _ => return Err(NotAMessage::NoType),
        };
        let payload = object.remove("payload").unwrap_or(Json::Null);
        Ok(Self {
            event_type: EventType::from_wire(&wire_type),
            subject: subject(&payload),
            wire_type,
            payload,
        })
    }
}

/// What an event is about: `booking_pid`, else `person_pid`.
pub fn subject(payload: &Json) -> Option<Pid> {
    ["booking_pid", "person_pid"]
        .iter()
        .find_map(|field| Pid::from_json(payload.get(field)?))
}

/// The payload of a body, exactly as it was written; `None` where it has none, is no JSON object, or may not be parsed.
pub fn raw_payload(body: &[u8]) -> Option<&RawValue> {
    #[derive(Deserialize)]
    struct Envelope<'a> {
        #[serde(borrow)]
        payload: Option<&'a RawValue>,
    }
    json_guard::check(body).ok()?;
    serde_json::from_slice::<Envelope<'_>>(body).ok()?.payload
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_example_parses_to_its_type_and_subject() {
        for descriptor in crate::events::ALL {
            let message = Message::parse(descriptor.example.as_bytes()).unwrap();
            assert_eq!(message.event_type.as_str(), descriptor.name);
            assert!(message.subject.is_some(), "{}", descriptor.name);
        }
    }

    #[test]
    fn unknown_types_and_fields_are_kept() {
        let message = Message::parse(
            br#"{"type":"seat-map","payload":{"booking_pid":18446744073709551617,"x":[1]},"y":2}"#,
        )
        .unwrap();
        assert_eq!(message.event_type.as_str(), "seat-map");
        assert_eq!(message.subject.unwrap().as_str(), "18446744073709551617");
        assert_eq!(message.payload["x"], serde_json::json!([1]));
    }

    #[test]
    fn the_booking_comes_before_the_person() {
        let message =
            Message::parse(br#"{"type":"t","payload":{"person_pid":"p","booking_pid":"b"}}"#)
                .unwrap();
        assert_eq!(message.subject.unwrap().as_str(), "b");
    }

    #[test]
    fn what_is_no_message_says_why() {
        assert!(matches!(
            Message::parse(b"{\"type\":"),
            Err(NotAMessage::NotJson(_))
        ));
        assert!(matches!(
            Message::parse(b"\xff\xfe"),
            Err(NotAMessage::NotJson(_))
        ));
        assert_eq!(
            Message::parse("[".repeat(100_000).as_bytes()),
            Err(NotAMessage::Unsafe(Unsafe::TooDeep))
        );
        assert_eq!(Message::parse(b"[1]"), Err(NotAMessage::NotAnObject));
        assert_eq!(Message::parse(b"{}"), Err(NotAMessage::NoType));
        assert_eq!(Message::parse(br#"{"type":7}"#), Err(NotAMessage::NoType));
        assert_eq!(
            Message::parse(br#"{"type":"new-booking\u0000"}"#),
            Err(NotAMessage::ControlInType)
        );
    }

    #[test]
    fn a_pid_that_cannot_be_stored_leaves_the_event_without_a_subject() {
        for pid in [r"a\u0000b".to_owned(), "x".repeat(3_000)] {
            let body = format!(r#"{{"type":"t","payload":{{"booking_pid":"{pid}"}}}}"#);
            assert_eq!(Message::parse(body.as_bytes()).unwrap().subject, None);
        }
    }

    #[test]
    fn a_body_that_nests_parsers_is_refused_and_shows_no_payload() {
        // Each level is a text of its own, so that the parser counts its depth anew.
        let mut nested = "1".to_owned();
        for _ in 0..12 {
            let text = serde_json::to_string(&format!("[{nested}]")).unwrap();
            nested = format!(r#"{{"$serde_json::private::RawValue":{text}}}"#);
        }
        let body = format!(r#"{{"type":"t","payload":{nested}}}"#);
        assert_eq!(
            Message::parse(body.as_bytes()),
            Err(NotAMessage::Unsafe(Unsafe::PrivateKey))
        );
        assert!(raw_payload(body.as_bytes()).is_none());
    }

    #[test]
    fn the_raw_payload_is_as_written() {
        let body = br#"{"type":"t", "payload": {"a":  1.50} }"#;
        assert_eq!(raw_payload(body).unwrap().get(), r#"{"a":  1.50}"#);
        assert!(raw_payload(b"rubbish").is_none());
    }
}
