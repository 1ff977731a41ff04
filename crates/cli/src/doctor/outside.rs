//! What Cuebook needs of others: the mail server and Ticketpark. Nothing is sent and nothing changed.

use std::sync::Arc;

use cuebook_core::Clock;
use cuebook_core::secret::NoSecrets;
use cuebook_ticketpark::{Client, Error};

use super::part::Part;
use crate::config::Config;
use crate::serve;

const MAIL: &str = "mail";
const TICKETPARK: &str = "ticketpark";

/// Greets the mail server.
pub(crate) async fn mail(config: &Config, clock: Arc<dyn Clock>) -> Part {
    let effects = match serve::effects(config, None, Arc::new(NoSecrets), clock) {
        Ok(effects) => effects,
        Err(error) => return Part::failed(MAIL, error.as_ref()),
    };
    match effects.greet_mail_server().await {
        None => Part::skipped(MAIL, "`smtp.url` is not set: mails are only recorded"),
        Some(Ok(())) => Part::good(MAIL, "the server lets us in"),
        Some(Err(error)) => Part::finding(MAIL, error.error.message),
    }
}

/// Reads something at Ticketpark.
pub(crate) async fn ticketpark_login(client: &Client) -> Part {
    let query = [("maxResults".to_owned(), "1".to_owned())];
    let answer = client.get("/shows", &query).await;
    client.close().await;
    match answer {
        // Whoever may not see shows is logged in all the same.
        Ok(_) | Err(Error::NotFound | Error::Forbidden(_)) => {
            Part::good(TICKETPARK, "logged in, and it answers")
        }
        Err(Error::NotLoggedIn) => Part::finding(
            TICKETPARK,
            "nobody is logged in, or the login has ended: `cuebook login ticketpark`",
        ),
        Err(error) => Part::failed(TICKETPARK, &error),
    }
}
