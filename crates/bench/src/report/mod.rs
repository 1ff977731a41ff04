//! What came of it: figures by scenario and subject, medians over the repeats, ratios of the same repeat.

mod book;
mod json;
mod plot;
mod table;

pub(crate) use book::{Book, Wanted};
pub(crate) use json::json;
pub(crate) use plot::plot;
pub(crate) use table::table;
