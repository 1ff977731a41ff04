//! Moves a SQLite database to an empty Postgres: all rows in one transaction of the target, compared before it is committed.
//!
//! - `copy`: the whole of it, in its order, and what happens if the process dies in between,
//! - `source`: the tables of the SQLite file, page by page,
//! - `target`: the transaction on Postgres,
//! - `row`: a row, whatever its table, and its part of a checksum,
//! - `error`: what can be wrong.
//!
//! Tables and columns are found in the databases themselves: a new one is moved without a word here.

mod copy;
mod error;
mod row;
mod source;
mod target;

pub use copy::{Copied, CopiedTable, Destination, copy_to_postgres};
pub use error::CopyError;
