//! What the commands have in common that speak to a running Cuebook: filters of lists, tables, and how a refusal ends.

mod bulk;
mod connection;
mod filters;
mod replays;
pub(crate) mod rule_sets;
mod table;
mod whom;
mod window;

pub(crate) use bulk::{Bulk, operate};
pub(crate) use connection::{Remote, path_part};
pub(crate) use filters::{Filters, Narrow};
pub(crate) use replays::{events_named, shown_replay};
pub(crate) use table::Table;
pub(crate) use whom::{Whom, shown_request, until_over};
pub(crate) use window::Window;
