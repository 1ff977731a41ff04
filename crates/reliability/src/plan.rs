//! What is to be done.

use std::path::PathBuf;

/// What is to be done.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The binary `cuebook`.
    pub binary: PathBuf,
    /// How often it is killed.
    pub kills: u32,
    /// Webhooks a second.
    pub rate: u32,
    /// Makes the moments of the kills and the bodies the same again.
    pub seed: u64,
}
