//! Accepts an event that Ticketpark is asked about before its rules run: its row, `confirming`, and the row that says when
//! it is to be asked, in one transaction. Nothing else happens: it ends no wait and no run before it is believed.
//!
//! If the process dies before the commit nothing was accepted; if after, whoever starts next asks. What becomes of it:
//! `claim_confirmations` → `settle_confirmation`.

use cuebook_core::EventId;
use cuebook_core::event::Event;

use super::accept_event::{AcceptEvent, event_row};
use crate::entities::confirmations;
use crate::error::StoreError;
use crate::statements::insert_all;
use crate::store::Store;
use crate::writer::{Applied, Order, Transition, Tx};

/// An event to be confirmed.
pub(crate) struct AcceptToConfirm(Event);

impl Store {
    /// Accepts an event that no rule sees before it is confirmed. `Ok` means that it is on disk.
    pub async fn accept_to_confirm(&self, event: Event) -> Result<EventId, StoreError> {
        self.inner.writer.submit(AcceptToConfirm(event)).await
    }
}

impl Transition for AcceptToConfirm {
    type Output = EventId;
    const ORDER: Order = Order::Accept;

    async fn apply(batch: &[Self], tx: &Tx<'_>) -> Applied<EventId> {
        let mut events = Vec::with_capacity(batch.len());
        let mut inquiries = Vec::with_capacity(batch.len());
        for AcceptToConfirm(event) in batch {
            let accept = AcceptEvent {
                event: event.clone(),
                rejected: None,
                rules: Vec::new(),
            };
            let mut row = event_row(&accept, None, 0)?;
            "confirming".clone_into(&mut row.disposition);
            inquiries.push(confirmations::Model {
                event_id: row.id,
                account: row.account.clone(),
                subject: row.subject.clone(),
                due_at: tx.now_micros(),
                leased_until: None,
                attempts: 0,
                problem: None,
            });
            events.push(row);
        }
        insert_all(tx, events).await?;
        insert_all(tx, inquiries).await?;
        tx.ready.inquiries();
        Ok(batch
            .iter()
            .map(|AcceptToConfirm(event)| Ok(event.id))
            .collect())
    }
}
