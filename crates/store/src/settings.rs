//! What a store needs to be opened.

use std::sync::Arc;

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
}
