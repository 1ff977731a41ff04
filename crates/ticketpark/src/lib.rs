//! A client of Ticketpark's REST API: OAuth, reads, paging, filters, writes.
//!
//! Usable alone: it knows nothing of Cuebook's other crates. It never reads the clock, the environment or a file by
//! itself, and it keeps no password.

mod access_token;
mod answer;
mod client;
mod endpoint;
mod error;
mod grant;
mod json_guard;
mod listing;
mod paging;
mod query;
mod refresh_age;
mod secret;
mod session;
mod settings;
mod time;
mod token_store;
mod transport;
mod written;

pub use answer::{ANSWER_LIMIT, AnswerText};
pub use client::{CONCURRENCY, Client, Now};
pub use endpoint::BadRequest;
pub use error::{BoxError, Error};
pub use listing::Listing;
pub use query::{Comparison, Filters, Logic, Query, UnknownComparison};
pub use refresh_age::{REFRESH_TOKEN_LIFE, REFRESH_TOKEN_WARNING};
pub use secret::Secret;
pub use settings::Settings;
pub use time::parse_time;
pub use token_store::{MemoryTokenStore, RefreshToken, TokenStore};
pub use transport::{CONNECT_TIMEOUT, TIMEOUT, TransportError, transport};
pub use written::Written;
