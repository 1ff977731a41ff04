//! What the commands have in common that speak to a running Cuebook: filters of lists, tables, and how a refusal ends.

mod connection;
mod filters;
pub(crate) mod rule_sets;
mod table;
mod window;

pub(crate) use connection::{Remote, path_part};
pub(crate) use filters::Filters;
pub(crate) use table::Table;
pub(crate) use window::Window;
