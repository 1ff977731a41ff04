//! What tells others that something has become ready. A wake carries no data and may come without need; a poll beside
//! it makes up for one that was missed.

use tokio::sync::Notify;

/// Notified after the commit that made something ready.
#[derive(Debug, Default)]
pub struct Wakes {
    /// A run may be claimed.
    pub runs: Notify,
    /// A send may be claimed.
    pub sends: Notify,
    /// The next instant at which something is due may have changed.
    pub timers: Notify,
    /// Another set of rules may be active.
    pub rules: Notify,
    /// Ticketpark may have to be asked about an event.
    pub confirmations: Notify,
    /// A reconciliation may have been asked for.
    pub reconciliations: Notify,
    /// A person's data may have been asked for.
    pub privacy: Notify,
}
