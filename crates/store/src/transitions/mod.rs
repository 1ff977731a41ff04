//! Everything that changes the database, one file a transition: its request, what it does, and what happens if the
//! process dies before or after. In the order of an event's way:
//!
//! `accept_event` → `claim_runs` → `record_steps`* → `suspend_run` | `complete_run` | `fail_run` → `claim_sends` →
//! `settle_send`. Beside it `wake_runs`, `release_claims` and `take_over`; the rest is about rules and access.
//!
//! A dead process has either committed a transition or not; nothing in between is ever seen.

mod accept_event;
mod access;
mod checkpoint;
mod claim_runs;
mod claim_sends;
mod complete_run;
mod effect_changes;
mod ending;
mod fail_run;
mod give_back;
mod heartbeat;
mod held_runs;
#[cfg(test)]
mod plan_tests;
mod record_steps;
mod release_claims;
mod save_rule_set;
mod secret;
mod segment;
mod settle_send;
mod steps;
mod suspend_run;
mod take_over;
mod wake_runs;

pub use accept_event::{AcceptEvent, Accepted, RuleStart};
pub use access::NewApiKey;
pub(crate) use access::Touch;
pub use checkpoint::Checkpoint;
pub use claim_runs::ClaimedRun;
pub use claim_sends::ClaimedSend;
pub use complete_run::CompletedAs;
pub use effect_changes::EffectChange;
pub use fail_run::RunFailure;
pub(crate) use heartbeat::{Heartbeat, beat};
pub use save_rule_set::{StoredRuleSet, StoredVersion};
pub use segment::Segment;
pub use settle_send::{SettledAs, Settlement};
pub use suspend_run::WaitUntil;
pub(crate) use take_over::TakeOver;
pub use wake_runs::WakeReport;
#[cfg(test)]
pub(crate) use wake_runs::WakeRuns;
pub(crate) use wake_runs::next_wake;
