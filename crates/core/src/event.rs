//! An event: one accepted message, kept whole.

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::events::EventType;
use crate::ids::{Account, EventId};
use crate::message::{self, Message, NotAMessage};
use crate::pid::Pid;

/// An accepted message with all that was known when it came.
#[derive(Debug, Clone)]
pub struct Event {
    /// Its id.
    pub id: EventId,
    /// Whose it is.
    pub account: Account,
    /// Its canonical type; `None` for what is in quarantine.
    pub event_type: Option<EventType>,
    /// The type as it was spelt.
    pub wire_type: Option<String>,
    /// The booking or person that it is about.
    pub subject: Option<Pid>,
    /// How it came.
    pub origin: Origin,
    /// When it came.
    pub received_at: Timestamp,
    /// The request's headers, names in lower case, without those that carry secrets.
    pub headers: Vec<(String, String)>,
    /// The body, byte for byte.
    pub body: Vec<u8>,
    /// Whether its writes and sends are recorded instead of performed.
    pub capture: bool,
    /// The event that led to this one, for what a rule emitted or an operator replayed.
    pub parent: Option<EventId>,
    /// How many emitted events lie between this one and the first: 0 for what came from outside.
    pub depth: u32,
    /// How far it is believed.
    pub trust: Trust,
}

impl Event {
    /// The event that Cuebook itself makes of a message: without headers, with none before it, its effects performed.
    ///
    /// # Errors
    /// Where `body` is no message.
    pub fn made(
        id: EventId,
        origin: Origin,
        body: Vec<u8>,
        now: Timestamp,
    ) -> Result<Self, NotAMessage> {
        let message = Message::parse(&body)?;
        Ok(Self {
            id,
            account: Account::default(),
            event_type: Some(message.event_type),
            wire_type: Some(message.wire_type),
            subject: message.subject,
            origin,
            received_at: now,
            headers: Vec::new(),
            body,
            capture: false,
            parent: None,
            depth: 0,
            trust: Trust::Token,
        })
    }

    /// The payload; `null` where there is none.
    pub fn payload(&self) -> serde_json::Value {
        message::raw_payload(&self.body)
            .and_then(|raw| serde_json::from_str(raw.get()).ok())
            .unwrap_or_default()
    }
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $word)] $variant,)* }

        impl $name {
            /// Every value.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The word that stands for it in the API and in the database.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// The value of a word.
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)* _ => None }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}
pub(crate) use words;

words! {
    /// How an event came.
    Origin {
        /// Ticketpark sent it.
        Webhook = "webhook",
        /// Somebody injected it by hand.
        Trigger = "trigger",
        /// An operator replayed an earlier event.
        Replay = "replay",
        /// Reconciliation found that it never came.
        Reconcile = "reconcile",
        /// A rule emitted it.
        Emit = "emit",
        /// A timetable made it.
        Schedule = "schedule",
    }
}

words! {
    /// How far an event is believed.
    Trust {
        /// It came to the URL that holds the token, or Cuebook made it itself: no one was asked.
        Token = "token",
        /// Ticketpark's API knows what it is about.
        Confirmed = "confirmed",
        /// Ticketpark's API does not know what it is about.
        Unconfirmed = "unconfirmed",
    }
}

words! {
    /// Where an event stands.
    EventState {
        /// Ticketpark is asked about it before its rules run.
        Confirming = "confirming",
        /// Its rules run once a person has approved it.
        Held = "held",
        /// Some of its runs are ready or running.
        Pending = "pending",
        /// All its runs have ended or wait.
        Processed = "processed",
        /// No enabled rule is for its type.
        NoRule = "no_rule",
        /// It is no message, Ticketpark does not know what it is about, or a person decided against it: it is kept in
        /// quarantine.
        Rejected = "rejected",
    }
}
