//! Rules: list, show, check.

mod api;
mod check;
mod view;

pub(crate) use api::RulesApi;
