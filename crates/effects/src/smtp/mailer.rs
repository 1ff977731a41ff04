//! Delivers mails over a few connections; one that is idle is kept a while for the next mail.

use std::sync::{Mutex, PoisonError};

use cuebook_core::failure::AttemptError;
use lettre::transport::smtp::client::{Certificate, CertificateStore, TlsParameters};
use lettre::transport::smtp::response::Response;
use tokio::sync::Semaphore;
use tokio::time::Instant;

use super::connection::Connection;
use super::endpoint::Endpoint;
use super::fault::Fault;
use crate::effects::Delivered;
use crate::error::EffectError;
use crate::http::excerpt;
use crate::mail::Envelope;
use crate::settings::{SmtpLimits, SmtpSettings};
use crate::tls;

/// Delivers mails to one server.
pub(crate) struct Mailer {
    endpoint: Endpoint,
    tls: TlsParameters,
    limits: SmtpLimits,
    places: Semaphore,
    idle: Mutex<Vec<(Connection, Instant)>>,
}

impl Mailer {
    /// Reads the settings; connects to nothing.
    pub(crate) fn new(
        settings: &SmtpSettings,
        extra_roots: &[Vec<u8>],
        limits: SmtpLimits,
    ) -> Result<Self, EffectError> {
        let endpoint = Endpoint::read(settings)?;
        let mut tls = TlsParameters::builder(endpoint.host.clone())
            .certificate_store(CertificateStore::WebpkiRoots);
        for pem in extra_roots {
            // Says what is wrong with it, where the library would take nothing for a certificate.
            tls::certificates(pem)?;
            tls = tls.add_root_certificate(Certificate::from_pem(pem)?);
        }
        Ok(Self {
            tls: tls.build()?,
            endpoint,
            limits,
            places: Semaphore::new(limits.connections.max(1)),
            idle: Mutex::new(Vec::new()),
        })
    }

    /// One attempt to deliver `message`.
    pub(crate) async fn deliver(
        &self,
        envelope: &Envelope,
        message: &[u8],
    ) -> Result<Delivered, AttemptError> {
        // The semaphore is never closed, so a place is always had.
        let _place = self.places.acquire().await;
        let mut connection = self.connection().await.map_err(|fault| fault.decide())?;
        match connection.send(envelope, message).await {
            Ok(response) => {
                self.keep(connection);
                Ok(delivered(&response))
            }
            Err(fault) => {
                if matches!(
                    fault,
                    Fault::Smtp(_, _) | Fault::Recipient { .. } | Fault::Address(_)
                ) {
                    connection.quit().await;
                }
                Err(fault.decide())
            }
        }
    }

    /// Connects, encrypts and logs in, and goes again without having sent anything.
    pub(crate) async fn greet(&self) -> Result<(), AttemptError> {
        let opened = Connection::open(&self.endpoint, &self.tls, self.limits).await;
        opened.map_err(|fault| fault.decide())?.quit().await;
        Ok(())
    }

    /// An idle connection that still answers, or a new one.
    async fn connection(&self) -> Result<Connection, Fault> {
        while let Some(mut connection) = self.take_idle() {
            if connection.is_alive().await {
                return Ok(connection);
            }
        }
        Connection::open(&self.endpoint, &self.tls, self.limits).await
    }

    fn take_idle(&self) -> Option<Connection> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|(_, since)| since.elapsed() < self.limits.idle);
        idle.pop().map(|(connection, _)| connection)
    }

    fn keep(&self, connection: Connection) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.push((connection, Instant::now()));
    }
}

fn delivered(response: &Response) -> Delivered {
    let said: Vec<&str> = response.message().collect();
    Delivered {
        status: Some(u16::from(response.code())),
        answer: excerpt(said.join(" ").as_bytes()),
    }
}
