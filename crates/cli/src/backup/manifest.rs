//! What a backup says of itself.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The form of backups that this version writes and reads.
pub(super) const FORMAT: u32 = 1;

/// What a backup says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Manifest {
    /// The form of the file.
    pub(crate) format: u32,
    /// The version of Cuebook that wrote it.
    pub(crate) cuebook: String,
    /// The moment that its database shows.
    pub(crate) taken_at: DateTime<Utc>,
    /// The last migration of its database.
    pub(crate) schema: String,
    /// The fingerprint of the secret key that its secrets are sealed with.
    pub(crate) secret_key_fingerprint: Option<String>,
}
