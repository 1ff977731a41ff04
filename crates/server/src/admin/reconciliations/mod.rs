//! Asking Ticketpark for what never came: begin, look at, cancel. The worker carries it out.

mod api;
mod view;

pub(crate) use api::ReconciliationsApi;
