//! Replays of many events: begin, look at, cancel. The worker works them off.

mod api;
mod request;
mod view;

pub(crate) use api::ReplaysApi;
