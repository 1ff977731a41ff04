//! What Cuebook itself asks of Ticketpark, beside what scripts ask: whether a record is known, and what was changed.
//!
//! Only what the facts document: `GET /<collection>/{pid}`, and lists with filters on `updated`, page by page. Members that no
//! page documents are read where they are there, and nothing depends on them.

use cuebook_core::failure::{AttemptError, CallError};
use cuebook_core::reconcile::{AskedFor, Found, PaymentFacts, Resource, Snapshot};
use cuebook_core::{Pid, Timestamp};
use cuebook_ticketpark::{Client, Comparison, Error, Listing, Query, parse_time};
use serde_json::Value as Json;

use super::failure::read_failure;
use crate::effects::Effects;

/// How Ticketpark's filters write an instant. It does not say in which zone: from Switzerland's, the same text means an earlier
/// instant, so that a window of such texts still lies seamlessly behind the one before.
const INSTANT: &str = "%Y-%m-%d %H:%M:%S";

/// Records of one resource that were changed within a window, to be read page by page.
pub struct ChangedRecords<'a> {
    resource: Resource,
    listing: Listing<'a>,
}

impl Effects {
    /// Whether Ticketpark's API can be asked at all: there are credentials for it.
    pub fn can_ask_ticketpark(&self) -> bool {
        self.ticketpark().is_some()
    }

    /// Whether Ticketpark knows a record.
    ///
    /// # Errors
    /// Where it did not say so. Another attempt later may tell, whatever the error's own decision.
    pub async fn is_known(&self, asked: &AskedFor) -> Result<bool, AttemptError> {
        let client = self.ticketpark().ok_or_else(not_configured)?;
        let record = client.record(asked.resource.as_str(), asked.pid.as_str(), &[]);
        match record.await {
            // One that is too large is there.
            Ok(_) | Err(Error::TooLarge) => Ok(true),
            // A pid that cannot stand in a URL is none that Ticketpark has given.
            Err(Error::NotFound | Error::Request(cuebook_ticketpark::BadRequest::Pid)) => Ok(false),
            Err(error) => Err(read_failure(&error)),
        }
    }

    /// The records of `resource` that were changed from `since` on and before `until`.
    ///
    /// # Errors
    /// Where there are no credentials.
    pub fn changed_records(
        &self,
        resource: Resource,
        (since, until): (Timestamp, Timestamp),
    ) -> Result<ChangedRecords<'_>, AttemptError> {
        let client: &Client = self.ticketpark().ok_or_else(not_configured)?;
        let instant = |at: Timestamp| at.format(INSTANT).to_string();
        let query = Query::new()
            .filter("updated", Comparison::Gte, instant(since))
            .filter("updated", Comparison::Lt, instant(until));
        let query = match resource {
            Resource::Bookings => query.property("tickets"),
            Resource::Payments => query.property("booking"),
            Resource::Persons => query,
        };
        let path = format!("/{resource}");
        Ok(ChangedRecords {
            resource,
            listing: client.listing(&path, &query, usize::MAX),
        })
    }
}

impl ChangedRecords<'_> {
    /// The next page; `None` behind the last. After an error the same page is asked for again.
    ///
    /// # Errors
    /// With the decision whether another attempt may be made.
    pub async fn next_page(&mut self) -> Result<Option<Vec<Found>>, AttemptError> {
        let page = self.listing.next_page().await;
        let records = page.map_err(|error| read_failure(&error))?;
        let resource = self.resource;
        Ok(records.map(|records| {
            let found = records.iter().filter_map(|record| read(resource, record));
            found.collect()
        }))
    }

    /// How many records have not come though Ticketpark counts them: they moved while the list was read.
    pub fn missing(&self) -> usize {
        self.listing.missing()
    }
}

/// What matters of a record; `None` where it has no pid.
fn read(resource: Resource, record: &Json) -> Option<Found> {
    let at = |member: &str| {
        let at = parse_time(record[member].as_str()?)?;
        Some(at.to_utc())
    };
    let booking =
        || Pid::from_json(&record["booking"]["pid"]).or_else(|| Pid::from_json(&record["booking"]));
    Some(Found {
        resource,
        pid: Pid::from_json(&record["pid"])?,
        booking: match resource {
            Resource::Payments => booking(),
            Resource::Bookings | Resource::Persons => None,
        },
        updated: at("updated"),
        created: at("created"),
        snapshot: Snapshot::of(record),
        payment: (resource == Resource::Payments)
            .then(|| facts(record))
            .flatten(),
    })
}

fn facts(payment: &Json) -> Option<PaymentFacts> {
    let text = |member: &str| match &payment[member] {
        Json::String(text) => Some(text.clone()),
        Json::Number(number) => Some(number.to_string()),
        other => Pid::from_json(&other["pid"]).map(|pid| pid.as_str().to_owned()),
    };
    Some(PaymentFacts {
        method: text("payment_method")?,
        currency: text("currency")?,
        amount: text("amount")?,
    })
}

fn not_configured() -> AttemptError {
    AttemptError::fail(CallError::new(
        "not_logged_in",
        "Ticketpark's API is not configured: set `ticketpark.client_key` and `ticketpark.client_secret`",
    ))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_payment_is_read_with_its_booking_and_what_new_payment_tells() {
        let record = json!({"pid": "5f", "booking": {"pid": 9_007_199_254_740_993_u64},
            "payment_method": {"pid": "m"}, "currency": "CHF", "amount": "50.00",
            "updated": "2026-03-01T12:00:00+0100"});
        let found = read(Resource::Payments, &record).unwrap();
        assert_eq!(found.booking.unwrap().as_str(), "9007199254740993");
        assert_eq!(
            found.updated.unwrap().to_rfc3339(),
            "2026-03-01T11:00:00+00:00"
        );
        assert_eq!(found.created, None);
        let facts = found.payment.unwrap();
        assert_eq!(
            (facts.method.as_str(), facts.amount.as_str()),
            ("m", "50.00")
        );
    }

    #[test]
    fn what_no_page_documents_need_not_be_there() {
        let found = read(Resource::Persons, &json!({"pid": "P"})).unwrap();
        assert_eq!((found.updated, found.created), (None, None));
        assert_eq!(found.change(), found.snapshot.hash());
        assert_eq!(
            read(Resource::Persons, &json!({"email": "a@example.com"})),
            None
        );
        let lone = read(Resource::Payments, &json!({"pid": "5f", "booking": 7})).unwrap();
        assert_eq!((lone.booking.unwrap().as_str(), lone.payment), ("7", None));
    }
}
