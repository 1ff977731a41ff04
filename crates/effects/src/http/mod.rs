//! Outgoing HTTP: a request as a script asks for it, its way out, and what its outcome means.
//!
//! ```text
//! request   arguments → Request (checked; secrets still by name)
//! client    egress policy → permits → secrets → one exchange → Exchange or Failure
//! decision  outcome + how far the request may be repeated → answer or AttemptError
//! ```

mod answer;
mod body;
mod client;
mod credential;
mod decision;
mod failure;
mod gates;
mod mask;
mod options;
mod request;
mod retry_after;

pub(crate) use answer::excerpt;
pub(crate) use client::{HttpClient, authority};
pub use gates::{Passage, Queued};

pub(crate) use credential::Credential;
pub(crate) use decision::{Repeat, judge, judge_delivery, judge_send};
pub(crate) use options::{OPTIONS, SEND_OPTIONS};
pub(crate) use request::{Head, Request, shown};
