//! Values of a run as JSON for people: bytes as Base64, and no more of all than a page can hold.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cuebook_core::Value;
use serde_json::{Value as Json, json};

use crate::auth::Masking;

/// How much of a run's steps is shown, in bytes.
const ROOM: usize = 1024 * 1024;

/// How much more may be shown.
#[derive(Debug)]
pub(crate) struct Room(usize);

impl Default for Room {
    fn default() -> Self {
        Self(ROOM)
    }
}

impl Room {
    /// Takes `size` bytes if there are so many left.
    pub(super) fn take(&mut self, size: usize) -> bool {
        let left = self.0.checked_sub(size);
        self.0 = left.unwrap_or(self.0);
        left.is_some()
    }
}

/// About how many bytes the JSON of `value` has.
pub(super) fn size(value: &Value) -> usize {
    match value {
        Value::Text(text) => text.len() + 3,
        Value::Bytes(bytes) => bytes.len() / 3 * 4 + 32,
        Value::Array(items) => items.iter().map(size).sum::<usize>() + 2,
        Value::Map(map) => {
            map.iter()
                .map(|(key, value)| key.len() + size(value) + 4)
                .sum::<usize>()
                + 2
        }
        _ => 24,
    }
}

/// `value` as JSON, as `masking` lets it be seen; bytes that are no text as `{"bytes": length, "base64": text}`, and where
/// something may be hidden in them by their length alone.
pub(super) fn json(value: &Value, masking: Masking) -> Json {
    match value {
        Value::Bytes(bytes) => match (std::str::from_utf8(bytes), masking) {
            (Ok(text), _) => Json::from(masking.text(text.to_owned())),
            (Err(_), Masking::On) => json!({"bytes": bytes.len()}),
            (Err(_), Masking::Off) => {
                json!({"bytes": bytes.len(), "base64": STANDARD.encode(bytes)})
            }
        },
        Value::Array(items) => items.iter().map(|item| json(item, masking)).collect(),
        Value::Map(map) => map
            .iter()
            .map(|(key, value)| (masking.text(key.clone()), json(value, masking)))
            .collect(),
        other => masking.json(other.to_json()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_their_length_and_base64_wherever_they_stand() {
        let value = Value::Array(vec![
            Value::Bytes(vec![0, 255]),
            Value::Bytes(b"ab".to_vec()),
        ]);
        assert_eq!(
            json(&value, Masking::Off),
            json!([{"bytes": 2, "base64": "AP8="}, "ab"])
        );
        assert_eq!(json(&value, Masking::On), json!([{"bytes": 2}, "ab"]));
    }

    #[test]
    fn there_is_room_until_there_is_none_and_then_still_for_something_smaller() {
        let mut room = Room::default();
        assert!(room.take(ROOM - 10));
        assert!(!room.take(11));
        assert!(room.take(10));
        assert!(!room.take(1));
    }
}
