//! Logs in at Ticketpark for an administrator who asks the running server.

use std::sync::Arc;

use cuebook_core::secret::SecretText;
use cuebook_server::{LoginAnswer, LoginError, TicketparkLogin};
use cuebook_ticketpark::{Client, Error};

use crate::config::Config;

/// The client that the rules use, and the user that it logs in.
pub(super) struct LoggingIn {
    client: Arc<Client>,
    username: String,
}

impl LoggingIn {
    /// Logs in through `client`, where that and a user are configured.
    pub(super) fn at(
        client: Option<&Arc<Client>>,
        config: &Config,
    ) -> Option<Arc<dyn TicketparkLogin>> {
        Some(Arc::new(Self {
            client: Arc::clone(client?),
            username: config.ticketpark.username.clone()?,
        }))
    }
}

impl TicketparkLogin for LoggingIn {
    fn username(&self) -> &str {
        &self.username
    }

    fn log_in(&self, password: SecretText) -> LoginAnswer<'_> {
        Box::pin(async move {
            let answer = self.client.login(password.reveal()).await;
            answer.map_err(|error| match &error {
                Error::Refused { .. } | Error::NotLoggedIn | Error::Unauthorized => {
                    LoginError::Refused
                }
                Error::TokenStore(source) => LoginError::NotKept(source.to_string()),
                other => LoginError::Unavailable(other.to_string()),
            })
        })
    }
}
