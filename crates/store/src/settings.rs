//! What a store needs to be opened.

use std::sync::Arc;
use std::time::Duration;

use cuebook_core::{Chance, Clock};

use crate::secrets::SecretKey;

/// What a store needs to be opened.
#[derive(Clone)]
pub struct StoreSettings {
    /// `sqlite://PATH` or `postgres://…`.
    pub database_url: String,
    /// Seals secrets.
    pub secret_key: SecretKey,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Ids and nonces.
    pub chance: Arc<dyn Chance>,
    /// After how long without a sign of life a node of several counts as dead, by the database's clock. Equal on all of them;
    /// usually [`StoreSettings::LEASE`].
    pub lease: Duration,
}

impl StoreSettings {
    /// The lease where nothing else is said. With a sign of life every third of it, what a dead node held is taken over after
    /// 40 s at most.
    pub const LEASE: Duration = Duration::from_secs(30);
}
