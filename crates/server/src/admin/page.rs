//! Lists: newest first, a page at a time, with a cursor that stays right while new things come.

use cuebook_store::{Listed, Page};
use poem_openapi::registry::MetaSchema;
use serde_json::Value as Json;
use uuid::Uuid;

use super::value::{Text, TextValue};

const DEFAULT: u32 = 50;
const MOST: u32 = 100;

/// How many items a page holds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limit(u32);

impl TextValue for Limit {
    const NAME: &'static str = "limit";

    fn schema() -> MetaSchema {
        MetaSchema {
            minimum: Some(1.0),
            maximum: Some(f64::from(MOST)),
            default: Some(Json::from(DEFAULT)),
            ..MetaSchema::new("integer")
        }
    }

    fn read(text: &str) -> Result<Self, String> {
        match text.parse() {
            Ok(number) if (1..=MOST).contains(&number) => Ok(Self(number)),
            _ => Err(format!("a whole number from 1 to {MOST}")),
        }
    }

    fn write(&self) -> Json {
        Json::from(self.0)
    }
}

impl Limit {
    /// How many items are wanted, or as many as usual.
    pub(crate) fn or_default(limit: Option<Text<Self>>) -> usize {
        limit.map_or(DEFAULT, |limit| limit.0.0) as usize
    }
}

/// Where the page before ended.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cursor(Uuid);

impl TextValue for Cursor {
    const NAME: &'static str = "cursor";

    fn schema() -> MetaSchema {
        MetaSchema::new_with_format("string", "uuid")
    }

    fn read(text: &str) -> Result<Self, String> {
        Uuid::parse_str(text)
            .map(Self)
            .map_err(|_| "the `next_cursor` of the page before, unchanged".to_owned())
    }

    fn write(&self) -> Json {
        Json::String(self.0.to_string())
    }
}

/// The page that a request asks for.
pub(crate) fn page(limit: Option<Text<Limit>>, cursor: Option<Text<Cursor>>) -> Page {
    Page {
        limit: limit.map_or(DEFAULT, |limit| limit.0.0),
        cursor: cursor.map(|cursor| cursor.0.0),
    }
}

/// The items of a page and its cursor, each item shown by `show`.
pub(crate) fn shown<T, V>(
    listed: Listed<T>,
    show: impl FnMut(T) -> V,
) -> (Vec<V>, Option<Text<Cursor>>) {
    let next = listed.next.map(|id| Text(Cursor(id)));
    (listed.items.into_iter().map(show).collect(), next)
}
