//! Opening, and refusing to.

mod postgres;
mod sqlite;
