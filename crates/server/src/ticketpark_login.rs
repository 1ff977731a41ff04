//! Logging in at Ticketpark while the server runs. The server does not do it itself: whoever puts it together hands it
//! somebody who can.

use std::future::Future;
use std::pin::Pin;

use cuebook_core::secret::SecretText;

/// Why nobody was logged in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LoginError {
    /// Ticketpark knows no such user, password or client.
    #[error("Ticketpark refused the login")]
    Refused,
    /// Ticketpark could not be asked, or answered something else.
    #[error("Ticketpark cannot be asked: {0}")]
    Unavailable(String),
    /// The token could not be stored.
    #[error("the refresh token cannot be kept: {0}")]
    NotKept(String),
}

/// What comes of a login.
pub type LoginAnswer<'a> = Pin<Box<dyn Future<Output = Result<(), LoginError>> + Send + 'a>>;

/// Logs in at Ticketpark and keeps the refresh token.
pub trait TicketparkLogin: Send + Sync {
    /// The user that logs in.
    fn username(&self) -> &str;

    /// Logs in with the password, which is not kept.
    fn log_in(&self, password: SecretText) -> LoginAnswer<'_>;
}
