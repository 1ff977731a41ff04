//! What an export hands over.

use poem_openapi::Object;
use poem_openapi::types::{Any, Example};
use serde_json::{Value as Json, json};

use crate::admin::sample;

/// All that was found about one person.
#[derive(Debug, Object)]
#[oai(rename = "ExportedData", example)]
pub(crate) struct ExportedData {
    /// The export's id.
    export: Any<Json>,
    /// When it was asked for.
    as_of: Any<Json>,
    /// Events with their headers and bodies.
    events: Any<Json>,
    /// Runs with their steps and log lines.
    runs: Any<Json>,
    /// What was done outside or is to be: whole mails, requests, what was answered.
    effects: Any<Json>,
    /// How many records, log lines and effects of others were left out: of runs that read or wrote to many.
    others_left_out: Any<Json>,
    /// What rules remember, what they have claimed, and how records stood when they were last seen.
    remembered: Any<Json>,
    /// What operators did about these events and runs.
    audit: Any<Json>,
}

impl ExportedData {
    /// From what the store has put together.
    pub(super) fn new(mut data: Json) -> Self {
        let mut take = |name: &str| Any(data[name].take());
        Self {
            export: take("export"),
            as_of: take("as_of"),
            events: take("events"),
            runs: take("runs"),
            effects: take("effects"),
            others_left_out: take("others_left_out"),
            remembered: take("remembered"),
            audit: take("audit"),
        }
    }
}

impl Example for ExportedData {
    fn example() -> Self {
        Self::new(json!({
            "export": sample::audit_id(),
            "as_of": "2026-03-14T18:30:00.000000Z",
            "events": [{
                "id": sample::event_id(),
                "type": "new-booking",
                "subject": "293233446073",
                "origin": "webhook",
                "received_at": "2026-03-01T12:00:00.000000Z",
                "headers": [["content-type", "application/json"]],
                "body": {"type": "new-booking", "payload": {"booking_pid": 293_233_446_073_u64}},
            }],
            "runs": [],
            "effects": [],
            "others_left_out": 0,
            "remembered": {"state": [], "claims": [], "reconcile_snapshots": []},
            "audit": [],
        }))
    }
}
