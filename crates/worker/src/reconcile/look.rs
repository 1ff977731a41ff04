//! One look: the changed payments, bookings and persons, page by page, each page one commit.
//!
//! It may die between any two pages: whoever takes it then begins its lists anew, and what was kept is passed over.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use cuebook_core::clock::later;
use cuebook_core::event::Origin;
use cuebook_core::events::EventType;
use cuebook_core::failure::{AttemptError, Decision};
use cuebook_core::reconcile::{Found, Resource, TYPES};
use cuebook_effects::ChangedRecords;
use cuebook_store::{FoundPage, ReconciliationEnd, RuleStart, StoreError, TakenReconciliation};

use crate::back_off::until_available;
use crate::parts::WorkerParts;
use crate::worker::Shared;

/// So long a look belongs to its process from its last page on.
pub(super) const LEASE: Duration = Duration::from_mins(2);
/// The pause between two pages: Ticketpark does not say how much it bears.
const PAUSE: Duration = Duration::from_millis(250);
/// The pauses before a page is asked for again that did not come.
const AGAIN: [Duration; 3] = [
    Duration::from_secs(1),
    Duration::from_secs(5),
    Duration::from_secs(15),
];
/// The longest pause that Ticketpark may ask for: a longer one ends the look, and the next goes on.
const ASKED_FOR: Duration = Duration::from_mins(1);
/// So often a list is read whose records move while it is read.
const READS: u32 = 3;

/// Why a look ends early.
enum Ended {
    /// Ticketpark told nothing more.
    Untold(AttemptError),
    /// Another process has it, or a person has cancelled it.
    Lost,
    /// The worker stops: whoever starts next goes on.
    Stopping,
    /// The store failed.
    Store(StoreError),
}

impl From<StoreError> for Ended {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Fenced => Self::Lost,
            error => Self::Store(error),
        }
    }
}

/// Carries a look out.
pub(super) async fn look(shared: &Shared, taken: TakenReconciliation) -> Result<(), StoreError> {
    let end = match all(shared, taken).await {
        Ok(()) => ReconciliationEnd::Completed,
        Err(Ended::Untold(error)) => {
            let why = error.error.message;
            tracing::warn!(reconciliation = %taken.id, error = why, "Ticketpark could not be asked for what never came");
            ReconciliationEnd::Failed(why)
        }
        Err(Ended::Lost) => {
            tracing::info!(reconciliation = %taken.id, "the look was cancelled, or another process has it");
            return Ok(());
        }
        Err(Ended::Stopping) => return Ok(()),
        Err(Ended::Store(error)) => return Err(error),
    };
    shared.parts.metrics.asked.ended(&end);
    let store = &shared.parts.store;
    until_available(|| store.end_reconciliation(taken.id, taken.fence, end.clone())).await?;
    Ok(())
}

async fn all(shared: &Shared, taken: TakenReconciliation) -> Result<(), Ended> {
    let rules = Arc::new(rules(&shared.parts));
    for resource in Resource::ALL {
        for read in 1..=READS {
            let window = (taken.since, taken.until);
            let changed = shared.parts.effects.changed_records(*resource, window);
            let mut changed = changed.map_err(Ended::Untold)?;
            pages(shared, taken, *resource, &mut changed, &rules).await?;
            if changed.missing() == 0 {
                break;
            }
            tracing::warn!(
                %resource, read, missing = changed.missing(),
                "records moved while their list was read"
            );
        }
    }
    Ok(())
}

/// Reads a list to its end.
async fn pages(
    shared: &Shared,
    taken: TakenReconciliation,
    resource: Resource,
    changed: &mut ChangedRecords<'_>,
    rules: &Arc<BTreeMap<String, Vec<RuleStart>>>,
) -> Result<(), Ended> {
    let parts = &shared.parts;
    while let Some(found) = next_page(shared, changed).await? {
        if !found.is_empty() {
            let page = FoundPage {
                id: taken.id,
                fence: taken.fence,
                resource,
                found,
                rules: Arc::clone(rules),
                lease: later(parts.clock.now(), LEASE),
            };
            let kept = until_available(|| parts.store.keep_found(page.clone())).await?;
            parts.metrics.asked.kept(kept);
            if kept.made + kept.held > 0 {
                tracing::info!(%resource, made = kept.made, held = kept.held, "events that never came were made good");
            }
        }
        rest(shared, PAUSE).await?;
    }
    Ok(())
}

async fn next_page(
    shared: &Shared,
    changed: &mut ChangedRecords<'_>,
) -> Result<Option<Vec<Found>>, Ended> {
    let mut pauses = AGAIN.into_iter();
    loop {
        let page = shared.stopping.run_until_cancelled(changed.next_page());
        let error = match page.await {
            None => return Err(Ended::Stopping),
            Some(Ok(page)) => return Ok(page),
            Some(Err(error)) => error,
        };
        let (Decision::Retry { after }, Some(pause)) = (error.decision, pauses.next()) else {
            return Err(Ended::Untold(error));
        };
        if after.is_some_and(|after| after > ASKED_FOR) {
            return Err(Ended::Untold(error));
        }
        rest(shared, pause.max(after.unwrap_or_default())).await?;
    }
}

async fn rest(shared: &Shared, pause: Duration) -> Result<(), Ended> {
    let pause = tokio::time::sleep(pause);
    match shared.stopping.run_until_cancelled(pause).await {
        Some(()) => Ok(()),
        None => Err(Ended::Stopping),
    }
}

/// The rules that are for each type of event that a change may become.
fn rules(parts: &WorkerParts) -> BTreeMap<String, Vec<RuleStart>> {
    let set = parts.rules.load();
    let starts = |name: &str| {
        let rules = set.for_event(&EventType::from_wire(name), Origin::Reconcile);
        let rules = rules.into_iter();
        rules
            .map(|rule| RuleStart::new(rule.name.clone(), &rule.options))
            .collect()
    };
    TYPES
        .iter()
        .map(|name| ((*name).to_owned(), starts(name)))
        .collect()
}
