//! What is left when all is over: in the database, and at the other systems. Two ends are compared without what differs
//! from time to time: ids, keys, moments, ports.

mod end;
mod masks;
mod memory;
mod outside;

pub(crate) use end::{EffectEnd, End};
pub(crate) use outside::Outside;

/// What the path of a POST has in it that is not made again when nobody knows whether it was processed.
pub(crate) const ONCE: &str = "once";
/// What a path has in it whose requests all fail.
pub(crate) const BROKEN: &str = "broken";
