//! Cuebook's HTTP: receiving webhooks, the admin API and its document, health and metrics. Poem lives here.
//!
//! This crate must not know how an effect is performed, how a script runs, or SQL. It accepts, shows and changes what the
//! store holds.

mod activity;
mod admin;
mod admission;
mod auth;
mod body;
mod client_address;
mod connection;
mod disk_room;
mod endpoint_urls;
mod ingest;
pub mod keys;
mod limits;
mod listen;
mod metrics;
mod openapi;
mod operator;
mod outermost;
pub mod problem;
mod readable;
mod request_id;
mod request_log;
mod router;
mod rule_problems;
mod server;
mod starting;
mod ticketpark_login;
mod tls;
mod wrong_guesses;

pub use auth::Scope;
pub use disk_room::DiskRoom;
pub use endpoint_urls::EndpointUrls;
pub use limits::ServerLimits;
pub use metrics::Metrics;
pub use openapi::openapi_document;
pub use readable::{Fields, Readable};
pub use rule_problems::{FailedReload, RuleProblems};
pub use server::{Server, ServerParts, ServerSettings};
pub use ticketpark_login::{LoginAnswer, LoginError, TicketparkLogin};
pub use tls::{TlsError, TlsFiles};
