//! What effects do to peers on the loopback: HTTP, SMTP, Ticketpark.

#![expect(
    clippy::unwrap_used,
    reason = "what helps a test fails where the test would"
)]

mod capture;
mod crowds;
mod descriptors;
mod egress;
mod email;
mod emit;
mod http;
mod http_faults;
mod peers;
mod setup;
mod smtp_delivery;
mod smtp_faults;
mod ticketpark;
mod webhook;
