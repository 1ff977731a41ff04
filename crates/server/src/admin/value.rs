//! Values that the API reads and writes as texts: ids, instants, words from a list. Each says itself what is wrong with a
//! text that it cannot read.

use std::borrow::Cow;

use chrono::DateTime;
use cuebook_core::effect::{AttemptOutcome, EffectState};
use cuebook_core::event::{EventState, Origin, Trust};
use cuebook_core::events::EventType;
use cuebook_core::journal::StepKind;
use cuebook_core::log_line::LogLevel;
use cuebook_core::replay::ReplayState;
use cuebook_core::rule::RuleName;
use cuebook_core::run::RunState;
use cuebook_core::value::rfc3339;
use cuebook_core::{EffectId, EndpointId, EventId, ReplayId, RunId, Timestamp};
use poem_openapi::registry::{MetaSchema, MetaSchemaRef};
use poem_openapi::types::{
    ParseError, ParseFromJSON, ParseFromParameter, ParseResult, ToJSON, Type,
};
use serde_json::Value as Json;

use crate::auth::Scope;

/// The longest text to compare with, in characters.
const PLAIN_LENGTH: usize = 200;

/// What the API writes as a text.
pub(crate) trait TextValue: Sized + Send + Sync + 'static {
    /// Its name in the OpenAPI document.
    const NAME: &'static str;
    /// Its schema.
    fn schema() -> MetaSchema;
    /// Reads it, or says what it may be.
    fn read(text: &str) -> Result<Self, String>;
    /// Writes it.
    fn write(&self) -> Json;
}

/// A value as the API reads and writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Text<T>(pub(crate) T);

impl<T: TextValue> Type for Text<T> {
    const IS_REQUIRED: bool = true;
    type RawValueType = Self;
    type RawElementValueType = Self;

    fn name() -> Cow<'static, str> {
        T::NAME.into()
    }

    fn schema_ref() -> MetaSchemaRef {
        MetaSchemaRef::Inline(Box::new(T::schema()))
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }

    fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
        Box::new(std::iter::once(self))
    }
}

impl<T: TextValue> ParseFromParameter for Text<T> {
    fn parse_from_parameter(text: &str) -> ParseResult<Self> {
        T::read(text).map(Self).map_err(ParseError::custom)
    }
}

impl<T: TextValue> ParseFromJSON for Text<T> {
    fn parse_from_json(value: Option<Json>) -> ParseResult<Self> {
        match value {
            Some(Json::String(text)) => T::read(&text).map(Self).map_err(ParseError::custom),
            other => Err(ParseError::expected_type(other.unwrap_or_default())),
        }
    }
}

impl<T: TextValue> ToJSON for Text<T> {
    fn to_json(&self) -> Option<Json> {
        Some(self.0.write())
    }
}

impl TextValue for Timestamp {
    const NAME: &'static str = "instant";

    fn schema() -> MetaSchema {
        MetaSchema {
            example: Some(Json::from("2026-03-14T18:30:00Z")),
            ..MetaSchema::new_with_format("string", "date-time")
        }
    }

    fn read(text: &str) -> Result<Self, String> {
        // In a query an unescaped `+` of the offset reads as a blank.
        DateTime::parse_from_rfc3339(&text.replace(' ', "+"))
            .map(|at| at.to_utc())
            .map_err(|_| "an instant by RFC 3339, such as 2026-03-14T18:30:00Z".to_owned())
    }

    fn write(&self) -> Json {
        Json::String(rfc3339(*self))
    }
}

/// A text to compare with: of sensible length, without control characters, which no database compares with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Plain(pub(crate) String);

impl TextValue for Plain {
    const NAME: &'static str = "text";

    fn schema() -> MetaSchema {
        MetaSchema {
            min_length: Some(1),
            max_length: Some(PLAIN_LENGTH),
            pattern: Some(r"^[^\u0000-\u001f\u007f-\u009f]*$".to_owned()),
            ..MetaSchema::new("string")
        }
    }

    fn read(text: &str) -> Result<Self, String> {
        let length = text.chars().count();
        if length == 0 || length > PLAIN_LENGTH || text.chars().any(char::is_control) {
            return Err(format!(
                "a text of 1 to {PLAIN_LENGTH} characters without control characters"
            ));
        }
        Ok(Self(text.to_owned()))
    }

    fn write(&self) -> Json {
        Json::from(self.0.as_str())
    }
}

/// Any text; unlike a plain `String` never made of a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Whole(pub(crate) String);

impl TextValue for Whole {
    const NAME: &'static str = "whole_text";

    fn schema() -> MetaSchema {
        MetaSchema::new("string")
    }

    fn read(text: &str) -> Result<Self, String> {
        Ok(Self(text.to_owned()))
    }

    fn write(&self) -> Json {
        Json::from(self.0.as_str())
    }
}

/// The folder of a rule, or what it is called there: one of the two parts of its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NamePart(pub(crate) String);

impl TextValue for NamePart {
    const NAME: &'static str = "rule_name_part";

    fn schema() -> MetaSchema {
        MetaSchema {
            min_length: Some(1),
            max_length: Some(PLAIN_LENGTH),
            pattern: Some("^[A-Za-z0-9_-]+$".to_owned()),
            ..MetaSchema::new("string")
        }
    }

