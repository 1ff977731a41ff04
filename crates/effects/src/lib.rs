//! What Cuebook does to the outside world: HTTP, mail, webhooks, Ticketpark.
//!
//! Each script function with an effect is one *kind*: a file in [`kinds`] that holds its descriptor and how it is
//! performed. [`Effects`] performs one attempt and says, typed, what is to be done after a failure. This crate must not
//! know events, runs or the database: who asks, how often and when is the worker's business.

mod arguments;
mod cause;
mod effects;
mod egress;
mod error;
mod host;
mod http;
pub mod kinds;
mod mail;
pub mod readable;
mod settings;
mod signature;
mod smtp;
mod ticketpark;
mod tls;

pub use effects::{Call, Delivered, Delivery, Effects};
pub use egress::{AllowRule, EgressPolicy, NotAnAllowRule};
pub use error::EffectError;
pub use http::{Passage, Queued};
pub use mail::CAPTURED_SENDER;
pub use settings::{EffectSettings, HttpLimits, Limits, SmtpLimits, SmtpSettings};
pub use ticketpark::ChangedRecords;
