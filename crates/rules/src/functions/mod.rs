//! The functions that scripts have.

pub(crate) mod arguments;
pub(crate) mod host;
mod isolate;
pub(crate) mod pure;
mod register;

pub(crate) use register::register;
