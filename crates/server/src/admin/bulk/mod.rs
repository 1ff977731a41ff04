//! Decisions about many runs or effects at once: those that a filter finds, or that are named.

mod api;
mod effects;
mod runs;
mod view;

pub(crate) use api::BulkApi;
