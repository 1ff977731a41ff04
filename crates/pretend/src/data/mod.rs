//! The made-up data: each record a function of its pid, and nothing else.

pub(crate) mod booking;
mod dice;
mod names;
pub(crate) mod payment;
pub(crate) mod person;
pub(crate) mod pids;
mod prices;
pub(crate) mod programme;
pub(crate) mod relations;
mod scramble;
pub(crate) mod ticket;
mod times;

pub(crate) use times::written as written_time;
