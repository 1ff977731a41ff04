//! What is particular to endpoints among the values that the API reads and writes as texts.

use cuebook_core::endpoint::{Endpoint, EndpointState, POSSIBLE_ORIGINS};
use cuebook_core::event::Origin;
use cuebook_core::events::{self, EventType};
use poem_openapi::registry::MetaSchema;
use serde_json::Value as Json;

use crate::admin::value::TextValue;

/// The longest URL, in bytes.
const URL_LENGTH: usize = 2000;
const EXAMPLE_URL: &str = "https://crm.example.com/hooks/tickets";

/// A URL to forward to. Whether it may be one is another question.
#[derive(Debug, Clone)]
pub(super) struct EndpointUrl(pub(super) String);

impl TextValue for EndpointUrl {
    const NAME: &'static str = "endpoint_url";

    fn schema() -> MetaSchema {
        MetaSchema {
            max_length: Some(URL_LENGTH),
            pattern: Some("^https?://[!-~]+$".to_owned()),
            example: Some(Json::from(EXAMPLE_URL)),
            ..MetaSchema::new("string")
        }
    }

    fn read(text: &str) -> Result<Self, String> {
        let rest = text
            .strip_prefix("https://")
            .or_else(|| text.strip_prefix("http://"));
        let valid = rest.is_some_and(|rest| {
            !rest.is_empty()
                && text.len() <= URL_LENGTH
                && rest.bytes().all(|b| b.is_ascii_graphic())
        });
        valid.then(|| Self(text.to_owned())).ok_or_else(|| {
            format!(
                "a URL of at most {URL_LENGTH} letters, digits and signs, such as {EXAMPLE_URL}"
            )
        })
    }

    fn write(&self) -> Json {
        Json::from(self.0.as_str())
    }
}

/// A type of messages that Cuebook knows.
#[derive(Debug, Clone)]
pub(super) struct MessageType(pub(super) String);

impl TextValue for MessageType {
    const NAME: &'static str = "message_type";

    fn schema() -> MetaSchema {
        MetaSchema {
            enum_items: events::ALL
                .iter()
                .map(|known| Json::from(known.name))
                .collect(),
            ..MetaSchema::new("string")
        }
    }

    fn read(text: &str) -> Result<Self, String> {
        let canonical = EventType::from_wire(text);
        let known = canonical
            .descriptor()
            .map(|known| Self(known.name.to_owned()));
        known.ok_or_else(|| {
            let names: Vec<_> = events::ALL.iter().map(|known| known.name).collect();
            let names = names.join(", ");
            format!("one of {names}; for types that Cuebook does not know leave `types` empty")
        })
    }

    fn write(&self) -> Json {
        Json::from(self.0.as_str())
    }
}

/// How a message may come that is forwarded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ForwardedOrigin(pub(super) Origin);

impl TextValue for ForwardedOrigin {
    const NAME: &'static str = "forwarded_origin";

    fn schema() -> MetaSchema {
        MetaSchema {
            enum_items: POSSIBLE_ORIGINS
                .iter()
                .map(|word| Json::from(word.as_str()))
                .collect(),
            ..MetaSchema::new("string")
        }
    }

    fn read(text: &str) -> Result<Self, String> {
        let found = POSSIBLE_ORIGINS.iter().find(|word| word.as_str() == text);
        found.copied().map(Self).ok_or_else(|| {
            let words: Vec<_> = POSSIBLE_ORIGINS.iter().map(|word| word.as_str()).collect();
            format!("one of {}", words.join(", "))
        })
    }

    fn write(&self) -> Json {
        Json::from(self.0.as_str())
    }
}

/// Where an endpoint stands, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// It gets messages.
    Active,
    /// It gets messages, and has not taken one since some time.
    Failing,
    /// It has failed for too long.
    Paused,
    /// A person decided against it, or it has gone.
    Disabled,
}

impl Standing {
    const ALL: [Self; 4] = [Self::Active, Self::Failing, Self::Paused, Self::Disabled];

    /// Where `endpoint` stands.
    pub(super) fn of(endpoint: &Endpoint) -> Self {
        match endpoint.state {
            EndpointState::Paused => Self::Paused,
            EndpointState::Disabled => Self::Disabled,
            EndpointState::Enabled if endpoint.failing_since.is_some() => Self::Failing,
            EndpointState::Enabled => Self::Active,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Failing => "failing",
            Self::Paused => "paused",
            Self::Disabled => "disabled",
        }
    }
}

impl TextValue for Standing {
    const NAME: &'static str = "endpoint_state";

    fn schema() -> MetaSchema {
        MetaSchema {
            enum_items: Self::ALL
                .iter()
                .map(|state| Json::from(state.word()))
                .collect(),
            ..MetaSchema::new("string")
        }
    }

    fn read(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|state| state.word() == text);
        found.ok_or_else(|| "one of active, failing, paused, disabled".to_owned())
    }

    fn write(&self) -> Json {
        Json::from(self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_read_in_each_spelling_and_a_wrong_one_is_told_the_right_ones() {
        assert_eq!(
            MessageType::read("new-updated").unwrap().0,
            "person-updated"
        );
        assert!(
            MessageType::read("new-boking")
                .unwrap_err()
                .contains("new-booking")
        );
    }

    #[test]
    fn what_cuebook_makes_itself_cannot_be_asked_for() {
        assert!(ForwardedOrigin::read("trigger").is_ok());
        assert!(ForwardedOrigin::read("emit").is_err());
    }

    #[test]
    fn a_url_is_one_line_of_printable_characters() {
        assert!(EndpointUrl::read(EXAMPLE_URL).is_ok());
        for text in [
            "",
            "https://",
            "crm.example.com",
            "ftp://a.example",
            "https://a.example/\n",
            "https://a b",
        ] {
            assert!(EndpointUrl::read(text).is_err(), "{text:?}");
        }
    }
}
