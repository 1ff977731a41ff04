//! Attachments: a name, bytes, a type.

use cuebook_core::Value;
use cuebook_core::failure::CallError;
use cuebook_core::function::{OptionKey, ParameterKind};
use lettre::message::header::ContentType;

use crate::arguments::Options;

/// The longest name of an attachment, in bytes.
const NAME_LIMIT: usize = 200;

const KEYS: &[OptionKey] = &[
    OptionKey {
        name: "name",
        kind: ParameterKind::Text,
        required: true,
        doc: "The file's name.",
    },
    OptionKey {
        name: "content",
        kind: ParameterKind::Any,
        required: true,
        doc: "A string or a blob.",
    },
    OptionKey {
        name: "type",
        kind: ParameterKind::Text,
        required: false,
        doc: "The media type, such as `text/csv`; by the name's ending if left out.",
    },
];

/// The types that are known by a file's ending.
const TYPES: [(&str, &str); 9] = [
    ("csv", "text/csv; charset=utf-8"),
    ("html", "text/html; charset=utf-8"),
    ("ics", "text/calendar; charset=utf-8"),
    ("jpg", "image/jpeg"),
    ("json", "application/json"),
    ("pdf", "application/pdf"),
    ("png", "image/png"),
    ("txt", "text/plain; charset=utf-8"),
    ("xml", "application/xml"),
];

/// One attachment.
#[derive(Debug, Clone)]
pub(super) struct Attachment {
    /// The file's name.
    pub(super) name: String,
    /// Its media type.
    pub(super) content_type: ContentType,
    /// Its bytes.
    pub(super) content: Vec<u8>,
}

impl Attachment {
    /// Reads the option `attachments`.
    pub(super) fn read_all(value: Option<&Value>) -> Result<Vec<Self>, CallError> {
        value
            .and_then(Value::as_array)
            .unwrap_or_default()
            .iter()
            .map(Self::read)
            .collect()
    }

    fn read(value: &Value) -> Result<Self, CallError> {
        if !matches!(value, Value::Map(_)) {
            return Err(CallError::invalid(format!(
                "an attachment is a map #{{name, content, type}}, not {}",
                value.kind()
            )));
        }
        let options = Options::check(Some(value), KEYS)?;
        let name = options
            .text("name")
            .ok_or_else(|| CallError::invalid("an attachment needs a name"))?;
        check_name(name)?;
        let content = match options.get("content") {
            Some(Value::Text(text)) => text.as_bytes().to_vec(),
            Some(Value::Bytes(bytes)) => bytes.clone(),
            Some(other) => {
                return Err(CallError::invalid(format!(
                    "the content of {name} is a string or a blob, not {}",
                    other.kind()
                )));
            }
            None => {
                return Err(CallError::invalid(format!(
                    "the attachment {name} needs content"
                )));
            }
        };
        let content_type = options.text("type").unwrap_or_else(|| by_ending(name));
        Ok(Self {
            name: name.to_owned(),
            content_type: ContentType::parse(content_type).map_err(|_| {
                CallError::invalid(format!(
                    "{content_type:?} is no media type such as text/csv"
                ))
            })?,
            content,
        })
    }
}

fn check_name(name: &str) -> Result<(), CallError> {
    let fit = !name.trim().is_empty()
        && name.len() <= NAME_LIMIT
        && !name
            .chars()
            .any(|c| c.is_control() || c == '/' || c == '\\');
    if fit {
        return Ok(());
    }
    Err(CallError::invalid(format!(
        "{name:?} is no name of an attachment: at most {NAME_LIMIT} bytes, without slashes and control characters"
    )))
}

fn by_ending(name: &str) -> &'static str {
    let ending = name
        .rsplit_once('.')
        .map(|(_, ending)| ending.to_ascii_lowercase());
    TYPES
        .iter()
        .find(|(known, _)| Some(*known) == ending.as_deref())
        .map_or("application/octet-stream", |(_, media_type)| media_type)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str, content: Value, media_type: Option<&str>) -> Result<Attachment, CallError> {
        Attachment::read(&Value::from([
            ("name", Value::from(name)),
            ("content", content),
            ("type", media_type.map_or(Value::Unit, Value::from)),
        ]))
    }

    #[test]
    fn the_type_is_given_or_known_by_the_ending() {
        for (name, given, expected) in [
            ("list.CSV", None, "text/csv; charset=utf-8"),
            ("tickets.pdf", None, "application/pdf"),
            ("thing", None, "application/octet-stream"),
            ("thing", Some("image/gif"), "image/gif"),
        ] {
            let read = read(name, Value::from("x"), given).unwrap();
            assert_eq!(read.content_type, ContentType::parse(expected).unwrap());
        }
    }

    #[test]
    fn names_and_types_that_would_break_a_header_are_refused() {
        for name in ["", " ", "a/b.txt", "..\\x", "a\r\nX: y", &"x".repeat(201)] {
            assert!(read(name, Value::from("x"), None).is_err(), "{name:?}");
        }
        assert!(read("a.txt", Value::from("x"), Some("text")).is_err());
        assert!(read("a.txt", Value::from("x"), Some("text/plain\r\nX: y")).is_err());
        assert!(read("a.txt", Value::Int(1), None).is_err());
        assert!(read("a.txt", Value::Unit, None).is_err());
    }
}
