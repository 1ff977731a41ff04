//! What effects do to peers on the loopback: HTTP, SMTP, Ticketpark.

mod capture;
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
