//! The API: one endpoint, and a file for each kind of request.

mod email;
mod endpoint;
mod reads;
mod reply;
mod writes;

pub(crate) use endpoint::{Api, State};
