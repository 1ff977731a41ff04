//! A pretend Ticketpark: a server that speaks the documented API with made-up, consistent data, for `serve --demo`,
//! tests and measurements.
//!
//! Any pid has a record, derived from the pid alone, so that it is the same in each process: a booking's customer is the
//! person under `/persons/{pid}`, its tickets name the booking, its payment is their total. A pid that begins with `404`
//! is unknown, one that begins with `403` is forbidden. Shows are in the summers of 2030 and 2031. Mail addresses are
//! under `example.com` and `example.org` only. Lists hold 250 bookings, what belongs to them, and what was edited.
//!
//! Where Ticketpark's documentation shows no example of a record (payments, shows, events, venues, sectors, prices, hosts),
//! the shape is kept to the least: `pid`, a name, what tickets tell of it, and `updated`.

mod api;
mod collection;
mod data;
mod edits;
mod filter;
mod mishaps;
mod oauth;
mod parameters;
mod request_log;
mod server;
mod world;

pub use collection::Collection;
pub use request_log::RequestLog;
pub use server::{Now, Options, Pretend};
pub use world::{booking, event, host, payment, person, record, show, ticket, venue};
