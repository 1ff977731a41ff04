//! A wait for an event: which events would end it.
//!
//! An event ends a wait when it is of one of its types, about its subject, came before its deadline, and has all its
//! fields. That it also came after the event of the run that waits is for the store to see to.

use std::collections::BTreeMap;

use crate::clock::Timestamp;
use crate::event::Event;
use crate::events::EventType;
use crate::pid::Pid;
use crate::value::{Value, decimal};

/// Which events would end a wait.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventWait {
    /// The types, of which one is enough.
    pub types: Vec<EventType>,
    /// What fields of the payload have to be, as text: pids exactly, amounts as numbers.
    pub fields: BTreeMap<String, String>,
    /// The booking or person that the event has to be about.
    pub subject: Pid,
    /// The event has to come before.
    pub deadline: Timestamp,
    /// Whether the run that waits is only tried out: what it does is captured. Only then an event that is tried out ends the
    /// wait, so that trying something out moves nothing real.
    pub capture: bool,
}

impl EventWait {
    /// Whether `event` ends the wait.
    pub fn is_ended_by(&self, event: &Event) -> bool {
        let is_of_type = |found: &EventType| self.types.contains(found);
        event.event_type.as_ref().is_some_and(is_of_type)
            && event.subject.as_ref() == Some(&self.subject)
            && event.received_at < self.deadline
            && (self.capture || !event.capture)
            && self.has_fields(event)
    }

    fn has_fields(&self, event: &Event) -> bool {
        if self.fields.is_empty() {
            return true;
        }
        let payload = event.payload_value();
        self.fields
            .iter()
            .all(|(name, wanted)| payload.get(name).is_some_and(|value| is(value, wanted)))
    }
}

/// The text that a field is compared by; `None` for what is no single thing.
pub fn comparable(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.clone()),
        Value::Int(int) => Some(int.to_string()),
        Value::Decimal(decimal) => Some(decimal.to_string()),
        Value::Bool(yes) => Some(yes.to_string()),
        _ => None,
    }
}

/// Whether a field is what is wanted. Numbers are compared as numbers: `50` is `50.00`. A pid is a text, so `007` is not `7`.
fn is(value: &Value, wanted: &str) -> bool {
    match value {
        Value::Decimal(found) => decimal(wanted).is_some_and(|wanted| wanted == *found),
        value => comparable(value).as_deref() == Some(wanted),
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use uuid::Uuid;

    use super::*;
    use crate::event::Origin;
    use crate::ids::{Account, EventId};
    use crate::message::Message;

    fn event(body: &str) -> Event {
        let message = Message::parse(body.as_bytes()).unwrap();
        Event {
            id: EventId(Uuid::from_u128(1)),
            account: Account::default(),
            event_type: Some(message.event_type),
            wire_type: Some(message.wire_type),
            subject: message.subject,
            origin: Origin::Webhook,
            received_at: Timestamp::UNIX_EPOCH,
            headers: Vec::new(),
            body: body.as_bytes().to_vec(),
            capture: false,
            parent: None,
            depth: 0,
            trust: crate::event::Trust::Token,
        }
    }

    fn wait(types: &[&str], subject: &str, fields: &[(&str, &str)]) -> EventWait {
        let fields = fields.iter();
        EventWait {
            types: types
                .iter()
                .map(|name| EventType::from_wire(name))
                .collect(),
            fields: fields
                .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
                .collect(),
            subject: Pid::from(subject),
            deadline: Timestamp::UNIX_EPOCH + TimeDelta::days(14),
            capture: false,
        }
    }

    const PAYMENT: &str = r#"{"type":"new-payment","payload":{"booking_pid":9007199254740993,
        "payment_pid":"007","currency":"CHF","amount":"50.00","row":7,"vip":true,"tags":["a"],"none":null}}"#;
    const BOOKING: &str = "9007199254740993";

    #[test]
    fn type_and_subject_decide_and_pids_are_exact() {
        let payment = event(PAYMENT);
        assert!(wait(&["new-payment"], BOOKING, &[]).is_ended_by(&payment));
        assert!(wait(&["new-booking", "new-payment"], BOOKING, &[]).is_ended_by(&payment));
        assert!(!wait(&["new-booking"], BOOKING, &[]).is_ended_by(&payment));
        assert!(!wait(&["new-payment"], "9007199254740992", &[]).is_ended_by(&payment));
    }

    #[test]
    fn a_type_has_two_spellings_and_is_one() {
        let updated = event(r#"{"type":"new-updated","payload":{"person_pid":"P"}}"#);
        assert!(wait(&["person-updated"], "P", &[]).is_ended_by(&updated));
        assert!(wait(&["new-updated"], "P", &[]).is_ended_by(&updated));
    }

    #[test]
    fn each_field_has_to_be_what_is_wanted() {
        let payment = event(PAYMENT);
        let ends =
            |fields: &[(&str, &str)]| wait(&["new-payment"], BOOKING, fields).is_ended_by(&payment);
        assert!(ends(&[("booking_pid", BOOKING), ("payment_pid", "007")]));
        assert!(!ends(&[("payment_pid", "7")]), "a pid is no number");
        assert!(ends(&[("amount", "50")]), "an amount is one");
        assert!(ends(&[("row", "7"), ("vip", "true"), ("currency", "CHF")]));
        assert!(!ends(&[("currency", "CHF"), ("amount", "50.01")]));
        for missing in ["tags", "none", "seat"] {
            assert!(!ends(&[(missing, "a")]), "{missing}");
        }
    }

    #[test]
    fn what_is_tried_out_moves_nothing_real() {
        let mut payment = event(PAYMENT);
        let mut wait = wait(&["new-payment"], BOOKING, &[]);
        wait.capture = true;
        assert!(wait.is_ended_by(&payment), "what is real may move a trial");
        payment.capture = true;
        assert!(wait.is_ended_by(&payment));
        wait.capture = false;
        assert!(!wait.is_ended_by(&payment));
    }

    #[test]
    fn what_comes_at_the_deadline_comes_too_late() {
        let mut payment = event(PAYMENT);
        let wait = wait(&["new-payment"], BOOKING, &[]);
        payment.received_at = wait.deadline - TimeDelta::microseconds(1);
        assert!(wait.is_ended_by(&payment));
        payment.received_at = wait.deadline;
        assert!(!wait.is_ended_by(&payment));
    }
}
