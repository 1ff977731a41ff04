//! A tick: what a timetable makes when a rule's time has come, as the message that the rule's event holds.

use serde::Serialize;

use crate::rule::RuleName;

/// The type of such events.
pub const TYPE: &str = "schedule";

/// The payload of a tick.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TickPayload {
    /// The rule whose time has come.
    pub rule: RuleName,
    /// When it was to run, by the clocks of its time zone: RFC 3339 with an offset.
    pub scheduled_for: String,
    /// How many seconds later it was: more than one where the tick was missed.
    pub late: i64,
    /// When it was to run before that; nothing where this is the first tick of its timetable.
    pub previous: Option<String>,
}

#[derive(Serialize)]
struct Message<'a> {
    #[serde(rename = "type")]
    event_type: &'a str,
    payload: &'a TickPayload,
}

impl TickPayload {
    /// The message, as if it had come from outside.
    pub fn to_message(&self) -> Vec<u8> {
        let message = Message {
            event_type: TYPE,
            payload: self,
        };
        // Texts and a number: nothing that could not be written.
        serde_json::to_vec(&message).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tick_is_a_message_about_no_subject() {
        let payload = TickPayload {
            rule: "schedule/daily".parse().unwrap(),
            scheduled_for: "2026-03-02T08:00:00+01:00".to_owned(),
            late: 0,
            previous: None,
        };
        let body = payload.to_message();
        assert_eq!(
            String::from_utf8_lossy(&body),
            r#"{"type":"schedule","payload":{"rule":"schedule/daily","scheduled_for":"2026-03-02T08:00:00+01:00","late":0,"previous":null}}"#
        );
        let message = crate::message::Message::parse(&body).unwrap();
        assert_eq!(message.event_type.as_str(), TYPE);
        assert_eq!(message.subject, None);
    }
}
