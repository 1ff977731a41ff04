//! Which records Ticketpark is asked for to confirm an event.

use crate::event::Event;
use crate::pid::Pid;

use super::found::Resource;

/// The members of payloads that name a record, and its collection.
const MEMBERS: &[(&str, Resource)] = &[
    ("payment_pid", Resource::Payments),
    ("booking_pid", Resource::Bookings),
    ("person_pid", Resource::Persons),
];

/// A record whose existence confirms an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedFor {
    /// Its collection.
    pub resource: Resource,
    /// Its pid.
    pub pid: Pid,
}

/// The event names no record: nobody can be asked about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "its payload has no booking_pid, payment_pid or person_pid that Ticketpark could be asked for"
)]
pub struct NothingToAsk;

/// The records that an event names. All of them have to be known.
///
/// # Errors
/// Where it names none.
pub fn pids_to_confirm(event: &Event) -> Result<Vec<AskedFor>, NothingToAsk> {
    let payload = event.payload();
    let mut asked = Vec::new();
    for (member, resource) in MEMBERS {
        if let Some(pid) = payload.get(member).and_then(Pid::from_json) {
            asked.push(AskedFor {
                resource: *resource,
                pid,
            });
        }
    }
    if asked.is_empty() {
        return Err(NothingToAsk);
    }
    Ok(asked)
}

/// Whether what an event is about may be gone by its own account, so that Ticketpark need not know it.
pub fn may_be_gone(event: &Event) -> bool {
    let name = event
        .event_type
        .as_ref()
        .map(crate::events::EventType::as_str);
    matches!(name, Some("booking-cancelled" | "booking-tickets-deleted"))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::clock::Timestamp;
    use crate::event::Origin;
    use crate::ids::EventId;

    fn asked(body: &str) -> Result<Vec<String>, NothingToAsk> {
        let id = EventId(Uuid::nil());
        let event = Event::made(id, Origin::Webhook, body.into(), Timestamp::UNIX_EPOCH).unwrap();
        let all = pids_to_confirm(&event)?;
        Ok(all
            .into_iter()
            .map(|one| format!("{}/{}", one.resource, one.pid))
            .collect())
    }

    #[test]
    fn each_record_that_the_payload_names_is_asked_for() {
        let payment = r#"{"type":"new-payment","payload":{"booking_pid":9007199254740993,"payment_pid":"5f"}}"#;
        assert_eq!(
            asked(payment).unwrap(),
            ["payments/5f", "bookings/9007199254740993"]
        );
        let person = r#"{"type":"new-updated","payload":{"person_pid":"P"}}"#;
        assert_eq!(asked(person).unwrap(), ["persons/P"]);
        assert_eq!(
            asked(r#"{"type":"new-booking","payload":{"booking_pid":""}}"#),
            Err(NothingToAsk)
        );
    }
}