    fn read(text: &str) -> Result<Self, String> {
        let valid = (1..=PLAIN_LENGTH).contains(&text.len())
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        valid.then(|| Self(text.to_owned())).ok_or_else(|| {
            "a rule's name has two parts of letters, digits, hyphens and underscores, such as new-booking/thank-you"
                .to_owned()
        })
    }

    fn write(&self) -> Json {
        Json::from(self.0.as_str())
    }
}

/// Any JSON, which has to be there; `null` is JSON, too.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct AnyJson(pub(crate) Json);

impl Type for AnyJson {
    const IS_REQUIRED: bool = true;
    type RawValueType = Self;
    type RawElementValueType = Self;

    fn name() -> Cow<'static, str> {
        "any".into()
    }

    fn schema_ref() -> MetaSchemaRef {
        MetaSchemaRef::Inline(Box::new(MetaSchema::ANY))
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }

    fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
        Box::new(std::iter::once(self))
    }
}

impl ParseFromJSON for AnyJson {
    fn parse_from_json(value: Option<Json>) -> ParseResult<Self> {
        value.map(Self).ok_or_else(ParseError::expected_input)
    }
}

impl ToJSON for AnyJson {
    fn to_json(&self) -> Option<Json> {
        Some(self.0.clone())
    }
}

/// The texts themselves.
pub(crate) fn texts(given: Vec<Text<Plain>>) -> Vec<String> {
    given.into_iter().map(|text| text.0.0).collect()
}

/// The canonical types of what was given as types, in whatever spelling.
pub(crate) fn event_types(given: Vec<Text<Plain>>) -> Vec<String> {
    texts(given)
        .iter()
        .map(|name| EventType::from_wire(name).as_str().to_owned())
        .collect()
}

impl TextValue for RuleName {
    const NAME: &'static str = "rule_name";

    fn schema() -> MetaSchema {
        MetaSchema {
            example: Some(Json::from("new-booking/thank-you")),
            pattern: Some("^[A-Za-z0-9_-]+/[A-Za-z0-9_-]+$".to_owned()),
            ..MetaSchema::new("string")
        }
    }

    fn read(text: &str) -> Result<Self, String> {
        text.parse()
            .map_err(|_| "a rule's name, such as new-booking/thank-you".to_owned())
    }

    fn write(&self) -> Json {
        Json::from(self.as_str())
    }
}

macro_rules! ids {
    ($($id:ty, $name:literal;)*) => {
        $(impl TextValue for $id {
            const NAME: &'static str = $name;

            fn schema() -> MetaSchema {
                MetaSchema {
                    example: Some(Json::from("0195f3a0-7c1e-7b2a-9a51-3d9f0c6b2e11")),
                    ..MetaSchema::new_with_format("string", "uuid")
                }
            }

            fn read(text: &str) -> Result<Self, String> {
                text.parse().map_err(|_| {
                    "an id is a UUID such as 0195f3a0-7c1e-7b2a-9a51-3d9f0c6b2e11".to_owned()
                })
            }

            fn write(&self) -> Json {
                Json::String(self.to_string())
            }
        })*
    };
}

ids! {
    EventId, "event_id";
    RunId, "run_id";
    EffectId, "effect_id";
    ReplayId, "replay_id";
    EndpointId, "endpoint_id";
    uuid::Uuid, "reconciliation_id";
}

macro_rules! words {
    ($($word:ty, $name:literal;)*) => {
        $(impl TextValue for $word {
            const NAME: &'static str = $name;

            fn schema() -> MetaSchema {
                MetaSchema {
                    enum_items: <$word>::ALL.iter().map(|word| Json::from(word.as_str())).collect(),
                    ..MetaSchema::new("string")
                }
            }

            fn read(text: &str) -> Result<Self, String> {
                <$word>::from_word(text).ok_or_else(|| {
                    let words: Vec<_> = <$word>::ALL.iter().map(|word| word.as_str()).collect();
                    format!("one of {}", words.join(", "))
                })
            }

            fn write(&self) -> Json {
                Json::from(self.as_str())
            }
        })*
    };
}

words! {
    EventState, "event_state";
    Origin, "origin";
    Trust, "trust";
    RunState, "run_state";
    ReplayState, "replay_state";
    EffectState, "effect_state";
    AttemptOutcome, "attempt_outcome";
    StepKind, "step_kind";
    LogLevel, "log_level";
    Scope, "scope";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_read_with_any_offset_and_written_in_utc() {
        for text in ["2026-03-14T19:30:00+01:00", "2026-03-14T19:30:00 01:00"] {
            assert_eq!(
                Timestamp::read(text).unwrap().write(),
                Json::from("2026-03-14T18:30:00Z")
            );
        }
        assert!(
            Timestamp::read("yesterday")
                .unwrap_err()
                .contains("RFC 3339")
        );
    }

    #[test]
    fn a_wrong_word_is_told_the_right_ones() {
        let told = RunState::read("done").unwrap_err();
        assert!(told.contains("completed") && told.contains("waiting"));
    }
}
