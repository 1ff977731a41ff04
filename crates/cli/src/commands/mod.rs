//! The commands: one file each, holding the argument struct (whose doc is the help) and the function that does it.

pub(crate) mod check;
pub(crate) mod login;
pub(crate) mod migrate;
pub(crate) mod openapi;
pub(crate) mod reference;
pub(crate) mod serve;
pub(crate) mod trigger;
