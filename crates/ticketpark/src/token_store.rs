//! Where the refresh token is kept between two starts. The client asks the store before each refresh, so that a login
//! made elsewhere, or a refresh by another node, is seen.

use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::error::BoxError;
use crate::secret::Secret;

/// A refresh token and its age.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefreshToken {
    /// The token.
    pub token: Secret,
    /// When Ticketpark gave it.
    pub obtained_at: DateTime<Utc>,
}

/// Keeps the refresh token, encrypted where it lasts.
#[async_trait]
pub trait TokenStore: Send + Sync {
    /// The token saved last, if any.
    async fn load(&self) -> Result<Option<RefreshToken>, BoxError>;

    /// Keeps `token` in place of the former. Only when this has returned is the token used.
    async fn save(&self, token: &RefreshToken) -> Result<(), BoxError>;
}

/// Keeps the token for as long as the process lives.
#[derive(Debug, Default)]
pub struct MemoryTokenStore(Mutex<Option<RefreshToken>>);

#[async_trait]
impl TokenStore for MemoryTokenStore {
    async fn load(&self) -> Result<Option<RefreshToken>, BoxError> {
        Ok(self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone())
    }

    async fn save(&self, token: &RefreshToken) -> Result<(), BoxError> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(token.clone());
        Ok(())
    }
}
