//! Cuebook's database. SeaORM lives here and nowhere else; the same transitions run on SQLite and on Postgres.
//!
//! - `transitions/`: everything that changes something, one file each. Read in the order of an event's way they are the
//!   state machine. All go through `writer/`, which commits in groups.
//! - `queries/`: everything that reads. `archive/`: the past, read beside a running server.
//! - `privacy/`: one person's data, found, exported, erased.
//! - `entities/`: the tables; `reading/`: from rows to the types of `core`. Both private.
//!
//! This crate must not know HTTP, Rhai or how an effect is performed.

mod announce;
mod archive;
mod audit;
mod connect;
mod endpoints;
mod entities;
mod error;
mod fresh_events;
mod hands;
mod hook_tokens;
mod installation;
mod metrics;
mod moving;
mod privacy;
mod queries;
mod reading;
mod retention;
mod secrets;
mod settings;
mod snapshot;
mod statements;
mod store;
mod transitions;
mod wakes;
mod writer;

pub use archive::{Archive, EventRange, Occurrence, OpenRun, PastEffect, PastRun, PastStep};
pub use audit::Actor;
pub use connect::Migrated;
pub use error::StoreError;
pub use hands::{Hand, Hands};
pub use installation::{Arrival, ArrivedBy, Arriving};
pub use moving::{Copied, CopiedTable, CopyError, Destination, copy_to_postgres};
pub use privacy::{
    Found, NewPrivacyRequest, Person, PrivacyAsked, PrivacyFilter, PrivacyKind, PrivacyRequest,
    PrivacyRequestId, PrivacyState, Received, TermKind, is_erased,
};
pub use queries::GoesOn;
pub use queries::{
    ApiKeyRow, Balance, Books, Counts, EffectBody, EffectFilter, EventFilter, EventView, Finding,
    HookToken, Listed, NextDue, Page, RuleSetRow, RuleVersionRow, RunBrief, RunFilter, RunView,
    SearchIn, SecretRow, StepView, TimetableDue,
};
pub use queries::{AuditFilter, AuditRow, HookTokenRow};
pub use queries::{Counted, Interval, Stats, StatsRange, Took};
pub use queries::{PastEvent, ReplayBatch};
pub use queries::{ReconciliationRow, Unsettled};
pub use retention::{Retained, Retention, is_expired};
pub use secrets::{NotASecretKey, SecretKey};
pub use settings::StoreSettings;
pub use snapshot::Snapshot;
pub use store::Store;
pub use transitions::Told;
pub use transitions::{
    AcceptEvent, Accepted, AwaitedEvent, Checkpoint, ClaimedRun, ClaimedSend, CompletedAs,
    EffectChange, EffectOperated, KeyClaim, NewApiKey, Operated, RuleStart, RunFailure, Segment,
    SendKinds, SendsWanted, SettledAs, Settlement, Stop, Stopped, StoredVersion, Tick, Ticked,
    TimetableKept, WaitUntil, WakeReport,
};
pub use transitions::{
    BeginReconciliation, Begun, ClaimedConfirmation, FoundPage, Inquiry, Mark, PageKept,
    ReconciliationEnd, TakenReconciliation,
};
pub use transitions::{
    EndpointChanges, EndpointOperated, EndpointTurned, NewEndpoint, Recovered, Settled,
};
pub use transitions::{KeptAnswer, KeyOperated, RepeatableRequest, RequestBegun, TokenOperated};
pub use transitions::{ReplayStep, ReplayStepped};
pub use wakes::Wakes;
