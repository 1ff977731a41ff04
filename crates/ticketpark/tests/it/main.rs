//! The client against the pretend Ticketpark, and against peers that misbehave.

#![expect(
    clippy::unwrap_used,
    reason = "what a test is helped by panics as the test does"
)]

mod errors;
mod limits;
mod lists;
mod login;
mod peers;
mod reads;
mod refresh;
mod silence;
mod writes;
