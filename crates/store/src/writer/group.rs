//! The requests of one transaction, in the order in which they are applied.

use super::batch::AnyBatch;
use super::subject_locks::SubjectLocks;
use super::transition::Order;
use super::tx::Tx;
use crate::error::StoreError;

/// One transaction's requests.
pub(crate) struct Group(Vec<Box<dyn AnyBatch>>);

impl Group {
    /// Gathers requests by kind.
    pub(crate) fn of(requests: impl IntoIterator<Item = Box<dyn AnyBatch>>) -> Self {
        let mut batches: Vec<Box<dyn AnyBatch>> = Vec::new();
        for request in requests {
            let mut homeless = Some(request);
            for batch in &mut batches {
                match homeless.take() {
                    Some(request) => homeless = batch.absorb(request),
                    None => break,
                }
            }
            batches.extend(homeless);
        }
        batches.sort_by_key(|batch| batch.order());
        Self(batches)
    }

    /// How many requests it holds.
    pub(crate) fn len(&self) -> usize {
        self.0.iter().map(|batch| batch.len()).sum()
    }

    /// Whether anything in it must survive a power cut.
    pub(crate) fn durable(&self) -> bool {
        self.0.iter().any(|batch| batch.durable())
    }

    /// Applies all of it.
    pub(crate) async fn apply(&mut self, tx: &Tx<'_>) -> Result<(), StoreError> {
        if tx.is_shared() {
            let mut locks = SubjectLocks::default();
            for batch in &self.0 {
                batch.lock(&mut locks);
            }
            locks.take(tx).await?;
        }
        for batch in &mut self.0 {
            batch.apply(tx).await?;
            if batch.order() == Order::Admin {
                tx.known.forget();
            }
        }
        Ok(())
    }

    /// Tells everybody what came of it.
    pub(crate) fn answer(self) {
        for batch in self.0 {
            batch.answer();
        }
    }

    /// Tells everybody the same error.
    pub(crate) fn refuse(self, error: &StoreError) {
        for batch in self.0 {
            batch.refuse(error);
        }
    }

    /// A group for each request, in the same order.
    pub(crate) fn split(self) -> Vec<Self> {
        self.0
            .into_iter()
            .flat_map(AnyBatch::split)
            .map(|one| Self(vec![one]))
            .collect()
    }
}
