//! Dry runs: a rule on an event, with nothing performed.

mod api;
mod play;
mod request;
mod view;

pub(crate) use api::DryRunApi;
