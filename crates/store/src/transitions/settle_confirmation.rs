//! What Ticketpark said about an event: `confirming` → `queued` or `no_rule` with its runs, or → `rejected`; or nothing could be
//! learnt, and it is asked again later.
//!
//! Whoever takes the row of the question away decides; an answer that comes later finds it gone and changes nothing. If the
//! process dies before the commit, the question is asked again.

use cuebook_core::EventId;
use cuebook_core::Timestamp;
use cuebook_core::clock::to_micros;
use cuebook_core::event::Event;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::accept_event::{AcceptEvent, Accepted, RuleStart, standing, start_runs};
use crate::entities::{confirmations, events};
use crate::error::StoreError;
use crate::store::Store;
use crate::writer::{Applied, Order, SubjectLocks, Transition, Tx};

/// What was learnt about an event.
#[derive(Debug, Clone)]
pub enum Inquiry {
    /// Its rules may run; how far it is believed stands in the event.
    Believed(Vec<RuleStart>),
    /// Ticketpark does not know what it is about: it goes to quarantine, with this reason.
    Refused(String),
    /// Nothing could be learnt, for this reason: to be asked again at this instant.
    Later(Timestamp, String),
}

/// What was learnt about an event, to be recorded.
pub(crate) struct SettleConfirmation {
    accept: AcceptEvent,
    inquiry: Inquiry,
}

impl Store {
    /// Records what was learnt about an event that is being confirmed. Says whether it still was.
    pub async fn settle_confirmation(
        &self,
        event: Event,
        inquiry: Inquiry,
    ) -> Result<bool, StoreError> {
        let rules = match &inquiry {
            Inquiry::Believed(rules) => rules.clone(),
            Inquiry::Refused(_) | Inquiry::Later(..) => Vec::new(),
        };
        let accept = AcceptEvent {
            event,
            rejected: None,
            rules,
        };
        let request = SettleConfirmation { accept, inquiry };
        self.inner.writer.submit(request).await
    }
}

impl Transition for SettleConfirmation {
    type Output = bool;
    const ORDER: Order = Order::Accept;

    fn lock(&self, locks: &mut SubjectLocks) {
        if let Some(subject) = &self.accept.event.subject {
            locks.event_about(subject);
        }
    }

    async fn apply(batch: &[Self], tx: &Tx<'_>) -> Applied<bool> {
        let mut results = Vec::with_capacity(batch.len());
        for request in batch {
            results.push(Ok(settle(tx, request).await?));
        }
        // The next of the same subject may be asked about.
        tx.ready.inquiries();
        Ok(results)
    }
}

async fn settle(tx: &Tx<'_>, request: &SettleConfirmation) -> Result<bool, StoreError> {
    let id = request.accept.event.id;
    match &request.inquiry {
        Inquiry::Later(at, problem) => put_off(tx, id, *at, problem).await,
        Inquiry::Believed(_) => {
            let taken = take_question(tx, id).await?;
            if taken {
                release(tx, &request.accept).await?;
            }
            Ok(taken)
        }
        Inquiry::Refused(why) => {
            let taken = take_question(tx, id).await?;
            if taken {
                reject(tx, id, why).await?;
            }
            Ok(taken)
        }
    }
}

/// Takes the question about an event away. Says whether there was one.
pub(super) async fn take_question(tx: &Tx<'_>, id: EventId) -> Result<bool, StoreError> {
    let taken = confirmations::Entity::delete_by_id(id.0)
        .exec(tx.db)
        .await?;
    Ok(taken.rows_affected == 1)
}

/// Lets the rules see an event whose row stands there already.
pub(super) async fn release(tx: &Tx<'_>, accept: &AcceptEvent) -> Result<Accepted, StoreError> {
    let started = start_runs(tx, &[accept]).await?;
    let runs = started
        .accepted()
        .iter()
        .map(|accepted| accepted.runs.len());
    let (disposition, reason) = standing(accept, runs.sum());
    events::Entity::update_many()
        .col_expr(events::Column::Disposition, Expr::value(disposition))
        .col_expr(events::Column::Reason, Expr::value(reason))
        .col_expr(
            events::Column::Trust,
            Expr::value(accept.event.trust.as_str()),
        )
        .filter(events::Column::Id.eq(accept.event.id.0))
        .exec(tx.db)
        .await?;
    let mut accepted = started.follow(tx, &[accept]).await?;
    accepted.pop().ok_or(StoreError::Fenced)
}

/// Puts an event whose row stands there already in quarantine.
pub(super) async fn reject(tx: &Tx<'_>, id: EventId, why: &str) -> Result<(), StoreError> {
    events::Entity::update_many()
        .col_expr(events::Column::Disposition, Expr::value("rejected"))
        .col_expr(events::Column::Reason, Expr::value(Some(why.to_owned())))
        .filter(events::Column::Id.eq(id.0))
        .exec(tx.db)
        .await?;
    Ok(())
}

async fn put_off(
    tx: &Tx<'_>,
    id: EventId,
    at: Timestamp,
    problem: &str,
) -> Result<bool, StoreError> {
    let put_off = confirmations::Entity::update_many()
        .col_expr(confirmations::Column::DueAt, Expr::value(to_micros(at)))
        .col_expr(confirmations::Column::LeasedUntil, Expr::value(None::<i64>))
        .col_expr(
            confirmations::Column::Attempts,
            Expr::col(confirmations::Column::Attempts).add(1_i32),
        )
        .col_expr(
            confirmations::Column::Problem,
            Expr::value(Some(problem.to_owned())),
        )
        .filter(confirmations::Column::EventId.eq(id.0))
        .exec(tx.db)
        .await?;
    Ok(put_off.rows_affected == 1)
}
