//! Performs what scripts ask for: one attempt at a time, with the decision typed where it failed.

use std::sync::Arc;

use cuebook_core::endpoint::{Destinations, NoDestinations};
use cuebook_core::failure::{AttemptError, CallError};
use cuebook_core::{Point, Probe, Value};

use crate::error::EffectError;
use crate::http::{HttpClient, Passage, Queued};
use crate::kinds::{self, Kind, Perform};
use crate::settings::EffectSettings;
use crate::smtp::Mailer;

/// The outside world, as the kinds reach it.
pub(crate) struct Outside {
    /// HTTP by the egress policy.
    pub(crate) http: HttpClient,
    /// Mail, where `smtp.url` is set.
    pub(crate) mailer: Option<Mailer>,
    /// Ticketpark's API, where there are credentials.
    pub(crate) ticketpark: Option<Arc<cuebook_ticketpark::Client>>,
    /// Where messages are forwarded to.
    pub(crate) destinations: Arc<dyn Destinations>,
}

/// Performs calls and sends.
pub struct Effects {
    capture: bool,
    outside: Outside,
    mails_at_once: usize,
    probe: Probe,
}

/// One attempt at a call.
#[derive(Debug, Clone, Copy)]
pub struct Call<'a> {
    /// The function's full name.
    pub function: &'a str,
    /// What it was called with.
    pub arguments: &'a [Value],
    /// Its idempotency key.
    pub key: &'a str,
    /// The number of this attempt, from 1.
    pub attempt: u32,
}

/// One attempt at a send.
#[derive(Debug, Clone, Copy)]
pub struct Delivery<'a> {
    /// The function's full name.
    pub kind: &'a str,
    /// The receiver, as the ledger shows it.
    pub target: &'a str,
    /// Its idempotency key.
    pub key: &'a str,
    /// What was prepared beside the bytes.
    pub envelope: &'a serde_json::Value,
    /// The bytes.
    pub body: &'a [u8],
}

/// What the other side said to a send that it took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivered {
    /// The status, of HTTP or SMTP.
    pub status: Option<u16>,
    /// The answer, bounded.
    pub answer: Option<String>,
}

impl Effects {
    /// Builds the clients; connects to nothing.
    ///
    /// # Errors
    /// Where a setting cannot be used.
    pub fn new(settings: EffectSettings) -> Result<Self, EffectError> {
        let mailer = settings
            .smtp
            .as_ref()
            .map(|smtp| Mailer::new(smtp, &settings.extra_roots, settings.limits.smtp))
            .transpose()?;
        let http = HttpClient::new(
            settings.egress,
            &settings.extra_roots,
            settings.limits.http,
            settings.secrets,
            settings.clock,
        )?;
        Ok(Self {
            capture: settings.capture,
            outside: Outside {
                http,
                mailer,
                ticketpark: settings.ticketpark,
                destinations: Arc::new(NoDestinations),
            },
            mails_at_once: settings.limits.smtp.connections.max(1),
            probe: Probe::default(),
        })
    }

    /// Whether the mail server lets us in: connects, encrypts and logs in, and sends nothing. `None` where none is set.
    pub async fn greet_mail_server(&self) -> Option<Result<(), AttemptError>> {
        match &self.outside.mailer {
            Some(mailer) => Some(mailer.greet().await),
            None => None,
        }
    }

    /// Delivers messages to `destinations`; without any, no delivery finds its endpoint.
    #[must_use]
    pub fn forwarding_to(mut self, destinations: Arc<dyn Destinations>) -> Self {
        self.outside.destinations = destinations;
        self
    }

    /// Ticketpark's API, where there are credentials.
    pub(crate) fn ticketpark(&self) -> Option<&cuebook_ticketpark::Client> {
        self.outside.ticketpark.as_deref()
    }

    /// Tells `probe` of each attempt.
    #[must_use]
    pub fn probed(mut self, probe: Probe) -> Self {
        self.probe = probe;
        self
    }

