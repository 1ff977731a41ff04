//! The message to inject: the type's example, changed by `--set`.

use std::str::FromStr;

use anyhow::{anyhow, bail};
use cuebook_core::events::{ALL, EventDescriptor, EventType};
use serde_json::{Map, Value as Json};

use crate::config::nearest;

/// One `--set path=value`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Assignment {
    /// The parts of the path below the payload.
    path: Vec<String>,
    /// As it was written.
    value: String,
}

/// What stands for the number of the event in a value.
const NUMBER: &str = "{n}";

impl FromStr for Assignment {
    type Err = String;

    /// `payload.` at the beginning may be left out. What is no JSON is a text.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (path, value) = text
            .split_once('=')
            .ok_or("write path=value, such as booking_pid=293233446073")?;
        let path = path.trim();
        let path: Vec<String> = path
            .strip_prefix("payload.")
            .unwrap_or(path)
            .split('.')
            .map(str::to_owned)
            .collect();
        if path.iter().any(String::is_empty) {
            return Err("the path has an empty part".to_owned());
        }
        let value = value.to_owned();
        Ok(Self { path, value })
    }
}

impl Assignment {
    /// The value for event `number`: JSON, or else the text that it is.
    fn value(&self, number: u32) -> Json {
        let text = self.value.replace(NUMBER, &number.to_string());
        serde_json::from_str(&text).unwrap_or(Json::String(text))
    }
}

/// The payload of event `number`: `sample` with `assignments` carried out.
pub(crate) fn payload(
    sample: &Json,
    assignments: &[Assignment],
    number: u32,
) -> anyhow::Result<Json> {
    let mut payload = sample.clone();
    for assignment in assignments {
        set(&mut payload, &assignment.path, assignment.value(number))?;
    }
    Ok(payload)
}

/// The payload of a type: `given`, else the type's example. An unknown type needs `force`.
pub(crate) fn sample(event_type: &str, given: Option<Json>, force: bool) -> anyhow::Result<Json> {
    let known = EventType::from_wire(event_type).descriptor();
    if known.is_none() && !force {
        return Err(unknown(event_type));
    }
    match (given, known) {
        (Some(given), _) => Ok(given),
        (None, Some(descriptor)) => example(descriptor),
        (None, None) => Ok(Json::Object(Map::new())),
    }
}

fn example(descriptor: &EventDescriptor) -> anyhow::Result<Json> {
    let mut message: Json = serde_json::from_str(descriptor.example)?;
    Ok(message["payload"].take())
}

fn unknown(event_type: &str) -> anyhow::Error {
    let names = ALL.iter().map(|descriptor| descriptor.name);
    let near = nearest(event_type, names.clone())
        .map(|name| format!("; did you mean {name}?"))
        .unwrap_or_default();
    let known: Vec<&str> = names.collect();
    anyhow!(
        "{event_type} is no type that Ticketpark sends{near}\n  known types: {}\n  --force injects it all the same",
        known.join(", ")
    )
}

fn set(target: &mut Json, path: &[String], value: Json) -> anyhow::Result<()> {
    let Some((part, rest)) = path.split_first() else {
        *target = value;
        return Ok(());
    };
    let member = match target {
        Json::Object(map) => map.entry(part.clone()).or_insert(Json::Null),
        Json::Array(items) => {
            let length = items.len();
            match part.parse::<usize>() {
                Ok(index) if index == length => {
                    items.push(Json::Null);
                    &mut items[index]
                }
                Ok(index) if index < length => &mut items[index],
                _ => bail!("--set: the list has {length} items, so {part:?} is no place in it"),
            }
        }
        other => {
            *other = Json::Object(Map::new());
            return set(other, path, value);
        }
    };
    set(member, rest, value)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn with(event_type: &str, assignments: &[&str]) -> Json {
        let assignments: Vec<Assignment> = assignments
            .iter()
            .map(|text| text.parse().unwrap())
            .collect();
        let sample = sample(event_type, None, true).unwrap();
        payload(&sample, &assignments, 1).unwrap()
    }

    #[test]
    fn a_value_is_set_with_or_without_the_word_payload() {
        assert_eq!(
            with("new-booking", &["payload.booking_pid=7"]),
            json!({"booking_pid": 7})
        );
        assert_eq!(
            with("new-booking", &["booking_pid=7"]),
            json!({"booking_pid": 7})
        );
    }

    #[test]
    fn numbers_stay_exact_and_what_is_no_json_is_a_text() {
        let payload = with(
            "new-payment",
            &[
                "booking_pid=007",
                "amount=50.00",
                "payment_pid=12345678901234567890123",
            ],
        );
        assert_eq!(payload["booking_pid"], json!("007"));
        assert_eq!(payload["amount"].to_string(), "50.00");
        assert_eq!(
            payload["payment_pid"].to_string(),
            "12345678901234567890123"
        );
    }

    #[test]
    fn members_are_made_and_items_replaced_or_added() {
        let changed = with("made-up", &["a.b=1", "list=[1,2]", "list.0=x", "list.2=y"]);
        assert_eq!(changed, json!({"a": {"b": 1}, "list": ["x", 2, "y"]}));
        let assignment = ["list=[]".parse().unwrap(), "list.5=x".parse().unwrap()];
        assert!(payload(&json!({}), &assignment, 1).is_err());
    }

    #[test]
    fn each_of_several_events_has_its_number() {
        let assignment = [
            "booking_pid=29{n}".parse().unwrap(),
            "name=no. {n}".parse().unwrap(),
        ];
        let third = payload(&json!({}), &assignment, 3).unwrap();
        assert_eq!(third, json!({"booking_pid": 293, "name": "no. 3"}));
    }

    #[test]
    fn an_unknown_type_is_refused_with_the_one_that_was_meant() {
        let error = sample("new-bookin", None, false).unwrap_err().to_string();
        assert!(error.contains("did you mean new-booking?"), "{error}");
        assert!(error.contains("person-updated"), "{error}");
        assert_eq!(sample("new-bookin", None, true).unwrap(), json!({}));
    }
}
