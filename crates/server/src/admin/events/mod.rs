//! Events: list, show, the bytes as they came, inject.

mod api;
mod inject;
mod refusals;
mod view;

pub(crate) use api::EventsApi;
