//! Keeps Ticketpark's refresh token in the store, encrypted like every secret there.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use cuebook_core::secret::SecretText;
use cuebook_store::Store;
use cuebook_ticketpark::{BoxError, RefreshToken, Secret, TokenStore};
use serde::{Deserialize, Serialize};

/// Where it stands among the secrets.
const NAMESPACE: &str = "ticketpark";
const NAME: &str = "refresh_token";

/// The refresh token in the store.
pub(crate) struct StoredToken(pub(crate) Store);

/// What is encrypted.
#[derive(Serialize, Deserialize)]
struct Content {
    token: String,
    obtained_at: DateTime<Utc>,
}

#[async_trait]
impl TokenStore for StoredToken {
    async fn load(&self) -> Result<Option<RefreshToken>, BoxError> {
        let Some(text) = self.0.get_secret(NAMESPACE, NAME).await? else {
            return Ok(None);
        };
        let content: Content = serde_json::from_str(text.reveal())?;
        Ok(Some(RefreshToken {
            token: Secret::new(content.token),
            obtained_at: content.obtained_at,
        }))
    }

    async fn save(&self, token: &RefreshToken) -> Result<(), BoxError> {
        let content = Content {
            token: token.token.reveal().to_owned(),
            obtained_at: token.obtained_at,
        };
        let text = SecretText::new(serde_json::to_string(&content)?);
        self.0.put_secret(NAMESPACE, NAME, &text).await?;
        Ok(())
    }
}
