//! Events: list, show, the bytes as they came, inject, replay.

mod api;
mod decide;
mod inject;
mod refusals;
mod replay;
mod view;

pub(crate) use api::EventsApi;
pub(crate) use decide::DecideEventsApi;
pub(crate) use replay::ReplayApi;
