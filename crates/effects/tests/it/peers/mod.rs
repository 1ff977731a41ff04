//! Peers on the loopback.

pub(crate) mod http;
pub(crate) mod python;
pub(crate) mod smtp;
