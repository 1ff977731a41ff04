//! The functions that scripts have.

pub(crate) mod host;
pub(crate) mod pure;
mod register;

pub(crate) use register::register;
