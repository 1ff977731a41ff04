//! A key as the API shows it, and as it is asked for.

use cuebook_core::Timestamp;
use cuebook_store::ApiKeyRow;
use poem_openapi::payload::Json;
use poem_openapi::types::Example;
use poem_openapi::{ApiResponse, Object};

use crate::admin::sample;
use crate::admin::value::{Plain, Text};
use crate::auth::Scope;
use crate::keys::ApiKey;

/// A key of the API, without its text.
#[derive(Debug, Object)]
#[oai(rename = "Key", example)]
pub(crate) struct KeyBody {
    /// Its id, the public part of its text.
    pub(super) id: String,
    /// What it is for.
    name: String,
    /// What it may do.
    scopes: Vec<Text<Scope>>,
    /// When it was made.
    created_at: Text<Timestamp>,
    /// When it ends; `null` if it does not by itself.
    expires_at: Option<Text<Timestamp>>,
    /// When it was last used, to the minute; `null` if it never was.
    last_used_at: Option<Text<Timestamp>>,
    /// When it was revoked; `null` if it was not.
    revoked_at: Option<Text<Timestamp>>,
}

/// A page of keys, newest first.
#[derive(Debug, Object)]
#[oai(example)]
pub(crate) struct KeyPage {
    /// The keys.
    pub(super) items: Vec<KeyBody>,
    /// What to give as `cursor` for the page after; `null` on the last.
    pub(super) next_cursor: Option<String>,
}

/// A key to be made.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields, example)]
pub(crate) struct NewKey {
    /// What it is for: who or what will use it.
    pub(super) name: Text<Plain>,
    /// What it may do.
    #[oai(validator(min_items = 1, max_items = 4, unique_items))]
    pub(super) scopes: Vec<Text<Scope>>,
    /// When it ends; never by itself, if left out.
    pub(super) expires_at: Option<Text<Timestamp>>,
}

/// How a key is rotated.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields, example)]
pub(crate) struct KeyRotation {
    /// For how many seconds the former key is good beside the new one; a day, if left out.
    #[oai(default = "a_day", validator(maximum(value = "2592000")))]
    pub(super) overlap_seconds: u32,
    /// When the new key ends; never by itself, if left out.
    pub(super) expires_at: Option<Text<Timestamp>>,
}

/// A key that was made just now. Its text is not shown again.
#[derive(Debug, Object)]
#[oai(example)]
pub(crate) struct MadeKey {
    /// Its id, the public part of its text.
    id: String,
    /// The key itself, to be sent as `Authorization: Bearer <key>`.
    key: String,
    /// What it may do.
    scopes: Vec<Text<Scope>>,
    /// When it ends; `null` if it does not by itself.
    expires_at: Option<Text<Timestamp>>,
}

/// The answer to a key that was made.
#[derive(ApiResponse)]
pub(crate) enum Made {
    /// The key is good from now on. Its text is shown this once.
    #[oai(status = 201)]
    Created(
        Json<MadeKey>,
        /// Where the key is shown.
        #[oai(header = "Location")]
        String,
    ),
}

fn a_day() -> u32 {
    24 * 60 * 60
}

impl KeyBody {
    pub(super) fn new(row: ApiKeyRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            scopes: scopes_of(&row.scopes),
            created_at: Text(row.created_at),
            expires_at: row.expires_at.map(Text),
            last_used_at: row.last_used_at.map(Text),
            revoked_at: row.revoked_at.map(Text),
        }
    }
}

impl Made {
    /// The answer that shows `key`.
    pub(super) fn new(key: &ApiKey, scopes: &[String], expires_at: Option<Timestamp>) -> Self {
        let location = format!("/api/v1/keys/{}", key.id);
        let made = MadeKey {
            id: key.id.clone(),
            key: key.text.reveal().to_owned(),
            scopes: scopes_of(scopes),
            expires_at: expires_at.map(Text),
        };
        Self::Created(Json(made), location)
    }
}

fn scopes_of(words: &[String]) -> Vec<Text<Scope>> {
    let scopes = words.iter().filter_map(|word| Scope::from_word(word));
    scopes.map(Text).collect()
}

impl Example for KeyBody {
    fn example() -> Self {
        Self {
            id: sample::KEY_ID.to_owned(),
            name: "console".to_owned(),
            scopes: vec![Text(Scope::Read), Text(Scope::Personal)],
            created_at: Text(sample::instant(0)),
            expires_at: None,
            last_used_at: Some(Text(sample::instant(60))),
            revoked_at: None,
        }
    }
}

impl Example for KeyPage {
    fn example() -> Self {
        Self {
            items: vec![KeyBody::example()],
            next_cursor: None,
        }
    }
}

impl Example for NewKey {
    fn example() -> Self {
        Self {
            name: Text(Plain("console".to_owned())),
            scopes: vec![Text(Scope::Read), Text(Scope::Personal)],
            expires_at: None,
        }
    }
}

impl Example for KeyRotation {
    fn example() -> Self {
        Self {
            overlap_seconds: a_day(),
            expires_at: None,
        }
    }
}

impl Example for MadeKey {
    fn example() -> Self {
        Self {
            id: sample::KEY_ID.to_owned(),
            key: format!("cue_{}_…", sample::KEY_ID),
            scopes: vec![Text(Scope::Read), Text(Scope::Personal)],
            expires_at: None,
        }
    }
}
