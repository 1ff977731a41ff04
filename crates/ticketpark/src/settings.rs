//! What the client has to know beforehand.

use url::Url;

use crate::secret::Secret;

/// Where Ticketpark is and who asks.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The base URL, `https://api.ticketpark.ch`. Plain `http` is taken for the loopback only.
    pub url: Url,
    /// The OAuth client's key.
    pub client_key: String,
    /// The OAuth client's secret.
    pub client_secret: Secret,
    /// The user's name, needed by `login` only.
    pub username: Option<String>,
}
