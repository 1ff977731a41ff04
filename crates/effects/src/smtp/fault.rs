//! What a failure means, by the phase in which it happened.
//!
//! Before the final dot nothing was accepted, so the mail can be sent again. After it, a lost answer leaves the outcome
//! unknown. A refusal is final only where it is about this mail: a refused login or greeting is about the server, and
//! the next attempt may find it mended.

use std::time::Duration;

use cuebook_core::failure::{AttemptError, CallError};
use lettre::transport::smtp::Error;

use crate::cause;
use crate::http::excerpt;

/// How far a delivery had come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// Name and TCP.
    Connect,
    /// Greeting, EHLO, and the handshake of implicit TLS.
    Greeting,
    /// STARTTLS and its handshake.
    Encrypt,
    /// The login.
    Login,
    /// MAIL, RCPT, DATA.
    Envelope,
    /// The message, before its final dot.
    Message,
    /// The final dot and its answer.
    Dot,
}

/// How a delivery failed.
#[derive(Debug)]
pub(super) enum Fault {
    /// The other side, or the way to it.
    Smtp(Phase, Error),
    /// One of the recipients was not taken.
    Recipient {
        /// Which and where, without the address itself.
        which: String,
        /// What happened.
        error: Error,
    },
    /// No answer in time.
    Late(Phase, Duration),
    /// No TCP connection.
    Unreachable(std::io::Error),
    /// TLS is required and not offered.
    NoEncryption,
    /// A stored address cannot be read.
    Address(String),
}

impl Phase {
    /// How messages call it.
    fn label(self) -> &'static str {
        match self {
            Self::Connect => "connecting",
            Self::Greeting => "the greeting",
            Self::Encrypt => "STARTTLS",
            Self::Login => "the login",
            Self::Envelope => "sender and recipients",
            Self::Message => "the message",
            Self::Dot => "the end of the message",
        }
    }

    /// Whether a refusal is about this mail, and not about the server or its account.
    fn is_about_the_mail(self) -> bool {
        matches!(self, Self::Envelope | Self::Message | Self::Dot)
    }
}

impl Fault {
    /// The same, said of the recipient with this number among `count`.
    pub(super) fn of_recipient(self, number: usize, count: usize, domain: &str) -> Self {
        match self {
            Self::Smtp(Phase::Envelope, error) => Self::Recipient {
                which: format!("recipient {number} of {count} (at {domain})"),
                error,
            },
            other => other,
        }
    }

    /// What is to be done.
    pub(super) fn decide(&self) -> AttemptError {
        match self {
            Self::Smtp(phase, error) => by_answer(*phase, phase.label(), error),
            Self::Recipient { which, error } => by_answer(Phase::Envelope, which, error),
            Self::Late(Phase::Dot, after) => unknown(&format!("no answer within {after:?}")),
            Self::Late(phase, after) => AttemptError::retry(
                CallError::new(
                    "timeout",
                    format!(
                        "the mail server took longer than {after:?} for {}",
                        phase.label()
                    ),
                ),
                None,
            ),
            Self::Unreachable(error) => AttemptError::retry(
                CallError::new(
                    "connect",
                    format!("the mail server could not be reached: {error}"),
                ),
                None,
            ),
            Self::NoEncryption => AttemptError::retry(
                CallError::new(
                    "tls",
                    "the mail server offers no STARTTLS, and nothing is sent without TLS; see smtp.url",
                ),
                None,
            ),
            Self::Address(address) => AttemptError::fail(CallError::invalid(format!(
                "{address:?} is no mail address"
            ))),
        }
    }
}

fn by_answer(phase: Phase, to: &str, error: &Error) -> AttemptError {
    let said = cause::innermost(error).unwrap_or_default();
    let Some(code) = error.status() else {
        return without_status(phase, error, &said);
    };
    let status = u16::from(code);
    let call_error = CallError::new(
        "status",
        format!("the mail server answered {status} to {to}"),
    )
    .with_status(status);
    let failure = if error.is_permanent() && phase.is_about_the_mail() {
        AttemptError::fail(call_error)
    } else {
        AttemptError::retry(call_error, None)
    };
    match excerpt(said.as_bytes()) {
        Some(said) => failure.with_answer(said),
        None => failure,
    }
}

fn without_status(phase: Phase, error: &Error, said: &str) -> AttemptError {
    if phase == Phase::Dot {
        return unknown(&format!("the connection was lost ({said})"));
    }
    let (kind, what) = if error.is_tls() || cause::find::<rustls::Error>(error).is_some() {
        ("tls", "no TLS connection to the mail server")
    } else {
        ("lost", "the connection to the mail server was lost")
    };
    AttemptError::retry(
        CallError::new(kind, format!("{what} during {}: {said}", phase.label())),
        None,
    )
}

fn unknown(what: &str) -> AttemptError {
    AttemptError::unknown(CallError::new(
        "unknown",
        format!("the whole mail was sent, but {what}; nobody can know whether it was accepted"),
    ))
}
