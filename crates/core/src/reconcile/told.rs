//! Which message a change is, judged by how the record stood when it was seen last.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::found::{Found, Resource};
use super::snapshot::Snapshot;
use crate::clock::Timestamp;

/// Every type that [`message`] can give.
pub const TYPES: &[&str] = &[
    "new-booking",
    "booking-tickets-updated",
    "booking-tickets-deleted",
    "booking-cancelled",
    "booking-changed",
    "new-payment",
    "payment-changed",
    "new-person",
    "person-updated",
];

/// What is known beside the record itself.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// How it stood when it was seen last, if it was.
    pub last: Option<&'a Snapshot>,
    /// Whether an earlier event was about it.
    pub heard_of: bool,
    /// Since when Cuebook looks.
    pub baseline: Timestamp,
}

/// A message about a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Its type.
    pub name: &'static str,
    /// The whole message, as it would have come.
    pub body: Vec<u8>,
}

impl Told {
    /// Whether it says no more than that something has changed.
    pub fn is_general(&self) -> bool {
        self.name.ends_with("-changed")
    }
}

/// The message that Ticketpark would have sent of the change, or the general one where that cannot be told. `None` where
/// nothing has changed that a message would tell of.
pub fn message(found: &Found, context: Context<'_>) -> Option<Told> {
    if context
        .last
        .is_some_and(|last| last.hash() == found.snapshot.hash())
    {
        return None;
    }
    let never_seen = context.last.is_none() && !context.heard_of;
    let was_open = context
        .last
        .map_or(never_seen, |last| last.confirmed == Some(false));
    if was_open && found.snapshot.confirmed == Some(false) {
        // Ticketpark tells of bookings and payments once they are confirmed.
        return None;
    }
    let is_new = never_seen && found.created.is_some_and(|at| at >= context.baseline);
    let (name, payload) = match found.resource {
        Resource::Bookings => booking(found, context.last, is_new),
        Resource::Payments => payment(found, is_new || (was_open && !never_seen)),
        Resource::Persons => {
            let name = if is_new {
                "new-person"
            } else {
                "person-updated"
            };
            (name, json!({"person_pid": found.pid}))
        }
    };
    let body = json!({"type": name, "payload": payload})
        .to_string()
        .into_bytes();
    Some(Told { name, body })
}

fn booking(found: &Found, last: Option<&Snapshot>, is_new: bool) -> (&'static str, Json) {
    let plain = json!({"booking_pid": found.pid});
    let now = &found.snapshot;
    let Some(last) = last else {
        let name = if is_new {
            "new-booking"
        } else {
            "booking-changed"
        };
        return (name, plain);
    };
    match (last.confirmed, now.confirmed) {
        (Some(false), Some(true)) => return ("new-booking", plain),
        (Some(true), Some(false)) => return ("booking-cancelled", plain),
        _ => {}
    }
    let (Some(before), Some(after)) = (&last.tickets, &now.tickets) else {
        return ("booking-changed", plain);
    };
    let with = |pids: Vec<&String>| json!({"booking_pid": found.pid, "ticket_pids": pids});
    let deleted = missing(before, |pid, _| after.contains_key(pid));
    let updated = missing(after, |pid, hash| before.get(pid) == Some(hash));
    match (updated.is_empty(), deleted.is_empty()) {
        (false, true) => ("booking-tickets-updated", with(updated)),
        (true, false) => ("booking-tickets-deleted", with(deleted)),
        _ => ("booking-changed", plain),
    }
}

/// The pids of tickets that are not there on the other side.
fn missing(
    tickets: &BTreeMap<String, String>,
    is_there: impl Fn(&String, &String) -> bool,
) -> Vec<&String> {
    tickets
        .iter()
        .filter(|(pid, hash)| !is_there(pid, hash))
        .map(|(pid, _)| pid)
        .collect()
}

fn payment(found: &Found, is_new: bool) -> (&'static str, Json) {
    if let (true, Some(booking), Some(facts)) = (is_new, &found.booking, &found.payment) {
        let payload = json!({
            "booking_pid": booking,
            "payment_pid": found.pid,
            "payment_method": facts.method,
            "currency": facts.currency,
            "amount": facts.amount,
        });
        return ("new-payment", payload);
    }
    let payload = match &found.booking {
        Some(booking) => json!({"booking_pid": booking, "payment_pid": found.pid}),
        None => json!({"payment_pid": found.pid}),
    };
    ("payment-changed", payload)
}

#[cfg(test)]
mod tests {
    use super::super::found::PaymentFacts;
    use super::*;
    use crate::events::EventType;
    use crate::message::Message;
    use crate::pid::Pid;

    const BASELINE: Timestamp = Timestamp::UNIX_EPOCH;

    fn found(resource: Resource, record: &Json) -> Found {
        Found {
            resource,
            pid: Pid::from_json(&record["pid"]).unwrap(),
            booking: None,
            updated: None,
            created: None,
            snapshot: Snapshot::of(record),
            payment: None,
        }
    }

    fn told(found: &Found, last: Option<&Json>) -> Option<String> {
        let last = last.map(Snapshot::of);
        let context = Context {
            last: last.as_ref(),
            heard_of: false,
            baseline: BASELINE,
        };
        message(found, context).map(|Told { body, name }| {
            let message = Message::parse(&body).unwrap();
            assert!(TYPES.contains(&name));
            assert_eq!(message.event_type.as_str(), name);
            let known = EventType::from_wire(&message.wire_type);
            (known.descriptor().unwrap().validate)(&message.payload).unwrap();
            format!("{} {}", message.wire_type, message.payload)
        })
    }

