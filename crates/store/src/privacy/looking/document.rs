//! JSON: which field a pid stands in, and whose booking a record shows.
//!
//! A booking is the person's where one record holds both: an event's payload that names the two, a booking whose customer has
//! the pid or the address. A list of bookings shows that of each of its records, and not of the others.

use cuebook_core::json_guard;
use serde_json::{Map, Value as Json};

use super::super::terms::TermKind;
use super::candidates::{is_distinct, kind_of};
use super::matcher::{Matcher, Seen};

/// How deep texts that are JSON lie within each other.
pub(super) const NESTED: usize = 4;

impl Matcher {
    /// What a document names. `about` says what it is about, such as `booking` where it is a booking.
    pub(in crate::privacy) fn document(&self, bytes: &[u8], about: &str) -> Seen {
        match parsed(bytes) {
            Some(json) => self.value(&json, about, about, 0),
            None => self.text(bytes),
        }
    }

    /// What a pid names that stands in a field of this name.
    pub(in crate::privacy) fn field(&self, name: &str, pid: &str) -> Seen {
        self.scalar(pid, name, name)
    }

    pub(super) fn value(&self, json: &Json, key: &str, parent: &str, depth: usize) -> Seen {
        match json {
            Json::Null | Json::Bool(_) => Seen::default(),
            Json::Number(number) => self.scalar(&number.to_string(), key, parent),
            Json::String(text) if key == "$bytes" => match hex::decode(text) {
                Ok(bytes) => self.text(&bytes),
                Err(_) => self.text(text.as_bytes()),
            },
            Json::String(text) => self.string(text, key, parent, depth),
            Json::Array(items) => {
                let mut seen = Seen::default();
                for item in items {
                    seen.add(self.value(item, key, parent, depth));
                }
                seen
            }
            Json::Object(members) => self.object(members, key, depth),
        }
    }

    fn string(&self, text: &str, key: &str, parent: &str, depth: usize) -> Seen {
        let mut seen = self.scalar(text, key, parent);
        seen.add(self.text(text.as_bytes()));
        if depth < NESTED
            && let Some(json) = parsed(text.as_bytes())
        {
            seen.add(self.value(&json, key, parent, depth + 1));
        }
        seen
    }

    fn object(&self, members: &Map<String, Json>, key: &str, depth: usize) -> Seen {
        let mut seen = Seen::default();
        for (name, value) in members {
            seen.add(self.text(name.as_bytes()));
            seen.add(self.value(value, name, key, depth));
        }
        if seen.person {
            for pid in members.iter().filter_map(|member| booking(member, key)) {
                seen.bookings.insert(self.hasher.pid(pid.as_bytes()));
            }
        }
        seen
    }

    fn scalar(&self, text: &str, key: &str, parent: &str) -> Seen {
        let mut seen = Seen::default();
        let kind = kind_of(key).or_else(|| is_id(key).then(|| kind_of(parent)).flatten());
        if kind.is_some() {
            self.pid(text.as_bytes(), kind, &mut seen);
        } else if is_distinct(text.as_bytes()) {
            self.pid(text.as_bytes(), None, &mut seen);
        }
        seen
    }
}

/// The pid of a booking that a member of an object names; `key` is what the object stands under.
fn booking((name, value): (&String, &Json), key: &str) -> Option<String> {
    let is_booking = |word: &str| kind_of(word) == Some(TermKind::Booking);
    let pid = match value {
        Json::Object(inner) if is_booking(name) => inner.get("pid").or_else(|| inner.get("id")),
        _ if is_booking(name) || (is_id(name) && is_booking(key)) => Some(value),
        _ => None,
    }?;
    let pid = match pid {
        Json::String(text) => text.clone(),
        Json::Number(number) => number.to_string(),
        _ => return None,
    };
    let is_pid = pid.bytes().any(|byte| byte.is_ascii_digit())
        && !pid.chars().any(|c| c.is_whitespace() || c.is_control());
    is_pid.then_some(pid)
}

fn is_id(key: &str) -> bool {
    matches!(key, "pid" | "id")
}

pub(super) fn parsed(bytes: &[u8]) -> Option<Json> {
    let start = bytes.trim_ascii_start().first()?;
    if !matches!(start, b'{' | b'[' | b'"') || json_guard::check(bytes).is_err() {
        return None;
    }
    serde_json::from_slice(bytes).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::matcher::tests::looking_for;
    use super::*;

    fn seen(matcher: &Matcher, json: &Json, about: &str) -> Seen {
        matcher.document(json.to_string().as_bytes(), about)
    }

    fn is_followed(matcher: &Matcher, seen: &Seen, booking: &str) -> bool {
        seen.bookings
            .contains(&matcher.hasher.pid(booking.as_bytes()))
    }

    #[test]
    fn a_booking_is_the_persons_where_one_record_holds_both() {
        let matcher = looking_for(Some("p7"), Some("tom@x.ch"), None);
        let event = json!({"type": "t", "payload": {"booking_pid": 29, "person_pid": "p7"}});
        assert!(is_followed(&matcher, &seen(&matcher, &event, ""), "29"));
        let booking = json!({"pid": "29", "customer": {"pid": "x", "email": "Tom@x.ch"}});
        let answer = seen(&matcher, &booking, "booking");
        assert!(answer.person && is_followed(&matcher, &answer, "29"));
        assert!(!is_followed(&matcher, &answer, "x"));
        let payment = json!({"pid": "pay1", "booking": {"pid": "29"}, "payer": "tom@x.ch"});
        assert!(is_followed(
            &matcher,
            &seen(&matcher, &payment, "payment"),
            "29"
        ));
    }

    #[test]
    fn of_a_list_only_the_persons_own_bookings_are_followed() {
        let matcher = looking_for(None, Some("tom@x.ch"), None);
        let list = json!({"bookings": [
            {"pid": "1", "customer": {"email": "eve@x.ch"}},
            {"pid": "2", "customer": {"email": "tom@x.ch"}},
        ]});
        let seen = seen(&matcher, &list, "list");
        assert!(is_followed(&matcher, &seen, "2") && !is_followed(&matcher, &seen, "1"));
    }

    #[test]
    fn a_short_pid_counts_where_its_field_says_what_it_is() {
        let matcher = looking_for(Some("77"), None, None);
        assert!(seen(&matcher, &json!({"customer": {"a": 1, "pid": "77"}}), "").person);
        assert!(!seen(&matcher, &json!({"booking": {"pid": "77"}}), "").any());
        assert!(!seen(&matcher, &json!({"amount": 77}), "").any());
        assert!(seen(&matcher, &json!(["77"]), "person").person);
    }

    #[test]
    fn json_within_json_and_bytes_are_looked_into() {
        let matcher = looking_for(Some("77"), Some("tom@x.ch"), None);
        let inner = json!({"person": {"pid": 77}}).to_string();
        assert!(seen(&matcher, &json!({"status": 200, "body": inner}), "").person);
        let bytes = hex::encode("name;tom@x.ch");
        assert!(seen(&matcher, &json!({"file": {"$bytes": bytes}}), "").person);
        assert!(seen(&matcher, &json!({"tom@x.ch": 1}), "").person);
    }
}
