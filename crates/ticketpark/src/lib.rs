//! ticketpark
