//! What Ticketpark answers, as scripts get it.

use cuebook_core::Value;
use cuebook_core::failure::{AttemptError, CallError};
use cuebook_core::limits;
use serde_json::Value as Json;

/// The answer as a value in which every pid is a string, also where Ticketpark writes a number.
pub(crate) fn pids_as_text(answer: &Json) -> Value {
    match answer {
        Json::Object(object) => Value::Map(
            object
                .iter()
                .map(|(name, value)| {
                    let value = match value {
                        Json::Number(number) if is_pid(name) => Value::Text(number.to_string()),
                        Json::Array(items) if is_pids(name) => {
                            Value::Array(items.iter().map(pid_text).collect())
                        }
                        other => pids_as_text(other),
                    };
                    (name.clone(), value)
                })
                .collect(),
        ),
        Json::Array(items) => Value::Array(items.iter().map(pids_as_text).collect()),
        single => Value::from_json(single),
    }
}

fn pid_text(item: &Json) -> Value {
    match item {
        Json::Number(number) => Value::Text(number.to_string()),
        other => pids_as_text(other),
    }
}

fn is_pid(name: &str) -> bool {
    name == "pid" || name.ends_with("_pid")
}

fn is_pids(name: &str) -> bool {
    name == "pids" || name.ends_with("_pids")
}

/// The record with the named `fields` only; whole where none are named.
pub(crate) fn with_fields(record: Value, fields: Option<&[Value]>) -> Value {
    match (record, fields) {
        (Value::Map(mut map), Some(fields)) => {
            map.retain(|name, _| fields.iter().any(|field| field.as_text() == Some(name)));
            Value::Map(map)
        }
        (record, _) => record,
    }
}

/// A list as it grows, page by page: never larger than what a journal takes for one step.
#[derive(Debug, Default)]
pub(crate) struct Records {
    records: Vec<Value>,
    size: usize,
}

impl Records {
    /// Adds a record; an error says that the list has become too large.
    pub(crate) fn add(&mut self, record: Value) -> Result<(), AttemptError> {
        let size = serde_json::to_vec(&record).map_or(usize::MAX, |bytes| bytes.len());
        self.size = self.size.saturating_add(size).saturating_add(1);
        if self.size > limits::ANSWER {
            return Err(AttemptError::fail(CallError::new(
                "too_large",
                format!(
                    "the list is larger than {} bytes; ask for fewer records with max, or for less of each with fields",
                    limits::ANSWER
                ),
            )));
        }
        self.records.push(record);
        Ok(())
    }

    /// The whole list.
    pub(crate) fn into_value(self) -> Value {
        Value::Array(self.records)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pids_are_strings_whatever_ticketpark_writes() {
        let json: Json = serde_json::from_str(
            r#"{"pid":293233446073,"host_pid":18446744073709551617,"ticket_pids":[1,"a"],"tickets":[{"pid":7,"row":3}],"amount":25.00}"#,
        )
        .unwrap();
        let value = pids_as_text(&json);
        assert_eq!(value.get("pid"), Some(&Value::from("293233446073")));
        assert_eq!(
            value.get("host_pid"),
            Some(&Value::from("18446744073709551617"))
        );
        assert_eq!(
            value.get("ticket_pids"),
            Some(&Value::Array(vec![Value::from("1"), Value::from("a")]))
        );
        let ticket = &value.get("tickets").unwrap().as_array().unwrap()[0];
        assert_eq!(ticket.get("pid"), Some(&Value::from("7")));
        assert_eq!(ticket.get("row"), Some(&Value::Int(3)));
        assert_eq!(value.get("amount").unwrap().kind(), "decimal");
    }

    #[test]
    fn a_list_keeps_the_named_fields() {
        let record = Value::from([("pid", Value::from("1")), ("x", Value::Int(1))]);
        let fields = [Value::from("pid")];
        assert_eq!(
            with_fields(record.clone(), Some(&fields)),
            Value::from([("pid", Value::from("1"))])
        );
        assert_eq!(with_fields(record.clone(), None), record);
    }

    #[test]
    fn a_list_that_no_journal_takes_is_refused_with_advice() {
        let mut records = Records::default();
        let half = Value::from("x".repeat(limits::ANSWER / 2 + 1));
        records.add(half.clone()).unwrap();
        let error = records.add(half).unwrap_err();
        assert_eq!(error.error.kind, "too_large");
        assert!(error.error.message.contains("fields"));
    }
}
