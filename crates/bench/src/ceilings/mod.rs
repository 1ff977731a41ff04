//! The ceilings: what the bare stones can do on this machine, without anything that Cuebook adds. Each is a process of its
//! own, so that its memory and its time are its own.

mod endpoint;
mod serve;
mod workers;
mod writer;

pub(crate) use serve::serve;
