//! The two requests to `/oauth/v2/token`: with the password once, with the refresh token after.
//!
//! Form-encoded, with the client's key and secret as Basic authentication. Nothing of an error's answer is kept but
//! OAuth's word for it, since a peer could echo what it was sent.

use std::time::Duration;

use reqwest::header::ACCEPT;
use serde::{Deserialize, Serialize};

use crate::access_token::AccessToken;
use crate::answer;
use crate::client::Now;
use crate::endpoint::{BadRequest, Endpoint};
use crate::error::Error;
use crate::secret::Secret;
use crate::settings::Settings;

/// OAuth's word for a password or refresh token that is not taken.
pub(crate) const INVALID_GRANT: &str = "invalid_grant";

/// What a token request gave.
pub(crate) struct Grant {
    pub(crate) access: AccessToken,
    pub(crate) refresh: Option<Secret>,
}

/// Asks for tokens.
pub(crate) struct Granter {
    endpoint: Endpoint,
    settings: Settings,
    http: reqwest::Client,
    now: Now,
}

#[derive(Serialize)]
#[serde(tag = "grant_type", rename_all = "snake_case")]
enum Form<'a> {
    Password {
        username: &'a str,
        password: &'a str,
    },
    RefreshToken {
        refresh_token: &'a str,
    },
}

#[derive(Deserialize)]
struct Tokens {
    access_token: Secret,
    refresh_token: Option<Secret>,
    expires_in: u64,
}

#[derive(Deserialize)]
struct Refusal {
    error: String,
}

impl Granter {
    pub(crate) fn new(
        endpoint: Endpoint,
        settings: Settings,
        http: reqwest::Client,
        now: Now,
    ) -> Self {
        Self {
            endpoint,
            settings,
            http,
            now,
        }
    }

    /// `grant_type=password`.
    pub(crate) async fn by_password(
        &self,
        password: &str,
        timeout: Duration,
    ) -> Result<Grant, Error> {
        let username = self.settings.username.as_deref();
        let username = username.ok_or(Error::Request(BadRequest::Username))?;
        self.ask(&Form::Password { username, password }, timeout)
            .await
    }

    /// `grant_type=refresh_token`.
    pub(crate) async fn by_refresh_token(
        &self,
        token: &Secret,
        timeout: Duration,
    ) -> Result<Grant, Error> {
        let refresh_token = token.reveal();
        self.ask(&Form::RefreshToken { refresh_token }, timeout)
            .await
    }

    async fn ask(&self, form: &Form<'_>, timeout: Duration) -> Result<Grant, Error> {
        let url = self.endpoint.url("/oauth/v2/token", &[])?;
        // A token's life is counted from before the request, since nobody knows when the answer was made.
        let asked_at = (self.now)();
        let response = self
            .http
            .post(url)
            .basic_auth(
                &self.settings.client_key,
                Some(self.settings.client_secret.reveal()),
            )
            .header(ACCEPT, "application/json")
            .form(form)
            .timeout(timeout)
            .send()
            .await
            .map_err(Error::from_request)?;
        if matches!(response.status().as_u16(), 400 | 401) {
            let body = answer::body(response).await?;
            let code = serde_json::from_slice::<Refusal>(&body)
                .ok()
                .map(|refusal| refusal.error)
                .filter(|code| is_word(code))
                .unwrap_or_else(|| "unauthorized".to_owned());
            return Err(Error::Refused { code });
        }
        let response = answer::success(response, "", asked_at).await?;
        let body = answer::body(response).await?;
        // serde's error could quote what it found, which may be a token.
        let tokens: Tokens = serde_json::from_slice(&body)
            .map_err(|_| Error::Invalid("the token answer lacks what OAuth prescribes".into()))?;
        Ok(Grant {
            access: AccessToken::new(tokens.access_token, asked_at, tokens.expires_in),
            refresh: tokens.refresh_token,
        })
    }
}

/// Whether `code` looks like one of OAuth's error codes, and like nothing that was sent.
fn is_word(code: &str) -> bool {
    (1..=40).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
}
