//! Speaks TLS with the server of this machine: by its own address, under the name that its certificate has, and believing
//! that certificate alone.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, anyhow};
use reqwest::redirect::Policy;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use url::{Host, Url};

/// How long connecting may take.
const CONNECT: Duration = Duration::from_secs(5);
/// How long an answer may take.
const ANSWER: Duration = Duration::from_secs(30);

/// What speaks to the server at `url`, and the URL to use: with the host of `public`, where that is a name.
pub(super) fn client(
    url: &str,
    public: Option<&Url>,
    cert: &Path,
) -> anyhow::Result<(String, reqwest::Client)> {
    let mut url = Url::parse(url).context("the server's address cannot be read")?;
    let address = address(&url)?;
    let mut builder = reqwest::Client::builder()
        .tls_backend_preconfigured(believing(cert)?)
        .connect_timeout(CONNECT)
        .timeout(ANSWER)
        .redirect(Policy::none())
        .no_proxy();
    if let Some(Host::Domain(name)) = public.and_then(Url::host) {
        url.set_host(Some(name))
            .with_context(|| format!("`public_url` has the host {name}, which is none"))?;
        builder = builder.resolve(name, address);
    }
    let http = builder.build().context("cannot speak TLS")?;
    Ok((url.as_str().trim_end_matches('/').to_owned(), http))
}

fn address(url: &Url) -> anyhow::Result<SocketAddr> {
    let addresses = url.socket_addrs(|| None)?;
    addresses
        .into_iter()
        .next()
        .ok_or_else(|| anyhow!("{url} has no address"))
}

/// Believes what the certificates in the file `cert` vouch for.
fn believing(cert: &Path) -> anyhow::Result<ClientConfig> {
    let mut roots = RootCertStore::empty();
    let certificates = CertificateDer::pem_file_iter(cert)
        .with_context(|| format!("cannot read {}", cert.display()))?;
    for certificate in certificates {
        let certificate = certificate.with_context(|| format!("cannot read {}", cert.display()))?;
        roots
            .add(certificate)
            .with_context(|| format!("{} holds something else", cert.display()))?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    Ok(ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth())
}
