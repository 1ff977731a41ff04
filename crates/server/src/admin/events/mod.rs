//! Events: list, show, the bytes as they came, inject, replay.

mod api;
mod inject;
mod refusals;
mod replay;
mod view;

pub(crate) use api::EventsApi;
pub(crate) use replay::ReplayApi;
