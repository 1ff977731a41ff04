//! How a record stood when it was seen: a hash, and the few things that say which event a later change is. Small, and
//! without a person's data.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use sha2::{Digest, Sha256};

use crate::pid::Pid;

/// The member that tells when a record was changed: it says nothing of what has changed.
const UPDATED: &str = "updated";
const TICKETS: &str = "tickets";

/// How a record stood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    hash: String,
    /// Whether the booking is confirmed, where Ticketpark says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) confirmed: Option<bool>,
    /// The booking's tickets, each with a hash; `None` where Ticketpark does not list them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) tickets: Option<BTreeMap<String, String>>,
}

impl Snapshot {
    /// The snapshot of a record as Ticketpark's API gives it.
    pub fn of(record: &Json) -> Self {
        let tickets = record[TICKETS].as_array().map(|tickets| {
            let ticket = |ticket: &Json| {
                let pid = Pid::from_json(&ticket["pid"])?;
                Some((pid.as_str().to_owned(), hash(ticket, 8)))
            };
            tickets.iter().filter_map(ticket).collect()
        });
        let mut whole = Sha256::new();
        digest(record, &mut whole);
        for (pid, hash) in tickets.iter().flatten() {
            whole.update(format!("\u{1f}{pid}={hash}"));
        }
        Self {
            hash: hex::encode(&whole.finalize()[..16]),
            confirmed: record["confirmation"].as_bool(),
            tickets,
        }
    }

    /// The hash of all of it.
    pub fn hash(&self) -> &str {
        &self.hash
    }
}

fn hash(json: &Json, bytes: usize) -> String {
    let mut whole = Sha256::new();
    digest(json, &mut whole);
    hex::encode(&whole.finalize()[..bytes])
}

/// Feeds what counts of a record into a hash: members in order of their names, tickets not (they come in any order).
fn digest(json: &Json, into: &mut Sha256) {
    match json {
        Json::Object(members) => {
            let mut members: Vec<_> = members
                .iter()
                .filter(|(name, _)| *name != UPDATED && *name != TICKETS)
                .collect();
            members.sort_by_key(|(name, _)| name.as_str());
            into.update("{");
            for (name, value) in members {
                into.update(Json::from(name.as_str()).to_string());
                digest(value, into);
            }
            into.update("}");
        }
        Json::Array(items) => {
            into.update("[");
            for item in items {
                digest(item, into);
                into.update(",");
            }
            into.update("]");
        }
        other => into.update(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn neither_order_nor_the_instant_of_the_change_makes_another_snapshot() {
        let one = json!({"pid": 1, "confirmation": true, "updated": "2026-01-01T00:00:00+0100",
            "tickets": [{"pid": "a", "code": 1, "updated": "x"}, {"pid": "b", "code": 2}]});
        let same = json!({"updated": "2026-02-02T00:00:00+0100", "confirmation": true, "pid": 1,
            "tickets": [{"pid": "b", "code": 2}, {"code": 1, "pid": "a", "updated": "y"}]});
        assert_eq!(Snapshot::of(&one), Snapshot::of(&same));
    }

    #[test]
    fn each_member_and_each_ticket_counts() {
        let base =
            json!({"pid": 1, "delivery_method": "post", "tickets": [{"pid": "a", "code": 1}]});
        for other in [
            json!({"pid": 1, "delivery_method": "print", "tickets": [{"pid": "a", "code": 1}]}),
            json!({"pid": 1, "delivery_method": "post", "tickets": [{"pid": "a", "code": 2}]}),
            json!({"pid": 1, "delivery_method": "post", "tickets": []}),
        ] {
            assert_ne!(
                Snapshot::of(&base).hash(),
                Snapshot::of(&other).hash(),
                "{other}"
            );
        }
    }

    #[test]
    fn a_snapshot_holds_no_data_of_a_person() {
        let person = json!({"pid": "P", "email": "tom@tomsons.com", "lastname": "Tomson"});
        let stored = serde_json::to_string(&Snapshot::of(&person)).unwrap();
        assert!(!stored.to_lowercase().contains("tomson"), "{stored}");
        assert!(stored.len() < 60, "{stored}");
    }
}
