//! TLS with the operator's own certificate: read at the start, and again whenever its files change.
//!
//! A change is looked for every few seconds, by content, so that it does not matter how the files are replaced. While a new
//! certificate and its key do not belong together, as between the writing of the two, the former ones stay in force.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use sha2::{Digest, Sha256};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_util::sync::CancellationToken;

/// What can be spoken over TLS, in the order in which it is liked.
const PROTOCOLS: [&[u8]; 2] = [b"h2", b"http/1.1"];

/// Where certificate and key are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate and those that lead to its root, as PEM.
    pub cert: PathBuf,
    /// Its private key, as PEM.
    pub key: PathBuf,
}

/// Why TLS cannot be spoken with the files that were named.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read.
    #[error("cannot read {}", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// There is no certificate in the file.
    #[error("{} holds no certificate in PEM", .0.display())]
    NoCertificate(PathBuf),
    /// There is no private key in the file.
    #[error("{} holds no private key in PEM", .0.display())]
    NoKey(PathBuf),
    /// They do not belong together, or cannot be used.
    #[error("certificate and key cannot be used together")]
    Unusable(#[source] rustls::Error),
}

/// The certificate in force.
pub(crate) struct Tls {
    files: TlsFiles,
    config: ArcSwap<ServerConfig>,
}

/// What both files hold, in short.
type Seen = [u8; 32];

impl Tls {
    /// Reads the files.
    pub(crate) async fn load(files: TlsFiles) -> Result<Self, TlsError> {
        let (config, _) = read(&files).await?;
        Ok(Self {
            files,
            config: ArcSwap::from_pointee(config),
        })
    }

    /// Shakes hands with whoever has connected; `None` if that fails or takes too long.
    pub(crate) async fn shake_hands(
        &self,
        stream: TcpStream,
        time: Duration,
    ) -> Option<TlsStream<TcpStream>> {
        let acceptor = TlsAcceptor::from(self.config.load_full());
        // What goes wrong is the client's business: there is nobody to tell it to.
        tokio::time::timeout(time, acceptor.accept(stream))
            .await
            .ok()?
            .ok()
    }

    /// Looks every so often whether the files have changed, until the server stops.
    pub(crate) async fn watch(self: Arc<Self>, every: Duration, stop: CancellationToken) {
        let mut seen = None;
        while stop
            .run_until_cancelled(tokio::time::sleep(every))
            .await
            .is_some()
        {
            let found = fingerprint(&self.files).await.ok();
            if found.is_none() || found == seen {
                continue;
            }
            match read(&self.files).await {
                Ok((config, now)) => {
                    let is_first = seen.is_none();
                    seen = Some(now);
                    self.config.store(Arc::new(config));
                    if !is_first {
                        tracing::info!("a changed certificate is in force");
                    }
                }
                Err(error) => {
                    // Told once for each change that cannot be used.
                    seen = found;
                    let error: &dyn std::error::Error = &error;
                    tracing::warn!(
                        error,
                        "the changed certificate cannot be used; the former one stays"
                    );
                }
            }
        }
    }
}

async fn fingerprint(files: &TlsFiles) -> Result<Seen, TlsError> {
    Ok(seen(&bytes(&files.cert).await?, &bytes(&files.key).await?))
}

fn seen(cert: &[u8], key: &[u8]) -> Seen {
    let mut digest = Sha256::new();
    digest.update(u64::try_from(cert.len()).unwrap_or(u64::MAX).to_be_bytes());
    digest.update(cert);
    digest.update(key);
    digest.finalize().into()
}

async fn bytes(path: &Path) -> Result<Vec<u8>, TlsError> {
    let path = path.to_owned();
    tokio::fs::read(&path)
        .await
        .map_err(|source| TlsError::Unreadable { path, source })
}

async fn read(files: &TlsFiles) -> Result<(ServerConfig, Seen), TlsError> {
    let (cert, key) = (bytes(&files.cert).await?, bytes(&files.key).await?);
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(&cert)
        .collect::<Result<_, _>>()
        .map_err(|_| TlsError::NoCertificate(files.cert.clone()))?;
    if chain.is_empty() {
        return Err(TlsError::NoCertificate(files.cert.clone()));
    }
    let private =
        PrivateKeyDer::from_pem_slice(&key).map_err(|_| TlsError::NoKey(files.key.clone()))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(TlsError::Unusable)?
        .with_no_client_auth()
        .with_single_cert(chain, private)
        .map_err(TlsError::Unusable)?;
    config.alpn_protocols = PROTOCOLS.iter().map(|name| name.to_vec()).collect();
    Ok((config, seen(&cert, &key)))
}
