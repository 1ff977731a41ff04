//! Peers on the loopback.

pub(crate) mod full;
pub(crate) mod http;
pub(crate) mod python;
pub(crate) mod smtp;
