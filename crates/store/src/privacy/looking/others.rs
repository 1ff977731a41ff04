//! Takes the records of others out of what is handed over to a person.
//!
//! Of a list only the records stay that name the person or a booking that is searched for. A list within the person's own
//! record, such as the tickets of their booking, keeps what names nobody at all, too.

use serde_json::{Map, Value as Json};

use super::candidates::{self, kind_of};
use super::document::{NESTED, parsed};
use super::matcher::Matcher;

impl Matcher {
    /// Takes out the records of others; gives how many those were. `about` says what the document is about.
    pub(in crate::privacy) fn leave_others_out(&self, json: &mut Json, about: &str) -> u64 {
        self.of_others(json, (about, about), false, 0)
    }

    /// Whether a document names somebody who is searched for.
    pub(in crate::privacy) fn sees(&self, json: &Json, about: &str) -> bool {
        self.value(json, about, about, 0).any()
    }

    fn of_others(&self, json: &mut Json, at: (&str, &str), is_own: bool, depth: usize) -> u64 {
        let (key, parent) = at;
        match json {
            Json::Array(items) => {
                let all = items.len();
                items.retain(|item| {
                    self.value(item, key, parent, depth).any() || (is_own && !names(item, key))
                });
                let left_out = u64::try_from(all - items.len()).unwrap_or(u64::MAX);
                let within = items.iter_mut();
                left_out
                    + within
                        .map(|item| self.of_others(item, at, is_own, depth))
                        .sum::<u64>()
            }
            Json::Object(members) => {
                let is_own = is_own
                    || self
                        .value(&without_lists(members), key, parent, depth)
                        .any();
                let within = members.iter_mut();
                within
                    .map(|(name, value)| self.of_others(value, (name, key), is_own, depth))
                    .sum()
            }
            Json::String(text) if depth < NESTED => {
                let Some(mut inner) = parsed(text.as_bytes()) else {
                    return 0;
                };
                let left_out = self.of_others(&mut inner, at, is_own, depth + 1);
                if left_out > 0 {
                    *text = inner.to_string();
                }
                left_out
            }
            _ => 0,
        }
    }
}

/// A record as it is without its lists, and without texts that are JSON: those may hold others.
fn without_lists(members: &Map<String, Json>) -> Json {
    let of = |value: &Json| match value {
        Json::Array(_) => Json::Null,
        Json::Object(members) => without_lists(members),
        Json::String(text) if parsed(text.as_bytes()).is_some() => Json::Null,
        other => other.clone(),
    };
    let members = members.iter();
    Json::Object(
        members
            .map(|(name, value)| (name.clone(), of(value)))
            .collect(),
    )
}

/// Whether anybody at all is named: by an address, or in a field that holds a pid.
fn names(json: &Json, key: &str) -> bool {
    match json {
        Json::Null | Json::Bool(_) => false,
        Json::Number(_) => kind_of(key).is_some(),
        Json::String(text) => {
            let mut any = kind_of(key).is_some();
            candidates::addresses(text.as_bytes(), |_| any = true);
            any
        }
        Json::Array(items) => items.iter().any(|item| names(item, key)),
        Json::Object(members) => {
            let mut members = members.iter();
            kind_of(key).is_some() || members.any(|(name, value)| names(value, name))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::matcher::tests::looking_for;
    use super::*;

    fn left(json: Json, about: &str) -> (Json, u64) {
        let matcher = looking_for(Some("p7"), Some("tom@x.ch"), Some("29"));
        let mut json = json;
        let left_out = matcher.leave_others_out(&mut json, about);
        (json, left_out)
    }

    #[test]
    fn of_a_list_only_the_persons_records_stay_however_deep_it_lies() {
        let tom = json!({"pid": "1", "customer": {"email": "tom@x.ch"}});
        let own = json!({"pid": "29", "seats": 2});
        let eve = json!({"pid": "3", "customer": {"email": "eve@x.ch"}, "note": "Eve"});
        let list = json!([tom, eve, own]);
        assert_eq!(left(list.clone(), "bookings"), (json!([tom, own]), 1));
        let page = json!({"next": 2, "bookings": list});
        assert_eq!(
            left(page.clone(), "list"),
            (json!({"next": 2, "bookings": [tom, own]}), 1)
        );
        let (answer, left_out) = left(json!([{"status": 200, "body": page.to_string()}]), "");
        assert_eq!(left_out, 1);
        assert!(!answer.to_string().contains("eve") && answer.to_string().contains("tom@x.ch"));
    }

    #[test]
    fn a_list_within_the_persons_own_record_keeps_what_names_nobody_and_loses_others() {
        let booking = json!({"pid": "29", "tickets": [{"row": 1}, {"row": 2}], "tags": ["vip"]});
        assert_eq!(left(booking.clone(), "booking"), (booking, 0));
        let asked =
            json!({"query": "tom@x.ch", "found": [{"mail": "eve@x.ch"}, {"person_pid": "p7"}]});
        let rest = json!({"query": "tom@x.ch", "found": [{"person_pid": "p7"}]});
        assert_eq!(left(asked, ""), (rest, 1));
    }
}
