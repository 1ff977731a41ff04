//! TLS with certificates of the operator's own.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use cuebook_server::{ServerLimits, TlsFiles};
use reqwest::{Client, Version};
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::harness::Running;

/// How often a test looks again for what must come soon.
const LOOKS: u32 = 500;

/// A folder with a certificate for `localhost` and its key.
struct Certificate {
    folder: TempDir,
}

impl Certificate {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let new = Self { folder };
        new.renew();
        new
    }

    fn files(&self) -> TlsFiles {
        TlsFiles {
            cert: self.folder.path().join("cert.pem"),
            key: self.folder.path().join("key.pem"),
        }
    }

    /// Puts another certificate in its place, and gives what believes it alone.
    fn renew(&self) -> Client {
        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        write(&self.files().cert, &made.cert.pem());
        write(&self.files().key, &made.signing_key.serialize_pem());
        believing(made.cert.der().clone())
    }
}

fn write(path: &Path, text: &str) {
    std::fs::write(path, text).unwrap();
}

fn believing(certificate: CertificateDer<'static>) -> Client {
    let mut roots = RootCertStore::empty();
    roots.add(certificate).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut tls = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    tls.alpn_protocols = vec![b"h2".to_vec()];
    Client::builder()
        .no_proxy()
        .tls_backend_preconfigured(tls)
        .pool_max_idle_per_host(0)
        .build()
        .unwrap()
}

async fn start(certificate: &Certificate) -> Running {
    Running::configured(|parts| {
        parts.settings.tls = Some(certificate.files());
        parts.settings.limits = ServerLimits {
            certificate_every: Duration::from_millis(10),
            handshake_time: Duration::from_millis(100),
            ..ServerLimits::default()
        };
    })
    .await
}

fn url(running: &Running) -> String {
    running.url.replace("http://127.0.0.1", "https://localhost") + "/healthz"
}

#[tokio::test]
async fn what_is_asked_over_tls_is_answered_and_in_plain_words_not() {
    let certificate = Certificate::new();
    let client = certificate.renew();
    let running = start(&certificate).await;
    let answer = client.get(url(&running)).send().await.unwrap();
    assert_eq!(
        (answer.status().as_u16(), answer.version()),
        (200, Version::HTTP_2)
    );
    let plain = running.client.get(format!("{}/healthz", running.url));
    assert!(plain.send().await.is_err());
    let stranger = believing(
        rcgen::generate_simple_self_signed(vec!["localhost".to_owned()])
            .unwrap()
            .cert
            .der()
            .clone(),
    );
    assert!(stranger.get(url(&running)).send().await.is_err());
}

#[tokio::test]
async fn a_changed_certificate_is_in_force_without_a_restart() {
    let certificate = Certificate::new();
    let running = start(&certificate).await;
    let client = certificate.renew();
    for _ in 0..LOOKS {
        if client.get(url(&running)).send().await.is_ok() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the former certificate is still in force");
}

#[tokio::test]
async fn a_change_that_cannot_be_used_leaves_the_former_certificate_in_force() {
    let certificate = Certificate::new();
    let client = certificate.renew();
    let running = start(&certificate).await;
    let other = Certificate::new();
    let foreign = std::fs::read_to_string(other.files().key).unwrap();
    for (path, text) in [
        (certificate.files().key, foreign.as_str()),
        (certificate.files().cert, "no certificate"),
    ] {
        write(&path, text);
        tokio::time::sleep(Duration::from_millis(50)).await;
        let answer = client.get(url(&running)).send().await;
        assert_eq!(answer.unwrap().status(), 200);
    }
}

#[tokio::test]
async fn who_does_not_shake_hands_is_let_go() {
    let certificate = Certificate::new();
    let running = start(&certificate).await;
    let address = running.url.strip_prefix("http://").unwrap();
    for words in [&b""[..], b"\x16\x03\x01\x02\x00"] {
        let mut silent = TcpStream::connect(address).await.unwrap();
        silent.write_all(words).await.unwrap();
        let closed = tokio::time::timeout(Duration::from_secs(5), async {
            // A reset is as good an end as any.
            let _ = silent.read_to_end(&mut Vec::new()).await;
        });
        assert!(closed.await.is_ok());
    }
}

#[tokio::test]
async fn without_a_certificate_that_can_be_used_nothing_starts() {
    let certificate = Certificate::new();
    let other = Certificate::new();
    let TlsFiles { cert, key } = certificate.files();
    for (files, told) in [
        (
            TlsFiles {
                cert: "/nowhere/cert.pem".into(),
                key: key.clone(),
            },
            "/nowhere/cert.pem",
        ),
        (
            TlsFiles {
                cert: key.clone(),
                key: key.clone(),
            },
            "no certificate",
        ),
        (
            TlsFiles {
                cert: cert.clone(),
                key: cert.clone(),
            },
            "no private key",
        ),
        (
            TlsFiles {
                cert,
                key: other.files().key,
            },
            "cannot be used together",
        ),
    ] {
        let refused = Running::try_configured(|parts| parts.settings.tls = Some(files)).await;
        let Err(error) = refused else {
            panic!("it started with {told}");
        };
        assert!(error.to_string().contains(told), "{error}");
    }
}
