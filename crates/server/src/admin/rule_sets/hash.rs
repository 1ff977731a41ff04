//! The hash that names a rule set or a rule's version, as the API reads it.

use poem_openapi::registry::MetaSchema;
use serde_json::Value as Json;

use crate::admin::value::TextValue;

/// 64 hex digits.
#[derive(Debug, Clone)]
pub(crate) struct Hash(pub(crate) String);

impl TextValue for Hash {
    const NAME: &'static str = "hash";

    fn schema() -> MetaSchema {
        MetaSchema {
            pattern: Some("^[0-9a-f]{64}$".to_owned()),
            example: Some(Json::from("9f2c".repeat(16))),
            ..MetaSchema::new("string")
        }
    }

    fn read(text: &str) -> Result<Self, String> {
        let is_hash = text.len() == 64
            && text
                .bytes()
                .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
        is_hash
            .then(|| Self(text.to_owned()))
            .ok_or_else(|| "64 hex digits, as the lists show them".to_owned())
    }

    fn write(&self) -> Json {
        Json::from(self.0.as_str())
    }
}