    /// Whether `function` is recorded instead of performed: all writes and sends in capture mode or for an event that
    /// captures, and mail as long as there is no `smtp.url`. Reads never, and `emit` never: it stays within Cuebook, and
    /// what it leads to is captured where its event says so.
    pub fn captures(&self, function: &str, event_capture: bool) -> bool {
        let Some(kind) = kinds::find(function) else {
            return false;
        };
        if !kind.leaves_a_trace() {
            return false;
        }
        let no_mailer = function == kinds::MAIL && self.outside.mailer.is_none();
        self.capture || event_capture || no_mailer
    }

    /// What a captured call answers.
    pub fn captured_answer(&self, _function: &str) -> Value {
        Value::from([
            ("status", Value::Int(202)),
            ("captured", Value::Bool(true)),
            ("headers", Value::Map(std::collections::BTreeMap::new())),
            ("body", Value::from("")),
        ])
    }

    /// The receiver of a call, as the ledger shows it: without user, password and query.
    pub fn target(&self, function: &str, arguments: &[Value]) -> String {
        match kinds::find(function).map(|kind| &kind.perform) {
            Some(Perform::Call { target, .. }) => target(arguments),
            _ => String::new(),
        }
    }

    /// Whether a call whose outcome is lost may be performed again: reads, PUT, DELETE, and what says `retry: "always"`.
    pub fn repeats_safely(&self, function: &str, arguments: &[Value]) -> bool {
        match kinds::find(function).map(|kind| &kind.perform) {
            Some(Perform::Call { repeats, .. }) => repeats(arguments),
            _ => false,
        }
    }

    /// Performs one attempt at a call.
    ///
    /// # Errors
    /// With the decision whether another attempt may be made.
    pub async fn call(&self, call: &Call<'_>) -> Result<Value, AttemptError> {
        self.probe.reach(Point::BeforeAttempt);
        let answer = match kinds::find(call.function) {
            Some(Kind {
                perform: Perform::Call { run, .. },
                ..
            }) => run(&self.outside, call).await,
            _ => Err(unknown_kind(call.function)),
        };
        self.probe.reach(Point::AfterAttempt);
        answer.map_err(|mut failure| {
            failure.error = failure.error.after(call.attempt);
            failure
        })
    }

    /// How many mails can be on their way at once.
    pub fn mails_at_once(&self) -> usize {
        self.mails_at_once
    }

    /// The right to begin an attempt at `send` now. `None` where its host has as many requests as it gets at a time: then
    /// another may go first. Of mails no more than [`Self::mails_at_once`] may be begun.
    pub fn passage(&self, send: &Delivery<'_>) -> Option<Passage> {
        match kinds::find(send.kind).map(|kind| &kind.perform) {
            Some(Perform::Send { passage, .. }) => passage(&self.outside, send),
            _ => Some(Passage::default()),
        }
    }

    /// A place in the queue for the right to begin an attempt at `send`, where it is about to come: its host is full and has
    /// just been done with another.
    pub fn queue(&self, send: &Delivery<'_>) -> Option<Queued> {
        match kinds::find(send.kind).map(|kind| &kind.perform) {
            Some(Perform::Send { queue, .. }) => queue(&self.outside, send),
            _ => None,
        }
    }

    /// Performs one attempt at a send, with its passage.
    ///
    /// # Errors
    /// With the decision whether another attempt may be made. [`cuebook_core::failure::Decision::Unknown`] of a send means:
    /// record it as doubtful, and send it again.
    pub async fn deliver(
        &self,
        send: &Delivery<'_>,
        passage: Passage,
    ) -> Result<Delivered, AttemptError> {
        self.probe.reach(Point::BeforeAttempt);
        let delivered = match kinds::find(send.kind) {
            Some(Kind {
                perform: Perform::Send { deliver, .. },
                ..
            }) => deliver(&self.outside, send, passage).await,
            _ => Err(unknown_kind(send.kind)),
        };
        self.probe.reach(Point::AfterAttempt);
        delivered
    }
}

fn unknown_kind(function: &str) -> AttemptError {
    AttemptError::fail(CallError::invalid(format!(
        "this version of Cuebook cannot perform {function}"
    )))
}
