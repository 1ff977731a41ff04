//! Where several processes write: accepting an event and beginning to wait for one exclude each other per subject. An event
//! whose rule debounces is accepted alone in its subject, too: of a burst the last one has to see all others.
//!
//! The locks are Postgres's advisory ones and end with the transaction. They are taken before anything else in it, all at
//! once and always in the same order, so that two processes never wait for each other. Other acceptances do not exclude
//! each other. A lock stands for many subjects, so that the largest group needs no more locks than the server has room
//! for; whoever meets a stranger there waits for one commit, no more.

use std::collections::BTreeMap;
use std::fmt::Write;

use cuebook_core::Pid;
use sea_orm::ConnectionTrait;
use sha2::{Digest, Sha256};

use super::tx::Tx;
use crate::error::StoreError;

/// How many locks there are.
const LOCKS: u16 = 512;
/// The first key of Cuebook's locks of this kind, the second being the lock's number.
const CLASS: i32 = 0x6375_6577;

/// The locks that a group needs: by number, and whether nobody else may have it.
#[derive(Debug, Default)]
pub(crate) struct SubjectLocks(BTreeMap<u16, bool>);

impl SubjectLocks {
    /// An event about `subject` is accepted.
    pub(crate) fn event_about(&mut self, subject: &Pid) {
        self.0.entry(number(subject)).or_default();
    }

    /// A run begins to wait for an event about `subject`; or the runs that wait there may be superseded.
    pub(crate) fn wait_about(&mut self, subject: &Pid) {
        self.0.insert(number(subject), true);
    }

    /// Takes them, until the transaction ends.
    pub(super) async fn take(self, tx: &Tx<'_>) -> Result<(), StoreError> {
        if let Some(statement) = self.statement() {
            tx.db.execute_unprepared(&statement).await?;
        }
        Ok(())
    }

    /// One statement for all, in order.
    fn statement(&self) -> Option<String> {
        let mut statement = String::new();
        for (number, alone) in &self.0 {
            let begin = if statement.is_empty() { "SELECT" } else { "," };
            let shared = if *alone { "" } else { "_shared" };
            // Writing to a text of our own cannot fail.
            let _ = write!(
                statement,
                "{begin} pg_advisory_xact_lock{shared}({CLASS}, {number})"
            );
        }
        (!statement.is_empty()).then_some(statement)
    }
}

/// The number of the lock that stands for a subject, the same in each process. Subjects of two accounts may share one.
fn number(subject: &Pid) -> u16 {
    let hash = Sha256::digest(subject.as_str().as_bytes());
    u16::from_be_bytes([hash[0], hash[1]]) % LOCKS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_lock_is_asked_for_once_in_order_and_alone_where_a_wait_needs_it() {
        let (one, other) = (Pid::from("1"), Pid::from("2"));
        let mut locks = SubjectLocks::default();
        locks.wait_about(&one);
        for subject in [&other, &one, &other] {
            locks.event_about(subject);
        }
        let lock = |subject: &Pid, shared| {
            let number = number(subject);
            let call = format!("pg_advisory_xact_lock{shared}({CLASS}, {number})");
            (number, call)
        };
        let mut expected = [lock(&one, ""), lock(&other, "_shared")];
        expected.sort();
        assert_ne!(expected[0].0, expected[1].0, "the example needs two locks");
        let expected = format!("SELECT {}, {}", expected[0].1, expected[1].1);
        assert_eq!(locks.statement(), Some(expected));
    }

    #[test]
    fn a_group_that_is_about_no_subject_asks_for_none() {
        assert_eq!(SubjectLocks::default().statement(), None);
    }
}