    fn booking_of(confirmed: bool, tickets: &[(&str, u8)]) -> Json {
        let tickets: Vec<_> = tickets
            .iter()
            .map(|(pid, code)| json!({"pid": pid, "code": code}))
            .collect();
        json!({"pid": 7, "confirmation": confirmed, "tickets": tickets})
    }

    #[test]
    fn a_booking_that_was_never_seen_is_changed_or_new_where_ticketpark_says_when_it_was_made() {
        let mut found = found(Resource::Bookings, &booking_of(true, &[("a", 1)]));
        assert_eq!(
            told(&found, None).unwrap(),
            r#"booking-changed {"booking_pid":"7"}"#
        );
        found.created = Some(BASELINE);
        assert_eq!(
            told(&found, None).unwrap(),
            r#"new-booking {"booking_pid":"7"}"#
        );
        found.created = Some(BASELINE - chrono::TimeDelta::seconds(1));
        assert_eq!(
            told(&found, None).unwrap(),
            r#"booking-changed {"booking_pid":"7"}"#
        );
    }

    #[test]
    fn what_a_booking_was_says_what_has_become_of_it() {
        let pair =
            |before: Json, after: Json| told(&found(Resource::Bookings, &after), Some(&before));
        let (a, ab) = ([("a", 1)], [("a", 1), ("b", 1)]);
        for (before, after, expected) in [
            (booking_of(true, &a), booking_of(true, &a), None),
            (
                booking_of(false, &a),
                booking_of(true, &a),
                Some("new-booking"),
            ),
            (
                booking_of(true, &a),
                booking_of(false, &a),
                Some("booking-cancelled"),
            ),
            (booking_of(false, &a), booking_of(false, &ab), None),
            (
                booking_of(true, &a),
                booking_of(true, &ab),
                Some(r#"booking-tickets-updated {"booking_pid":"7","ticket_pids":["b"]}"#),
            ),
            (
                booking_of(true, &ab),
                booking_of(true, &a),
                Some(r#"booking-tickets-deleted {"booking_pid":"7","ticket_pids":["b"]}"#),
            ),
            (
                booking_of(true, &a),
                booking_of(true, &[("a", 2)]),
                Some(r#"booking-tickets-updated {"booking_pid":"7","ticket_pids":["a"]}"#),
            ),
            (
                booking_of(true, &a),
                booking_of(true, &[("b", 1)]),
                Some("booking-changed"),
            ),
        ] {
            let told = pair(before, after);
            match expected {
                None => assert_eq!(told, None),
                Some(expected) => assert!(
                    told.as_ref().unwrap().starts_with(expected),
                    "{told:?} {expected}"
                ),
            }
        }
    }

    #[test]
    fn what_is_not_confirmed_yet_is_told_once_it_is() {
        let open = found(Resource::Bookings, &booking_of(false, &[("a", 1)]));
        assert_eq!(told(&open, None), None);
        let heard_of = Context {
            last: None,
            heard_of: true,
            baseline: BASELINE,
        };
        assert_eq!(message(&open, heard_of).unwrap().name, "booking-changed");

        let payment = |confirmed: bool| json!({"pid": "p1", "confirmation": confirmed});
        let mut found = found(Resource::Payments, &payment(false));
        assert_eq!(told(&found, None), None);
        found.snapshot = Snapshot::of(&payment(true));
        found.booking = Some(Pid::from("7"));
        found.payment = Some(PaymentFacts {
            method: "m".into(),
            currency: "CHF".into(),
            amount: "50.00".into(),
        });
        let told = told(&found, Some(&payment(false))).unwrap();
        assert!(told.starts_with("new-payment "), "{told}");
    }

    #[test]
    fn a_payment_is_new_only_where_all_of_the_message_is_known() {
        let record = json!({"pid": "p1", "amount": "50.00"});
        let mut found = found(Resource::Payments, &record);
        assert_eq!(
            told(&found, None).unwrap(),
            r#"payment-changed {"payment_pid":"p1"}"#
        );
        found.booking = Some(Pid::from("7"));
        found.created = Some(BASELINE);
        assert_eq!(
            told(&found, None).unwrap(),
            r#"payment-changed {"booking_pid":"7","payment_pid":"p1"}"#
        );
        found.payment = Some(PaymentFacts {
            method: "m".into(),
            currency: "CHF".into(),
            amount: "50.00".into(),
        });
        assert_eq!(
            told(&found, None).unwrap(),
            r#"new-payment {"amount":"50.00","booking_pid":"7","currency":"CHF","payment_method":"m","payment_pid":"p1"}"#
        );
    }

    #[test]
    fn a_person_whom_an_event_was_about_is_not_new() {
        let mut found = found(Resource::Persons, &json!({"pid": "P"}));
        found.created = Some(BASELINE);
        assert_eq!(
            told(&found, None).unwrap(),
            r#"new-person {"person_pid":"P"}"#
        );
        let context = Context {
            last: None,
            heard_of: true,
            baseline: BASELINE,
        };
        let Told { body, .. } = message(&found, context).unwrap();
        let told = Message::parse(&body).unwrap();
        assert_eq!(told.event_type.as_str(), "person-updated");
    }
}
