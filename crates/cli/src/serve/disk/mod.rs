//! The disk that the database is on: how much of it is free, and when webhooks are put off so that it never gets full.

mod reserve;
mod room;
mod watch;

pub(crate) use reserve::Reserve;
pub(super) use room::{Room, room_of};
pub(super) use watch::DiskWatch;
