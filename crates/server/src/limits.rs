//! The limits of connections and requests. Tests inject shorter ones.

use std::time::Duration;

/// How much, how long and how many the server takes.
#[derive(Debug, Clone, Copy)]
pub struct ServerLimits {
    /// Connections at once.
    pub connections: usize,
    /// The time for the handshake of TLS.
    pub handshake_time: Duration,
    /// How often it is looked whether the certificate has changed.
    pub certificate_every: Duration,
    /// The time for a request's head, also until the first one of a connection.
    pub header_time: Duration,
    /// The time for a request's body.
    pub body_time: Duration,
    /// How long a connection may do nothing.
    pub idle_time: Duration,
    /// The largest body, in bytes.
    pub body: usize,
    /// The largest head, in bytes.
    pub header_bytes: usize,
    /// The number of headers.
    pub headers: usize,
    /// How long the accept loop pauses after an error, such as having no file descriptors left.
    pub accept_pause: Duration,
    /// How long a database may take over one webhook before 503 is answered.
    pub accept_event_time: Duration,
    /// Wrong hook tokens a second from one address, before they are refused unseen.
    pub wrong_tokens: u32,
    /// Wrong keys of the API a second from one address, before it is told to wait.
    pub wrong_keys: u32,
}

impl Default for ServerLimits {
    fn default() -> Self {
        Self {
            connections: 2_048,
            handshake_time: Duration::from_secs(10),
            certificate_every: Duration::from_secs(5),
            header_time: Duration::from_secs(10),
            body_time: Duration::from_secs(15),
            idle_time: Duration::from_secs(75),
            body: cuebook_core::limits::BODY,
            header_bytes: 16 * 1024,
            headers: 100,
            accept_pause: Duration::from_millis(100),
            accept_event_time: Duration::from_millis(4_500),
            wrong_tokens: 20,
            wrong_keys: 20,
        }
    }
}
