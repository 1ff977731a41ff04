//! Cuebook's database. SeaORM lives here and nowhere else; the same transitions run on SQLite and on Postgres.
//!
//! - `transitions/`: everything that changes something, one file each. Read in the order of an event's way they are the
//!   state machine. All go through `writer/`, which commits in groups.
//! - `queries/`: everything that reads. `archive/`: the past, read beside a running server.
//! - `entities/`: the tables; `reading/`: from rows to the types of `core`. Both private.
//!
//! This crate must not know HTTP, Rhai or how an effect is performed.

mod announce;
mod archive;
mod audit;
mod connect;
mod entities;
mod error;
mod fresh_events;
mod hook_tokens;
mod metrics;
mod queries;
mod reading;
mod secrets;
mod settings;
mod statements;
mod store;
mod transitions;
mod wakes;
mod writer;

pub use archive::{Archive, EventRange, OpenRun, PastEffect, PastRun, PastStep};
pub use audit::Actor;
pub use error::StoreError;
pub use queries::{
    ApiKeyRow, Balance, Books, Counts, EffectBody, EffectFilter, EventFilter, EventView, Finding,
    HookToken, Listed, NextDue, Page, RuleSetRow, RuleVersionRow, RunBrief, RunFilter, RunView,
    SearchIn, SecretRow, StepView, TimetableDue,
};
pub use queries::{AuditFilter, AuditRow, HookTokenRow};
pub use queries::{Counted, Interval, Stats, StatsRange, Took};
pub use secrets::{NotASecretKey, SecretKey};
pub use settings::StoreSettings;
pub use store::Store;
pub use transitions::{
    AcceptEvent, Accepted, AwaitedEvent, Checkpoint, ClaimedRun, ClaimedSend, CompletedAs,
    EffectChange, EffectOperated, KeyClaim, NewApiKey, Operated, RuleStart, RunFailure, Segment,
    SendKinds, SendsWanted, SettledAs, Settlement, Stop, Stopped, StoredVersion, Tick, Ticked,
    TimetableKept, WaitUntil, WakeReport,
};
pub use transitions::{KeptAnswer, KeyOperated, RepeatableRequest, RequestBegun, TokenOperated};
pub use wakes::Wakes;
