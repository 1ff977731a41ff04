//! What is measured, as a process: started, asked what it uses, killed.

mod ceiling;
mod cuebook;
mod postgres;
mod process;
mod running;

pub(crate) use ceiling::ceiling;
pub(crate) use cuebook::{Cuebook, Recipe};
pub(crate) use running::Running;
