//! One line for each request: method, route pattern, status, time, ids. Never the address itself, which may hold a token.

use std::time::Duration;

use poem::PathPattern;
use poem::Response;
use poem::http::Method;
use std::sync::Arc;
use uuid::Uuid;

/// What an endpoint adds to the line of its request.
#[derive(Debug, Clone, Default)]
pub(crate) struct LogFields {
    event_id: Option<Uuid>,
    key_id: Option<String>,
}

impl LogFields {
    /// The event that was accepted.
    pub(crate) fn event(id: Uuid) -> Self {
        Self {
            event_id: Some(id),
            key_id: None,
        }
    }

    /// The id of the key that was used; not the key.
    pub(crate) fn key(id: String) -> Self {
        Self {
            event_id: None,
            key_id: Some(id),
        }
    }
}

/// The pattern of the route that answered, such as `/hooks/ticketpark/:token`.
pub(crate) fn route_of(response: &Response) -> Arc<str> {
    response
        .data::<PathPattern>()
        .map_or_else(|| Arc::from("(none)"), |pattern| Arc::clone(&pattern.0))
}

/// The name of a method, if it is one of HTTP's own: anything else is the client's text.
pub(crate) fn method_name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "OTHER",
    }
}

/// Writes the line.
pub(crate) fn write(
    method: &'static str,
    route: &str,
    id: Uuid,
    response: &Response,
    took: Duration,
) {
    let fields = response.data::<LogFields>().cloned().unwrap_or_default();
    let milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    tracing::info!(
        target: "cuebook_server::request",
        method,
        route,
        status = response.status().as_u16(),
        milliseconds,
        request_id = %id,
        event_id = fields.event_id.map(tracing::field::display),
        key_id = fields.key_id,
        "request"
    );
}
