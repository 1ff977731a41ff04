//! Whether messages may be forwarded to a URL. The policy is known where they are sent, which is not here.

use std::fmt;
use std::sync::Arc;

/// Decides about a URL; an error says what is wrong with it.
type Check = dyn Fn(&str) -> Result<(), String> + Send + Sync;

/// Decides about the URLs of endpoints.
#[derive(Clone)]
pub struct EndpointUrls(Arc<Check>);

impl EndpointUrls {
    /// Decides as `check` does.
    pub fn new(check: impl Fn(&str) -> Result<(), String> + Send + Sync + 'static) -> Self {
        Self(Arc::new(check))
    }

    /// Whether `url` may be one; an error says what is wrong with it.
    pub(crate) fn check(&self, url: &str) -> Result<(), String> {
        (self.0)(url)
    }
}

impl Default for EndpointUrls {
    /// HTTPS and nothing else.
    fn default() -> Self {
        Self::new(|url| {
            if url.starts_with("https://") {
                Ok(())
            } else {
                Err("it does not begin with https://".to_owned())
            }
        })
    }
}

impl fmt::Debug for EndpointUrls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EndpointUrls")
    }
}
