//! What is known of the installation as a whole, and looked at before anybody may use its database: which key sealed its
//! secrets, whether it was restored or copied, whether it has moved away.

mod arrival;
mod facts;
mod fingerprint;
mod moved;

pub(crate) use arrival::{ARRIVAL, RESTORED_AT, restored_at};
pub use arrival::{Arrival, ArrivedBy, Arriving};
pub(crate) use facts::{fact, set_fact};
pub(crate) use fingerprint::SECRET_KEY;
pub(crate) use moved::{COPY, MOVED_TO, mark_moved};
