//! What effects are built from, and their limits.

use std::sync::Arc;
use std::time::Duration;

use cuebook_core::Clock;
use cuebook_core::secret::{SecretLookup, SecretText};

use crate::egress::EgressPolicy;

/// What [`crate::Effects`] is built from.
pub struct EffectSettings {
    /// Whether every write and send is recorded instead of performed.
    pub capture: bool,
    /// Where mail goes; without it mails are captured.
    pub smtp: Option<SmtpSettings>,
    /// Where scripts may connect to.
    pub egress: EgressPolicy,
    /// Ticketpark's API, once there are credentials.
    pub ticketpark: Option<Arc<cuebook_ticketpark::Client>>,
    /// Finds the secrets that scripts name.
    pub secrets: Arc<dyn SecretLookup>,
    /// Tells how far away the date of a `Retry-After` is.
    pub clock: Arc<dyn Clock>,
    /// Further trusted root certificates, each as PEM.
    pub extra_roots: Vec<Vec<u8>>,
    /// Timeouts and bounds.
    pub limits: Limits,
}

/// Where mail goes.
#[derive(Debug, Clone)]
pub struct SmtpSettings {
    /// `smtps://user:password@host`, `smtp://host?tls=required`, or `smtp://localhost:25`.
    pub url: SecretText,
    /// The sender where a script names none.
    pub from: Option<String>,
    /// Whether mail may leave this machine without TLS.
    pub allow_plain: bool,
}

/// Timeouts and bounds; the defaults are Cuebook's documented limits.
#[derive(Debug, Clone, Copy, Default)]
pub struct Limits {
    /// Of HTTP.
    pub http: HttpLimits,
    /// Of SMTP.
    pub smtp: SmtpLimits,
}

/// Timeouts and bounds of outgoing HTTP.
#[derive(Debug, Clone, Copy)]
pub struct HttpLimits {
    /// Until a connection stands: name, TCP and TLS.
    pub connect: Duration,
    /// Of the whole exchange, where the script says nothing.
    pub total: Duration,
    /// The longest timeout that a script may ask for.
    pub longest: Duration,
    /// The largest answer, in bytes.
    pub answer: usize,
    /// Requests at once to one host.
    pub per_host: usize,
    /// Requests at once in all.
    pub in_all: usize,
}

impl Default for HttpLimits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            total: Duration::from_secs(30),
            longest: Duration::from_mins(2),
            answer: cuebook_core::limits::ANSWER,
            per_host: 20,
            in_all: 200,
        }
    }
}

/// Timeouts and bounds of SMTP (RFC 5321, section 4.5.3.2, shortened where people wait).
#[derive(Debug, Clone, Copy)]
pub struct SmtpLimits {
    /// Until a connection stands: name and TCP.
    pub connect: Duration,
    /// For the greeting, a TLS handshake, and each command.
    pub command: Duration,
    /// For an idle connection to show that it is alive.
    pub alive: Duration,
    /// For each block of the message.
    pub data: Duration,
    /// From the final dot to the answer.
    pub dot: Duration,
    /// How long a connection is kept for the next mail.
    pub idle: Duration,
    /// Connections at once.
    pub connections: usize,
}

impl Default for SmtpLimits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            command: Duration::from_mins(1),
            alive: Duration::from_secs(5),
            data: Duration::from_mins(3),
            dot: Duration::from_mins(10),
            idle: Duration::from_secs(30),
            connections: 8,
        }
    }
}
