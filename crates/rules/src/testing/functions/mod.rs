//! The functions that only tests have.

mod assert;
mod list;
mod mock;
mod play;
mod remembered;

pub(super) use list::register;
pub use list::{TEST_FUNCTIONS, TestFunction};
