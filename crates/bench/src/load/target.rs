//! What is driven: an address and the requests that it gets.

use std::net::SocketAddr;

/// The type of the events, where it does not matter.
pub(crate) const NEW_BOOKING: &str = "new-booking";

/// Where webhooks go.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    /// The address.
    pub(crate) address: SocketAddr,
    /// The path, with its token.
    pub(crate) path: String,
    /// The type of the events.
    pub(crate) event_type: &'static str,
}

impl Target {
    /// The same, for events of another type.
    pub(crate) fn of_type(&self, event_type: &'static str) -> Self {
        Self {
            event_type,
            ..self.clone()
        }
    }

    /// The request of webhook `number`: Ticketpark's smallest message, about a booking of its own.
    pub(crate) fn request(&self, number: u64) -> Vec<u8> {
        let body = format!(
            "{{\"type\":\"{}\",\"payload\":{{\"booking_pid\":\"{number:012}\"}}}}",
            self.event_type
        );
        format!(
            "POST {} HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            self.path,
            self.address,
            body.len()
        )
        .into_bytes()
    }
}
