//! How ids and states of erasures and exports are read and written.

use cuebook_store::PrivacyState;
use poem_openapi::registry::MetaSchema;
use serde_json::Value as Json;
use uuid::Uuid;

use crate::admin::value::TextValue;

/// The id of an erasure or an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PrivacyId(pub(crate) Uuid);

impl TextValue for PrivacyId {
    const NAME: &'static str = "privacy_request_id";

    fn schema() -> MetaSchema {
        MetaSchema {
            example: Some(Json::from("0195f3a0-7c1e-7b2a-9a51-3d9f0c6b2e11")),
            ..MetaSchema::new_with_format("string", "uuid")
        }
    }

    fn read(text: &str) -> Result<Self, String> {
        text.parse()
            .map(Self)
            .map_err(|_| "an id is a UUID such as 0195f3a0-7c1e-7b2a-9a51-3d9f0c6b2e11".to_owned())
    }

    fn write(&self) -> Json {
        Json::String(self.0.to_string())
    }
}

impl TextValue for PrivacyState {
    const NAME: &'static str = "privacy_request_state";

    fn schema() -> MetaSchema {
        MetaSchema {
            enum_items: Self::ALL
                .iter()
                .map(|state| Json::from(state.as_str()))
                .collect(),
            ..MetaSchema::new("string")
        }
    }

    fn read(text: &str) -> Result<Self, String> {
        Self::from_word(text).ok_or_else(|| {
            let words: Vec<_> = Self::ALL.iter().map(|state| state.as_str()).collect();
            format!("one of {}", words.join(", "))
        })
    }

    fn write(&self) -> Json {
        Json::from(self.as_str())
    }
}
