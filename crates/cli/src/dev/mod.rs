//! `cuebook dev`: on each save of a rule, what the checker says, what its tests say, and what it does otherwise than before
//! to the last event. Nothing is performed, and what runs is not its business: the server beside it follows the folder itself.

mod begin;
mod difference;
mod occasion;
mod saved;
mod session;

pub(crate) use begin::{Desk, begin};
