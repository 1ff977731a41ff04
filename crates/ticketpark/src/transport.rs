//! The HTTP client that this client wants: TLS by rustls with the roots in the binary, no redirect, no proxy, bounded
//! times. A caller may hand in its own instead, for example one that holds an egress policy.

use std::sync::Arc;
use std::time::Duration;

use reqwest::redirect::Policy;
use rustls::{ClientConfig, RootCertStore};

/// How long connecting may take.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a request may take in all, as in Ticketpark's PHP client.
pub const TIMEOUT: Duration = Duration::from_secs(30);

/// Why no HTTP client could be built.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// The TLS library refused its settings.
    #[error("TLS could not be set up")]
    Tls(#[from] rustls::Error),
    /// The HTTP library refused its settings.
    #[error("the HTTP client could not be built")]
    Http(#[from] reqwest::Error),
}

/// Builds an HTTP client fit for [`crate::Client::new`].
pub fn transport() -> Result<reqwest::Client, TransportError> {
    let roots: RootCertStore = webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let client = reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(TIMEOUT)
        .redirect(Policy::none())
        .no_proxy()
        .referer(false)
        .user_agent(concat!("cuebook/", env!("CARGO_PKG_VERSION")))
        .build()?;
    Ok(client)
}
