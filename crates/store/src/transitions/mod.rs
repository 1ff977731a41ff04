//! Everything that changes the database, one file a transition: its request, what it does, and what happens if the
//! process dies before or after. In the order of an event's way:
//!
//! `accept_event` → `claim_runs` → `record_steps`* → `suspend_run` | `complete_run` | `fail_run` → `claim_sends` →
//! `settle_send`. A tick of a timetable comes in by `accept_tick`; an event that is to be confirmed by `accept_to_confirm` →
//! `claim_confirmations` → `settle_confirmation`; one that never came by `reconcile/`; a person decides by `decide_event`. How a run that waits for an event gets it: `event_waits/`.
//! Beside it `wake_runs`, `release_claims`, `release_strays` and `take_over`. What an operator decides: `retry_run`,
//! `restart_run`, `cancel_run`, `retry_send`, `discard_effect`, `stop`, `begin_replay` (worked off by `step_replay`); the rest is about rules and access.
//!
//! A dead process has either committed a transition or not; nothing in between is ever seen.

mod accept_event;
mod accept_tick;
mod accept_to_confirm;
mod access;
mod activate_rule_set;
mod alerts;
mod api_keys;
mod approve_send;
mod arrive;
mod begin_at_once;
mod begin_replay;
mod budget;
mod cancel_on;
mod cancel_run;
mod catch_up;
mod checkpoint;
mod claim_confirmations;
mod claim_key;
mod claim_runs;
mod claim_sends;
mod complete_run;
mod debounce;
mod decide_event;
mod descendants;
mod discard_effect;
mod effect_changes;
mod end_replay;
mod ending;
mod endpoints;
mod event_waits;
mod fail_run;
mod give_back;
mod heartbeat;
mod held_runs;
mod hook_token;
mod idempotency;
mod keep_timetables;
mod open_calls;
mod operated;
#[cfg(test)]
mod plan_tests;
mod put_back_sends;
mod queue_again;
mod reconcile;
mod record_steps;
mod release_claims;
mod release_strays;
mod remember;
mod restart_run;
mod retire_hook_tokens;
mod retry_run;
mod retry_send;
mod save_rule_set;
mod secret;
mod segment;
mod settle_confirmation;
mod settle_send;
mod step_replay;
mod steps;
mod stop;
mod suspects;
mod suspend_run;
mod take_over;
mod unreadable;
mod wake_runs;
mod write_audit;

pub use accept_event::{AcceptEvent, Accepted, RuleStart};
pub use accept_tick::{Tick, Ticked};
pub use access::NewApiKey;
pub(crate) use access::Touch;
pub use alerts::Told;
pub use api_keys::KeyOperated;
pub(crate) use arrive::Arrive;
pub use checkpoint::Checkpoint;
pub use claim_confirmations::ClaimedConfirmation;
pub use claim_key::KeyClaim;
pub(crate) use claim_key::free_keys;
pub use claim_runs::ClaimedRun;
pub use claim_sends::{ClaimedSend, SendKinds, SendsWanted};
pub use complete_run::CompletedAs;
pub use effect_changes::EffectChange;
pub(crate) use endpoints::ReleaseHeld;
pub use endpoints::{
    EndpointChanges, EndpointOperated, EndpointTurned, NewEndpoint, Recovered, Settled,
};
pub use event_waits::AwaitedEvent;
pub(crate) use event_waits::forget_waits;
pub use fail_run::RunFailure;
pub(crate) use heartbeat::{Heartbeat, beat};
pub use hook_token::TokenOperated;
pub(crate) use idempotency::open_answer;
pub use idempotency::{KeptAnswer, RepeatableRequest, RequestBegun};
pub use keep_timetables::TimetableKept;
pub(crate) use open_calls::settle_open_calls;
pub use operated::Operated;
pub use reconcile::{
    BeginReconciliation, Begun, FoundPage, Mark, PageKept, ReconciliationEnd, TakenReconciliation,
};
pub use retry_send::EffectOperated;
pub use save_rule_set::StoredVersion;
pub use segment::Segment;
pub use settle_confirmation::Inquiry;
pub use settle_send::{SettledAs, Settlement};
pub use step_replay::{ReplayStep, ReplayStepped};
pub use stop::{Stop, Stopped};
pub use suspend_run::WaitUntil;
pub(crate) use take_over::TakeOver;
pub use wake_runs::WakeReport;
#[cfg(test)]
pub(crate) use wake_runs::WakeRuns;
pub(crate) use wake_runs::next_wake;
