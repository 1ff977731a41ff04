//! How one exchange failed. What is to be done about it depends on the request and is decided elsewhere.

use crate::cause;
use crate::egress::Refused;

/// A failed exchange. No message holds a URL's query, a header or a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Failure {
    /// The request cannot be made.
    #[error("{0}")]
    Invalid(String),
    /// The egress policy does not allow it.
    #[error(transparent)]
    Refused(Refused),
    /// A secret that it names does not exist.
    #[error("there is no secret {0:?}; set it, then try again")]
    NoSecret(String),
    /// No connection came about, so nothing was sent.
    #[error("{detail}")]
    NotSent {
        /// `dns`, `connect` or `tls`.
        kind: &'static str,
        /// What happened.
        detail: String,
    },
    /// The request was sent, or may have been, and no whole answer came.
    #[error("{detail}")]
    Lost {
        /// `timeout` or `lost`.
        kind: &'static str,
        /// What happened.
        detail: String,
    },
    /// The answer is larger than is read.
    #[error("the answer is larger than {limit} bytes")]
    TooLarge {
        /// Its status.
        status: u16,
        /// The bound.
        limit: usize,
    },
}

impl Failure {
    /// Reads the HTTP client's error.
    pub(crate) fn of(error: &reqwest::Error) -> Self {
        if let Some(refused) = cause::find::<Refused>(error) {
            return Self::Refused(refused.clone());
        }
        if error.is_builder() {
            return Self::Invalid(format!("the request cannot be made: {}", root(error)));
        }
        if !error.is_connect() {
            return Self::Lost {
                kind: if error.is_timeout() {
                    "timeout"
                } else {
                    "lost"
                },
                detail: format!("the connection was lost: {}", root(error)),
            };
        }
        let (kind, what) = if error.is_dns() {
            ("dns", "the host's name cannot be resolved")
        } else if cause::find::<rustls::Error>(error).is_some() {
            ("tls", "no TLS connection")
        } else {
            ("connect", "no connection")
        };
        Self::NotSent {
            kind,
            detail: format!("{what}: {}", root(error)),
        }
    }
}

/// The innermost cause: the outer ones name the URL.
fn root(error: &reqwest::Error) -> String {
    cause::innermost(error).unwrap_or_else(|| "no further cause is known".to_owned())
}
