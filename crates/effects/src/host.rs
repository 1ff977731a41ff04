//! Which host a call or a send turns to, for whoever counts how often that is done.

use cuebook_core::Value;
use url::Url;

use crate::effects::{Delivery, Effects};
use crate::http::{Head, authority};

/// The namespace of the calls that go to a URL of the script's.
const CALLS: &str = "http::";
/// The send that does.
const SEND: &str = "webhook::send";

impl Effects {
    /// The host, with its port, that a call turns to. `None` for what does not go to a URL of the script's.
    pub fn host_of_call(&self, function: &str, arguments: &[Value]) -> Option<String> {
        if !function.starts_with(CALLS) {
            return None;
        }
        let url = arguments.first()?.as_text()?;
        Url::parse(url).ok().as_ref().map(authority)
    }

    /// The host, with its port, that a send turns to. `None` for what does not go to a URL of the script's.
    pub fn host_of_send(&self, send: &Delivery<'_>) -> Option<String> {
        if send.kind != SEND {
            return None;
        }
        let head: Head = serde_json::from_value(send.envelope.clone()).ok()?;
        Some(authority(&head.url))
    }
}
