//! One erasure in the file, or that it was stopped.

use serde::{Deserialize, Serialize};

use super::super::progress::Progress;
use super::super::terms::TermKind;

/// One erasure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Line {
    /// The request.
    pub(super) request: super::Id,
    /// Rows that came later are not touched; microseconds since 1970.
    pub(super) cutoff: i64,
    /// The id of the key with which the hashes are made.
    pub(super) key: String,
    /// Whom it is about.
    pub(super) terms: Vec<(TermKind, String)>,
    /// The person's bookings.
    pub(super) followed: Vec<String>,
}

/// What one line of the file says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Note {
    /// An erasure begins to overwrite.
    Erasure(Line),
    /// An erasure was stopped: it is not carried out again.
    Cancelled {
        /// The request.
        cancelled: super::Id,
    },
}

impl Line {
    /// The line of a request.
    pub(super) fn of(progress: &Progress, key: String) -> Self {
        let terms = progress.terms.iter();
        let followed = progress.followed.iter();
        Self {
            request: progress.id,
            cutoff: progress.cutoff,
            key,
            terms: terms.map(|term| (term.kind, term.hash.to_hex())).collect(),
            followed: followed.map(|hash| hash.to_hex()).collect(),
        }
    }
}
