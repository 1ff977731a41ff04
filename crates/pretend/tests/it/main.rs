//! What the pretend Ticketpark promises about its data.

#![expect(
    clippy::unwrap_used,
    reason = "what a test is helped by panics as the test does"
)]

mod consistency;
mod shapes;
