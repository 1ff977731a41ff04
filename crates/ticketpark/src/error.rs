//! What can go wrong, so that a caller can act on it: log in again, try again, or give up.
//!
//! No message and no `Debug` holds a token, a password or a secret.

use std::sync::Arc;
use std::time::Duration;

use crate::answer::AnswerText;
use crate::endpoint::BadRequest;

/// An error of somebody else's.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Why Ticketpark's API gave no good answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no refresh token, or Ticketpark takes it no more: somebody has to log in.
    #[error("nobody is logged in to Ticketpark, or the login has ended: log in again")]
    NotLoggedIn,
    /// Ticketpark refused a login, or the client's key and secret.
    #[error("Ticketpark refused the credentials ({code})")]
    Refused {
        /// OAuth's word for why, such as `invalid_client`.
        code: String,
    },
    /// No access token could be had; the request itself was not sent.
    #[error("no access token could be had from Ticketpark")]
    Token(#[source] Arc<Error>),
    /// The refresh token could not be read or saved.
    #[error("the refresh token could not be read or saved")]
    TokenStore(#[source] BoxError),
    /// A fresh access token was refused (401).
    #[error("Ticketpark did not accept the access token (401)")]
    Unauthorized,
    /// The role may not do this (403).
    #[error("Ticketpark does not allow this for the user (403)")]
    Forbidden(AnswerText),
    /// The path, or a pid in the body, is unknown (404).
    #[error("Ticketpark knows no such record (404)")]
    NotFound,
    /// The payload could not be handled (409).
    #[error("Ticketpark could not handle the payload (409)")]
    Conflict(AnswerText),
    /// Any other status that is no success.
    #[error("Ticketpark answered {status}")]
    Status {
        /// The status.
        status: u16,
        /// How long Ticketpark asks to wait.
        retry_after: Option<Duration>,
        /// What it said.
        answer: AnswerText,
    },
    /// No connection: name, network or TLS. Nothing was sent.
    #[error("Ticketpark could not be reached")]
    Connect(#[source] BoxError),
    /// No answer in time.
    #[error("Ticketpark did not answer in time")]
    Timeout(#[source] BoxError),
    /// The connection fell after the request had begun.
    #[error("the connection to Ticketpark fell")]
    Interrupted(#[source] BoxError),
    /// The answer is larger than 1 MiB.
    #[error("Ticketpark's answer is larger than 1 MiB")]
    TooLarge,
    /// The answer is not what the API documents.
    #[error("Ticketpark's answer cannot be read")]
    Invalid(#[source] BoxError),
    /// The request was wrong and was not sent.
    #[error("this cannot be asked of Ticketpark")]
    Request(#[from] BadRequest),
    /// The client is being closed.
    #[error("the client is closed")]
    Closed,
}

impl Error {
    /// Whether Ticketpark may have processed the request all the same. False only where that is certain.
    pub fn was_processed_possibly(&self) -> bool {
        match self {
            Self::NotLoggedIn
            | Self::Refused { .. }
            | Self::Token(_)
            | Self::TokenStore(_)
            | Self::Unauthorized
            | Self::Forbidden(_)
            | Self::NotFound
            | Self::Conflict(_)
            | Self::Connect(_)
            | Self::Request(_)
            | Self::Closed => false,
            Self::Status { status, .. } => !(400..500).contains(status) && *status != 503,
            Self::Timeout(_) | Self::Interrupted(_) | Self::TooLarge | Self::Invalid(_) => true,
        }
    }

    /// Whether the same request may go well later without anybody's doing.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Token(error) => error.is_transient(),
            Self::TokenStore(_) | Self::Connect(_) | Self::Timeout(_) | Self::Interrupted(_) => {
                true
            }
            Self::Status { status, .. } => *status >= 500 || [408, 425, 429].contains(status),
            _ => false,
        }
    }

    /// The status that Ticketpark answered to the request, if it answered.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Unauthorized => Some(401),
            Self::Forbidden(_) => Some(403),
            Self::NotFound => Some(404),
            Self::Conflict(_) => Some(409),
            Self::Status { status, .. } => Some(*status),
            _ => None,
        }
    }

    /// What Ticketpark said beside the status. It may hold personal data.
    pub fn answer(&self) -> Option<&str> {
        match self {
            Self::Forbidden(answer) | Self::Conflict(answer) | Self::Status { answer, .. } => {
                Some(answer.as_str())
            }
            _ => None,
        }
    }

    /// How long Ticketpark asks to wait before the next attempt.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Status { retry_after, .. } => *retry_after,
            Self::Token(error) => error.retry_after(),
            _ => None,
        }
    }

    /// The error of a request that got no answer.
    pub(crate) fn from_request(error: reqwest::Error) -> Self {
        // The URL may hold a customer's name as a filter.
        let error = error.without_url();
        if error.is_connect() {
            Self::Connect(error.into())
        } else if error.is_timeout() {
            Self::Timeout(error.into())
        } else if error.is_builder() {
            Self::Request(BadRequest::Unsendable)
        } else {
            Self::Interrupted(error.into())
        }
    }

    /// The error of an answer that broke off.
    pub(crate) fn from_answer(error: reqwest::Error) -> Self {
        let error = error.without_url();
        if error.is_timeout() {
            Self::Timeout(error.into())
        } else {
            Self::Interrupted(error.into())
        }
    }

    /// The error for one of those who waited for the same access token.
    pub(crate) fn from_renewal(error: Arc<Self>) -> Self {
        match &*error {
            Self::NotLoggedIn => Self::NotLoggedIn,
            Self::Refused { code } => Self::Refused { code: code.clone() },
            Self::Request(problem) => Self::Request(*problem),
            Self::Closed => Self::Closed,
            _ => Self::Token(error),
        }
    }
}
