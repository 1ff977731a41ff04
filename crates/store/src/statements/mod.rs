//! Statements for many rows at once, within the limits on parameters that the databases have.

mod insert;
mod literal;
mod storable;
mod update;

pub(crate) use insert::{insert_all, insert_missing, insert_or};
pub(crate) use literal::word;
pub(crate) use update::{given, update_each, update_each_by};
