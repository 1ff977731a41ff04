//! Runs: list, and show with steps, logs and effects.

mod api;
mod parts;
mod view;

pub(crate) use api::RunsApi;
