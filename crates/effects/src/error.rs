//! What can be wrong with the settings of effects.

/// Why [`crate::Effects`] cannot be built.
#[derive(Debug, thiserror::Error)]
pub enum EffectError {
    /// `smtp.url` cannot be used. The message never holds its password.
    #[error("smtp.url: {0}")]
    Smtp(String),
    /// An extra root certificate is no PEM certificate.
    #[error("an extra root certificate cannot be read: {0}")]
    Root(String),
    /// TLS cannot be set up.
    #[error("TLS cannot be set up")]
    Tls(#[from] rustls::Error),
    /// The HTTP client cannot be built.
    #[error("the HTTP client cannot be built")]
    Client(#[from] reqwest::Error),
    /// The mail client's TLS cannot be set up.
    #[error("the mail client's TLS cannot be set up")]
    MailTls(#[from] lettre::transport::smtp::Error),
}
