//! Logging in at Ticketpark while the server runs.

use std::sync::Arc;

use cuebook_core::secret::SecretText;
use cuebook_store::Store;
use poem_openapi::payload::Json;
use poem_openapi::registry::MetaSchema;
use poem_openapi::types::Example;
use poem_openapi::{Object, OpenApi};
use serde_json::Value;

use super::tag::Tag;
use super::value::{Text, TextValue};
use crate::auth::{Admin, Allowed};
use crate::problem::{Code, Refused, refusals};
use crate::ticketpark_login::{LoginError, TicketparkLogin};

/// The longest password, in characters.
const LONGEST: usize = 1_000;

refusals! {
    /// `POST /ticketpark/login`
    LoginRefusals = [WrongState, LoginRefused, TicketparkUnavailable, InvalidBody, BrokenBody, BodyTimeout, BodyTooLarge, UnsupportedMediaType];
}

/// A password.
struct Password(SecretText);

impl TextValue for Password {
    const NAME: &'static str = "password";

    fn schema() -> MetaSchema {
        MetaSchema {
            min_length: Some(1),
            max_length: Some(LONGEST),
            example: Some(Value::from("the password")),
            ..MetaSchema::new_with_format("string", "password")
        }
    }

    fn read(text: &str) -> Result<Self, String> {
        let fits = (1..=LONGEST).contains(&text.chars().count());
        fits.then(|| Self(SecretText::new(text)))
            .ok_or_else(|| format!("a password has 1 to {LONGEST} characters"))
    }

    fn write(&self) -> Value {
        Value::from(self.0.reveal())
    }
}

/// The password of the configured user.
#[derive(Object)]
#[oai(deny_unknown_fields, example)]
struct Login {
    /// The password. It is used once and not kept.
    #[oai(write_only)]
    password: Text<Password>,
}

/// Who is logged in.
#[derive(Debug, Object)]
#[oai(example)]
struct LoggedIn {
    /// The user.
    username: String,
}

/// The operation that logs in.
pub(crate) struct LoginApi {
    /// Where it is written down.
    pub(crate) store: Store,
    /// What logs in, where Ticketpark is configured.
    pub(crate) ticketpark: Option<Arc<dyn TicketparkLogin>>,
}

#[OpenApi]
impl LoginApi {
    /// Log in at Ticketpark
    ///
    /// Logs the configured user in and keeps Ticketpark's refresh token, encrypted. The password is used once and not kept.
    #[oai(
        path = "/ticketpark/login",
        method = "post",
        operation_id = "log_in_ticketpark",
        tag = "Tag::Secrets"
    )]
    async fn log_in_ticketpark(
        &self,
        key: Allowed<Admin>,
        /// The password.
        body: Json<Login>,
    ) -> Result<Json<LoggedIn>, Refused<LoginRefusals>> {
        let Some(ticketpark) = &self.ticketpark else {
            return Err(Refused::new(
                Code::WrongState,
                "`ticketpark.client_key`, `.client_secret` and `.username` are not configured",
            ));
        };
        let password = body.0.password.0.0;
        match ticketpark.log_in(password).await {
            Ok(()) => {}
            Err(LoginError::Refused) => {
                let user = ticketpark.username();
                let detail = format!("Ticketpark does not let {user} in with this password");
                return Err(Refused::new(Code::LoginRefused, detail));
            }
            Err(error @ LoginError::Unavailable(_)) => {
                tracing::warn!(%error, "nobody was logged in");
                let detail = "Ticketpark could not be asked, or answered something else";
                return Err(Refused::new(Code::TicketparkUnavailable, detail));
            }
            Err(error @ LoginError::NotKept(_)) => {
                tracing::error!(%error, "nobody was logged in");
                let detail = "the login was let in, but its token could not be kept";
                return Err(Refused::new(Code::Internal, detail));
            }
        }
        key.0.wrote(&self.store, "login", "ticketpark").await?;
        Ok(Json(LoggedIn {
            username: ticketpark.username().to_owned(),
        }))
    }
}

impl Example for Login {
    fn example() -> Self {
        Self {
            password: Text(Password(SecretText::new("the password"))),
        }
    }
}

impl Example for LoggedIn {
    fn example() -> Self {
        Self {
            username: "office@example.com".to_owned(),
        }
    }
}
