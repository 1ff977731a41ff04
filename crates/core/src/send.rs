//! A send, ready to go: what a script's send becomes where the script calls it.

/// A send, ready to go: nothing about it changes from one attempt to the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreparedSend {
    /// Its part among those of its step, from 0.
    pub part: u32,
    /// Where it goes.
    pub route: Route,
    /// The receiver, as the ledger shows it: a mail address, a URL without secrets, an event type.
    pub target: String,
    /// Its idempotency key.
    pub key: String,
    /// What the performer needs beside the bytes, as it likes to write it.
    pub envelope: serde_json::Value,
    /// The bytes: a whole mail, a request's body, an event's message.
    pub body: Vec<u8>,
}

/// Where a send goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route {
    /// Into the outbox, to be performed.
    Outbox,
    /// Back into Cuebook as an event, in the transaction that ends the segment. The body is a message.
    Event,
    /// Into what rules remember, in the transaction that ends the segment. The envelope is a
    /// [`StateWrite`](crate::state::StateWrite); nothing of it is outside, so the ledger has no row for it.
    State,
}
