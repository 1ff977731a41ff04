//! Ticketpark's ids. In its examples a booking's is a JSON number, a ticket's a hex string, a person's a UUID: so a pid
//! is read from a string or an integer, kept exactly as written, and is a string everywhere inside Cuebook. What no
//! database could index or store, or no list could show, is none.

use std::fmt;

use serde::de::{self, Deserializer};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// The longest text that is taken for one, in bytes: far beyond Ticketpark's, far below what an index takes.
const LONGEST: usize = 200;

/// A Ticketpark id, exactly as it was written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Pid(String);

impl Pid {
    /// The pid in `json`: a text that is not empty, or an integer; of 200 bytes at most, without control characters.
    pub fn from_json(json: &Json) -> Option<Self> {
        let pid = match json {
            Json::String(text) if !text.trim().is_empty() => Some(Self(text.clone())),
            Json::Number(number) => {
                let text = number.to_string();
                let digits = text.strip_prefix('-').unwrap_or(&text);
                digits
                    .bytes()
                    .all(|b| b.is_ascii_digit())
                    .then_some(Self(text))
            }
            _ => None,
        };
        pid.filter(|Self(text)| text.len() <= LONGEST && !text.chars().any(char::is_control))
    }

    /// The pid as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Pid {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Display for Pid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Pid {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = Json::deserialize(deserializer)?;
        Self::from_json(&json)
            .ok_or_else(|| de::Error::custom("a pid is a text of 1 to 200 bytes, or an integer"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pid(json: &str) -> Option<String> {
        serde_json::from_str::<Pid>(json).ok().map(|p| p.0)
    }

    #[test]
    fn is_kept_exactly_from_string_or_integer() {
        assert_eq!(pid("293233446073").as_deref(), Some("293233446073"));
        assert_eq!(pid("9007199254740993").as_deref(), Some("9007199254740993"));
        assert_eq!(
            pid("123456789012345678901234567890").as_deref(),
            Some("123456789012345678901234567890")
        );
        assert_eq!(pid("\"007\"").as_deref(), Some("007"));
        assert_eq!(
            pid("\"6445cdbe3e9509e8\"").as_deref(),
            Some("6445cdbe3e9509e8")
        );
    }

    #[test]
    fn is_nothing_else() {
        for json in ["1.5", "1e3", "true", "null", "[]", "{}", "\"\"", "\" \""] {
            assert_eq!(pid(json), None, "{json}");
        }
    }

    #[test]
    fn is_nothing_that_a_database_could_not_store_and_index() {
        assert_eq!(pid(r#""a\u0000b""#), None);
        assert_eq!(pid(r#""a\u001fb""#), None);
        assert!(pid(&"9".repeat(200)).is_some());
        assert_eq!(pid(&"9".repeat(201)), None);
        assert_eq!(pid(&format!("\"{}\"", "x".repeat(201))), None);
    }
}
