//! A person decides about an event that waits: one that is `held`, or that Ticketpark could not be asked about so far. Approved,
//! its rules run; discarded, it goes to quarantine and no rule sees it.
//!
//! If the process dies before the commit, it still waits.

use cuebook_core::EventId;
use cuebook_core::event::{Event, EventState, Trust};
use sea_orm::{EntityTrait, QuerySelect};
use serde_json::{Value as Json, json};

use super::accept_event::{AcceptEvent, RuleStart};
use super::operated::Operated;
use super::settle_confirmation::{reject, release, take_question};
use crate::audit::{Change, Target};
use crate::entities::events;
use crate::error::StoreError;
use crate::store::Store;
use crate::writer::{Applied, Order, SubjectLocks, Transition, Tx};

/// Why a discarded event is in quarantine.
const DISCARDED: &str = "a person decided against it";

/// A decision about an event.
pub(crate) struct DecideEvent {
    accept: AcceptEvent,
    approved: bool,
}

impl Store {
    /// Lets the rules `rules` run on an event that waits. What Ticketpark was not asked about counts as unconfirmed.
    pub async fn approve_event(
        &self,
        event: Event,
        rules: Vec<RuleStart>,
    ) -> Result<Operated<EventState>, StoreError> {
        let rejected = None;
        let accept = AcceptEvent {
            event,
            rejected,
            rules,
        };
        let approved = true;
        self.change(DecideEvent { accept, approved }).await
    }

    /// Puts an event that waits in quarantine.
    pub async fn discard_event(&self, event: Event) -> Result<Operated<EventState>, StoreError> {
        let (rejected, rules) = (None, Vec::new());
        let accept = AcceptEvent {
            event,
            rejected,
            rules,
        };
        let approved = false;
        self.change(DecideEvent { accept, approved }).await
    }
}

impl Transition for DecideEvent {
    type Output = Operated<EventState>;
    // Its event may end waits, as one that is accepted does.
    const ORDER: Order = Order::Admin;

    fn lock(&self, locks: &mut SubjectLocks) {
        if let Some(subject) = &self.accept.event.subject {
            locks.event_about(subject);
        }
    }

    async fn apply(batch: &[Self], tx: &Tx<'_>) -> Applied<Operated<EventState>> {
        let mut results = Vec::with_capacity(batch.len());
        for request in batch {
            results.push(Ok(decide(tx, request).await?));
        }
        Ok(results)
    }
}

impl Change for DecideEvent {
    fn target(&self) -> Target {
        Target::new("event", &self.accept.event.id)
    }

    async fn picture(&self, tx: &Tx<'_>) -> Result<Option<Json>, StoreError> {
        let row = events::Entity::find_by_id(self.accept.event.id.0);
        let row = row.one(tx.db).await?;
        Ok(row.map(|row| {
            json!({
                "type": row.event_type,
                "origin": row.origin,
                "disposition": row.disposition,
                "trust": row.trust,
            })
        }))
    }
}

async fn decide(tx: &Tx<'_>, request: &DecideEvent) -> Result<Operated<EventState>, StoreError> {
    let id = request.accept.event.id;
    let Some(state) = waiting_state(tx, id).await? else {
        return Ok(Operated::NoSuch);
    };
    if !matches!(state, EventState::Held | EventState::Confirming) {
        return Ok(Operated::NotIn(state));
    }
    take_question(tx, id).await?;
    if !request.approved {
        reject(tx, id, DISCARDED).await?;
        return Ok(Operated::Done);
    }
    let mut accept = request.accept.clone();
    if state == EventState::Confirming {
        accept.event.trust = Trust::Unconfirmed;
    }
    release(tx, &accept).await?;
    Ok(Operated::Done)
}

/// Where an event stands, locked where others may write too; whether one that was accepted is done is not asked.
async fn waiting_state(tx: &Tx<'_>, id: EventId) -> Result<Option<EventState>, StoreError> {
    let mut select = events::Entity::find_by_id(id.0);
    if tx.is_shared() {
        select = select.lock_exclusive();
    }
    let row = select.one(tx.db).await?;
    Ok(row.map(|row| match row.disposition.as_str() {
        "held" => EventState::Held,
        "confirming" => EventState::Confirming,
        "rejected" => EventState::Rejected,
        "no_rule" => EventState::NoRule,
        _ => EventState::Processed,
    }))
}
