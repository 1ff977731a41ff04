//! How one exchange failed. What is to be done about it depends on the request and is decided elsewhere.

use std::error::Error;

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
        if let Some(refused) = cause::<Refused>(error) {
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
        } else if is_tls(error) {
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

/// The first cause of `error` that is a `T`, also inside of IO errors.
fn cause<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<T>() {
            return Some(found);
        }
        let inner = error
            .downcast_ref::<std::io::Error>()
            .and_then(std::io::Error::get_ref)
            .and_then(|inner| inner.downcast_ref::<T>());
        if inner.is_some() {
            return inner;
        }
        next = error.source();
    }
    None
}

fn is_tls(error: &reqwest::Error) -> bool {
    cause::<rustls::Error>(error).is_some()
}

/// The innermost cause: the outer ones only say that a request failed, and name its URL.
fn root(error: &reqwest::Error) -> String {
    let mut innermost: &dyn Error = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    if std::ptr::addr_eq(innermost, std::ptr::from_ref(error)) {
        return "no further cause is known".to_owned();
    }
    innermost.to_string()
}
