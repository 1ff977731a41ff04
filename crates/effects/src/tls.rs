//! TLS of all outgoing connections: rustls on ring, with the root certificates in the binary.

use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

use crate::error::EffectError;

/// The configuration for HTTPS: Mozilla's roots and `extra` ones.
pub(crate) fn client_config(extra: &[Vec<u8>]) -> Result<ClientConfig, EffectError> {
    let mut roots = RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    };
    for pem in extra {
        for certificate in certificates(pem)? {
            roots.add(certificate)?;
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

/// The certificates in `pem`, of which there must be one at least.
pub(crate) fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, EffectError> {
    let found: Vec<_> = CertificateDer::pem_slice_iter(pem)
        .collect::<Result<_, _>>()
        .map_err(|error| EffectError::Root(error.to_string()))?;
    if found.is_empty() {
        return Err(EffectError::Root(
            "there is no certificate in it".to_owned(),
        ));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_extra_root_that_is_no_certificate_is_refused() {
        assert!(client_config(&[]).is_ok());
        for rubbish in [
            &b""[..],
            b"rubbish",
            b"-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----\n",
        ] {
            assert!(client_config(&[rubbish.to_vec()]).is_err(), "{rubbish:?}");
        }
    }
}
