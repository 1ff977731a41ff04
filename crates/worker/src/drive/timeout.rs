//! `timeout`: how long a run may take in all. A run that waits is woken when its time is over, and fails then.

use cuebook_core::Timestamp;
use cuebook_core::clock::later;

use super::passes::Drive;

impl Drive<'_> {
    /// When the run's time is over. It counts from when the run was made, or an operator last had it go on.
    pub(super) fn deadline(&self) -> Option<Timestamp> {
        let from = self.run.begun_at.unwrap_or(self.run.created_at);
        let timeout = self.loaded.timeout?;
        Some(later(from, timeout))
    }

    /// Why the run may not go on, where its time is over.
    pub(super) fn overdue(&self) -> Option<String> {
        let deadline = self.deadline()?;
        let seconds = self.loaded.timeout?.as_secs();
        (deadline <= self.shared.parts.clock.now())
            .then(|| format!("it has taken longer than the rule's timeout of {seconds} s"))
    }
}
