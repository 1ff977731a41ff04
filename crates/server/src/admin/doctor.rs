//! Whether the books close: a look at the whole database, for `cuebook doctor`.

use std::collections::BTreeMap;

use cuebook_store::{Books, Finding, Store};
use poem_openapi::payload::Json;
use poem_openapi::types::{Any, Example};
use poem_openapi::{Object, OpenApi};
use serde_json::{Value, json};

use super::seats::Seats;
use super::tag::Tag;
use crate::auth::{Allowed, Read};
use crate::problem::{Code, Refused, refusals};

refusals! {
    /// `GET /system/doctor`
    DoctorRefusals = [];
}

/// What the books show.
#[derive(Debug, Object)]
#[oai(rename = "Books", example)]
struct BooksBody {
    /// Whether everything is accounted for.
    closed: bool,
    /// All events that were accepted.
    events: u64,
    /// The events by state; together they are all.
    events_by_state: Any<Value>,
    /// The runs by state.
    runs_by_state: Any<Value>,
    /// The effects by state.
    effects_by_state: Any<Value>,
    /// What cannot be accounted for.
    findings: Vec<FindingBody>,
}

/// Something that cannot be accounted for.
#[derive(Debug, Object)]
#[oai(rename = "Finding", example)]
struct FindingBody {
    /// A stable word for its kind.
    code: String,
    /// What is wrong.
    meaning: String,
    /// Which event, run or effect.
    id: Option<String>,
    /// What else is known of it.
    detail: String,
}

/// The operation of the doctor.
pub(crate) struct DoctorApi {
    /// What is looked at.
    pub(crate) store: Store,
    /// One: a look reads everything, and there are few connections that read.
    pub(crate) seats: Seats,
}

#[OpenApi]
impl DoctorApi {
    /// Close the books
    ///
    /// Checks the database, and that each event, run and effect is accounted for: in one end state with a reason, or
    /// visibly pending. Reads everything: not for a monitor that asks each minute.
    #[oai(
        path = "/system/doctor",
        method = "get",
        operation_id = "close_books",
        tag = "Tag::System"
    )]
    async fn close_books(
        &self,
        _key: Allowed<Read>,
    ) -> Result<Json<BooksBody>, Refused<DoctorRefusals>> {
        let store = self.store.clone();
        let looking = self
            .seats
            .wait_for(async move { store.close_books().await });
        match looking.await {
            Some(books) => Ok(Json(BooksBody::new(books?))),
            None => Err(Refused::new(
                Code::Internal,
                "the books could not be looked at",
            )),
        }
    }
}

impl BooksBody {
    fn new(books: Books) -> Self {
        Self {
            closed: books.findings.is_empty(),
            events: books.balance.events,
            events_by_state: counts(&books.balance.events_by_state),
            runs_by_state: counts(&books.balance.runs_by_state),
            effects_by_state: counts(&books.balance.effects_by_state),
            findings: books.findings.into_iter().map(FindingBody::new).collect(),
        }
    }
}

impl FindingBody {
    fn new(finding: Finding) -> Self {
        Self {
            code: finding.code.to_owned(),
            meaning: finding.meaning.to_owned(),
            id: finding.id.map(|id| id.to_string()),
            detail: finding.detail,
        }
    }
}

fn counts(counts: &BTreeMap<String, u64>) -> Any<Value> {
    Any(json!(counts))
}

impl Example for BooksBody {
    fn example() -> Self {
        Self {
            closed: false,
            events: 12,
            events_by_state: Any(json!({"processed": 11, "no_rule": 1})),
            runs_by_state: Any(json!({"completed": 10, "running": 1})),
            effects_by_state: Any(json!({"done": 10})),
            findings: vec![FindingBody::example()],
        }
    }
}

impl Example for FindingBody {
    fn example() -> Self {
        Self {
            code: "running_without_holder".to_owned(),
            meaning: "the run is running and no process has it".to_owned(),
            id: Some("0195f3a0-7c1e-7b2a-9a51-3d9f0c6b2e12".to_owned()),
            detail: "new-booking/thank-you".to_owned(),
        }
    }
}
