//! The functions that scripts have.

pub(crate) mod arguments;
pub(crate) mod host;
pub(crate) mod isolate;
pub(crate) mod pure;
mod register;

pub use pure::{PureFunction, pure_functions};
pub(crate) use register::register;
