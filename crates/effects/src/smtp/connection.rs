//! One SMTP connection, phase by phase, each within its time.

use std::time::Duration;

use lettre::Address;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Noop, Quit, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::Response;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::timeout;

use super::endpoint::{Encryption, Endpoint};
use super::fault::{Fault, Phase};
use crate::mail::Envelope;
use crate::settings::SmtpLimits;

/// The block in which a message is handed over, in bytes: each has its own time.
const BLOCK: usize = 64 * 1024;

/// How long a farewell may take.
const FAREWELL: Duration = Duration::from_secs(1);

/// A connection that is greeted, encrypted and logged in.
pub(super) struct Connection {
    smtp: AsyncSmtpConnection,
    limits: SmtpLimits,
}

impl Connection {
    /// Connects, encrypts and logs in.
    pub(super) async fn open(
        endpoint: &Endpoint,
        tls: &TlsParameters,
        limits: SmtpLimits,
    ) -> Result<Self, Fault> {
        let hello = ClientId::default();
        let smtp = match endpoint.encryption {
            Encryption::Implicit => implicit(endpoint, tls, &hello, limits).await?,
            Encryption::Required | Encryption::Plain => clear(endpoint, &hello, limits).await?,
        };
        let mut connection = Self { smtp, limits };
        if endpoint.encryption == Encryption::Required {
            connection.encrypt(tls, &hello).await?;
        }
        if let Some((user, password)) = &endpoint.login {
            let credentials = Credentials::new(user.clone(), password.reveal().to_owned());
            let login = connection
                .smtp
                .auth(&[Mechanism::Plain, Mechanism::Login], &credentials);
            within(Phase::Login, limits.command, login).await?;
        }
        Ok(connection)
    }

    /// Whether the other side still answers.
    pub(super) async fn is_alive(&mut self) -> bool {
        let noop = self.smtp.command(Noop);
        within(Phase::Greeting, self.limits.alive, noop)
            .await
            .is_ok()
    }

    /// Sends one mail. After a failure the connection is of no more use.
    pub(super) async fn send(
        &mut self,
        envelope: &Envelope,
        message: &[u8],
    ) -> Result<Response, Fault> {
        let from = address(&envelope.from)?;
        self.command(Mail::new(Some(from), Vec::new())).await?;
        for (index, recipient) in envelope.to.iter().enumerate() {
            let recipient = address(recipient)?;
            let domain = recipient.domain().to_owned();
            let accepted = self.command(Rcpt::new(recipient, Vec::new())).await;
            accepted.map_err(|fault| fault.of_recipient(index + 1, envelope.to.len(), &domain))?;
        }
        self.command(Data).await?;
        self.message(message).await
    }

    /// Says goodbye and closes.
    pub(super) async fn quit(mut self) {
        // Whether it is heard does not matter.
        let _ = timeout(FAREWELL, self.smtp.command(Quit)).await;
    }

    async fn encrypt(&mut self, tls: &TlsParameters, hello: &ClientId) -> Result<(), Fault> {
        if !self.smtp.can_starttls() {
            return Err(Fault::NoEncryption);
        }
        let limit = self.limits.command;
        within(
            Phase::Encrypt,
            limit,
            self.smtp.starttls(tls.clone(), hello),
        )
        .await
    }

    async fn command<C: std::fmt::Display>(&mut self, command: C) -> Result<Response, Fault> {
        let limit = self.limits.command;
        within(Phase::Envelope, limit, self.smtp.command(command)).await
    }

    /// Hands over the message block by block. The library asks for the next block when the one before is written, so
    /// asking tells how far it came; when it finds no further one, it writes the final dot.
    async fn message(&mut self, message: &[u8]) -> Result<Response, Fault> {
        let limits = self.limits;
        let (progress, mut seen) = watch::channel(Phase::Message);
        // The library adds a line end before the dot.
        let message = message.strip_suffix(b"\r\n").unwrap_or(message);
        let mut blocks = message.chunks(BLOCK);
        let blocks = std::iter::from_fn(move || {
            let block = blocks.next();
            let phase = if block.is_some() {
                Phase::Message
            } else {
                Phase::Dot
            };
            progress.send_replace(phase);
            block
        });
        let sending = self.smtp.message_iter(blocks);
        tokio::pin!(sending);
        loop {
            let phase = *seen.borrow_and_update();
            let limit = if phase == Phase::Dot {
                limits.dot
            } else {
                limits.data
            };
            tokio::select! {
                // What came is looked at before what is late.
                biased;
                sent = &mut sending => {
                    let phase = *seen.borrow();
                    return sent.map_err(|error| Fault::Smtp(phase, error));
                }
                changed = seen.changed(), if phase != Phase::Dot => {
                    // The sender lives as long as the library's future does.
                    let _ = changed;
                }
                () = tokio::time::sleep(limit) => return Err(Fault::Late(phase, limit)),
            }
        }
    }
}

/// TLS from the first byte: the library connects, encrypts and reads the greeting in one.
async fn implicit(
    endpoint: &Endpoint,
    tls: &TlsParameters,
    hello: &ClientId,
    limits: SmtpLimits,
) -> Result<AsyncSmtpConnection, Fault> {
    let connecting = AsyncSmtpConnection::connect_tokio1(
        (endpoint.host.as_str(), endpoint.port),
        Some(limits.connect),
        hello,
        Some(tls.clone()),
        None,
    );
    within(Phase::Greeting, limits.connect + limits.command, connecting).await
}

async fn clear(
    endpoint: &Endpoint,
    hello: &ClientId,
    limits: SmtpLimits,
) -> Result<AsyncSmtpConnection, Fault> {
    let connecting = TcpStream::connect((endpoint.host.as_str(), endpoint.port));
    let stream = timeout(limits.connect, connecting)
        .await
        .map_err(|_| Fault::Late(Phase::Connect, limits.connect))?
        .map_err(Fault::Unreachable)?;
    let greeting = AsyncSmtpConnection::connect_with_transport(Box::new(stream), hello);
    within(Phase::Greeting, limits.command, greeting).await
}

async fn within<T>(
    phase: Phase,
    limit: Duration,
    work: impl Future<Output = Result<T, lettre::transport::smtp::Error>>,
) -> Result<T, Fault> {
    timeout(limit, work)
        .await
        .map_err(|_| Fault::Late(phase, limit))?
        .map_err(|error| Fault::Smtp(phase, error))
}

fn address(text: &str) -> Result<Address, Fault> {
    text.parse().map_err(|_| Fault::Address(text.to_owned()))
}
