//! Asks Ticketpark for what never came: by the clock, and when a person wants it. The store decides who does it, which
//! changes become events, and until when everything has been looked at.

mod look;
mod times;

pub(crate) use times::work;
