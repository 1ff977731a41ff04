//! What has been heard of changed records already: the events about them, and which of these account for a change.

use std::collections::{HashMap, HashSet};

use chrono::TimeDelta;
use cuebook_core::clock::to_micros;
use cuebook_core::event::Origin;
use cuebook_core::message;
use cuebook_core::reconcile::{Found, Resource, Told};
use cuebook_core::{Account, Pid};
use sea_orm::sea_query::ExprTrait;
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use crate::entities::{events, reconciled_changes};
use crate::error::StoreError;
use crate::writer::Tx;

/// By so much Ticketpark's clock may be ahead of ours: an event that came this much before a change may tell of it.
pub(super) const SKEW: TimeDelta = TimeDelta::minutes(2);

/// The events about some records.
pub(super) struct Heard {
    events: Vec<HeardEvent>,
    /// Those that account for another change of the same resource.
    used: HashSet<Uuid>,
}

struct HeardEvent {
    id: Uuid,
    event_type: String,
    subject: Option<String>,
    payment: Option<String>,
    received_at: i64,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    event_type: Option<String>,
    subject: Option<String>,
    received_at: i64,
    body: Vec<u8>,
}

impl Heard {
    /// Looks up the events about the records of one resource.
    pub(super) async fn load(
        tx: &Tx<'_>,
        resource: Resource,
        found: &[Found],
        since: i64,
    ) -> Result<Self, StoreError> {
        let subjects: HashSet<&str> = found
            .iter()
            .filter_map(Found::subject)
            .map(Pid::as_str)
            .collect();
        let mut about = Condition::any().add(events::Column::Subject.is_in(subjects));
        if found.iter().any(|found| found.subject().is_none()) {
            // Payments whose booking nobody says: any message about a payment since then may be about them.
            let payments = events::Column::EventType.is_in(["new-payment", "payment-changed"]);
            let late = events::Column::ReceivedAt.gte(since - micros(SKEW));
            about = about.add(payments.and(late));
        }
        let rows: Vec<Row> = events::Entity::find()
            .select_only()
            .columns([
                events::Column::Id,
                events::Column::EventType,
                events::Column::Subject,
                events::Column::ReceivedAt,
                events::Column::Body,
            ])
            .filter(events::Column::Account.eq(Account::default().0))
            .filter(about)
            .filter(
                events::Column::Origin
                    .is_in([Origin::Webhook.as_str(), Origin::Reconcile.as_str()]),
            )
            .filter(events::Column::Capture.eq(false))
            .filter(events::Column::Disposition.ne("rejected"))
            .order_by_asc(events::Column::Id)
            .into_model()
            .all(tx.db)
            .await?;
        let events: Vec<HeardEvent> = rows.into_iter().filter_map(HeardEvent::of).collect();
        let used: Vec<Option<Uuid>> = reconciled_changes::Entity::find()
            .select_only()
            .column(reconciled_changes::Column::EventId)
            .filter(reconciled_changes::Column::Resource.eq(resource.as_str()))
            .filter(reconciled_changes::Column::EventId.is_in(events.iter().map(|event| event.id)))
            .into_tuple()
            .all(tx.db)
            .await?;
        Ok(Self {
            events,
            used: used.into_iter().flatten().collect(),
        })
    }

    /// Whether any event was about the record.
    pub(super) fn of(&self, found: &Found) -> bool {
        self.events.iter().any(|event| event.is_about(found))
    }

    /// Takes the event that accounts for a change: the first about the record that came since, tells what `told` would tell,
    /// and accounts for no other change.
    pub(super) fn take(&mut self, found: &Found, told: Option<&Told>, since: i64) -> Option<Uuid> {
        let changed_at = found.updated.map_or(since, to_micros);
        let specific = told.is_some_and(|told| !told.is_general());
        let event = self.events.iter().find(|event| {
            event.is_about(found)
                && event.received_at >= changed_at - micros(SKEW)
                && (!specific || event.tells_of(found.resource))
                && !self.used.contains(&event.id)
        })?;
        self.used.insert(event.id);
        Some(event.id)
    }
}

impl HeardEvent {
    fn of(row: Row) -> Option<Self> {
        let event_type = row.event_type?;
        let payment = event_type.contains("payment").then(|| {
            let raw = message::raw_payload(&row.body)?;
            let payload: HashMap<String, serde_json::Value> =
                serde_json::from_str(raw.get()).ok()?;
            let pid = Pid::from_json(payload.get("payment_pid")?)?;
            Some(pid.as_str().to_owned())
        });
        Some(Self {
            id: row.id,
            event_type,
            subject: row.subject,
            payment: payment.flatten(),
            received_at: row.received_at,
        })
    }

    fn is_about(&self, found: &Found) -> bool {
        match found.resource {
            Resource::Payments => self.payment.as_deref() == Some(found.pid.as_str()),
            Resource::Bookings | Resource::Persons => {
                self.subject.as_deref() == Some(found.pid.as_str())
            }
        }
    }

    /// Whether it says more about a record of this kind than that something about it has changed.
    fn tells_of(&self, resource: Resource) -> bool {
        match resource {
            Resource::Bookings => self.payment.is_none() && self.event_type.contains("booking"),
            Resource::Payments | Resource::Persons => true,
        }
    }
}

fn micros(length: TimeDelta) -> i64 {
    length.num_microseconds().unwrap_or(i64::MAX)
}
