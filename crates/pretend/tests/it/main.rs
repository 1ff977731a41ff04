//! What the pretend Ticketpark promises about its data.

mod consistency;
mod shapes;
