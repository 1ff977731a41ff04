//! The admin API: one folder or file a resource, all behind one guard.

mod api;
mod doctor;
mod download;
mod effects;
mod events;
mod given;
mod guard;
mod operations;
mod page;
mod pauses;
mod rules;
mod runs;
mod sample;
mod secrets;
mod system;
mod tag;
mod value;

pub(crate) use api::{AdminApi, PREFIX, endpoint};
