//! `smtp.url`: where mail goes, how it is encrypted, and who logs in.

use std::net::IpAddr;

use cuebook_core::secret::SecretText;
use percent_encoding::percent_decode_str;
use url::{Host, Url};

use crate::error::EffectError;
use crate::settings::SmtpSettings;

/// How a connection is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encryption {
    /// TLS from the first byte (`smtps://`).
    Implicit,
    /// STARTTLS, without which nothing is sent.
    Required,
    /// None.
    Plain,
}

/// Where mail goes.
#[derive(Debug, Clone)]
pub(super) struct Endpoint {
    /// The server's name or address, also the name in its certificate.
    pub(super) host: String,
    /// Its port.
    pub(super) port: u16,
    /// How the connection is encrypted.
    pub(super) encryption: Encryption,
    /// User and password, if there are any.
    pub(super) login: Option<(String, SecretText)>,
}

impl Endpoint {
    /// Reads the URL: `smtps://user:password@host` (port 465), `smtp://host?tls=required` (587), and `smtp://localhost`
    /// (25), which is plain. Plain connections go to this machine only, unless they are allowed; elsewhere `smtp://` means
    /// STARTTLS.
    pub(super) fn read(settings: &SmtpSettings) -> Result<Self, EffectError> {
        let problem = |why: &str| EffectError::Smtp(why.to_owned());
        let url = Url::parse(settings.url.reveal())
            .map_err(|error| EffectError::Smtp(format!("it cannot be read: {error}")))?;
        // The scheme is not one that the URL standard knows, so an address in the host is still a text.
        let host = Host::parse(url.host_str().unwrap_or_default())
            .map_err(|_| problem("it has no host"))?;
        let local = is_local(&host);
        let encryption = match (url.scheme(), tls_option(&url)?.as_deref()) {
            ("smtps", None | Some("required")) => Encryption::Implicit,
            ("smtps", Some(_)) => return Err(problem("smtps:// is always encrypted")),
            ("smtp", None | Some("none")) if local || settings.allow_plain => Encryption::Plain,
            ("smtp", None | Some("required")) => Encryption::Required,
            ("smtp", Some("none")) => {
                return Err(problem(
                    "a connection without TLS leaves this machine; use smtps:// or ?tls=required, or allow it",
                ));
            }
            ("smtp", Some(_)) => return Err(problem("tls is \"required\" or \"none\"")),
            _ => return Err(problem("it begins with smtps:// or smtp://")),
        };
        Ok(Self {
            host: match host {
                Host::Ipv6(ip) => ip.to_string(),
                host => host.to_string(),
            },
            port: url.port().unwrap_or(match encryption {
                Encryption::Implicit => 465,
                Encryption::Required => 587,
                Encryption::Plain => 25,
            }),
            encryption,
            login: login(&url)?,
        })
    }
}

fn tls_option(url: &Url) -> Result<Option<String>, EffectError> {
    let mut tls = None;
    for (name, value) in url.query_pairs() {
        if name != "tls" {
            return Err(EffectError::Smtp(format!(
                "it has no option {name:?}; there is tls"
            )));
        }
        tls = Some(value.into_owned());
    }
    Ok(tls)
}

fn login(url: &Url) -> Result<Option<(String, SecretText)>, EffectError> {
    if url.username().is_empty() && url.password().is_none() {
        return Ok(None);
    }
    let decoded = |text: &str| {
        percent_decode_str(text)
            .decode_utf8()
            .map(std::borrow::Cow::into_owned)
            .map_err(|_| EffectError::Smtp("user or password is no text".to_owned()))
    };
    let password = url
        .password()
        .ok_or_else(|| EffectError::Smtp("it has a user and no password".to_owned()))?;
    Ok(Some((
        decoded(url.username())?,
        SecretText::new(decoded(password)?),
    )))
}

fn is_local(host: &Host<String>) -> bool {
    match host {
        Host::Domain(name) => name == "localhost",
        Host::Ipv4(ip) => IpAddr::V4(*ip).is_loopback(),
        Host::Ipv6(ip) => IpAddr::V6(*ip).is_loopback(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(url: &str, allow_plain: bool) -> Result<Endpoint, String> {
        Endpoint::read(&SmtpSettings {
            url: SecretText::new(url),
            from: None,
            allow_plain,
        })
        .map_err(|error| error.to_string())
    }

    fn place(url: &str, allow_plain: bool) -> (String, u16, Encryption) {
        let endpoint = read(url, allow_plain).unwrap();
        (endpoint.host, endpoint.port, endpoint.encryption)
    }

    #[test]
    fn nothing_leaves_this_machine_in_plain_unless_it_is_allowed() {
        let place = |url, allow| {
            let (_, port, encryption) = place(url, allow);
            (port, encryption)
        };
        assert_eq!(
            place("smtps://mail.example.org", false),
            (465, Encryption::Implicit)
        );
        assert_eq!(
            place("smtp://mail.example.org?tls=required", false),
            (587, Encryption::Required)
        );
        assert_eq!(
            place("smtp://mail.example.org", false),
            (587, Encryption::Required)
        );
        assert_eq!(
            place("smtp://mail.example.org", true),
            (25, Encryption::Plain)
        );
        assert_eq!(
            place("smtp://mail.example.org:2525?tls=none", true),
            (2525, Encryption::Plain)
        );
        assert!(read("smtp://mail.example.org?tls=none", false).is_err());
        for local in [
            "smtp://localhost:1025",
            "smtp://127.0.0.1:1025",
            "smtp://[::1]:1025",
        ] {
            assert_eq!(place(local, false), (1025, Encryption::Plain), "{local}");
        }
        assert_eq!(
            place("smtp://localhost:1025?tls=required", false),
            (1025, Encryption::Required)
        );
        assert_eq!(super::tests::place("smtp://[::1]", false).0, "::1");
    }

    #[test]
    fn user_and_password_are_decoded() {
        let endpoint = read(
            "smtps://tom%40example.org:p%2Fw%C3%A9@mail.example.org",
            false,
        )
        .unwrap();
        let (user, password) = endpoint.login.unwrap();
        assert_eq!(
            (user.as_str(), password.reveal()),
            ("tom@example.org", "p/wé")
        );
    }

    #[test]
    fn what_cannot_be_used_says_why_without_the_password() {
        for url in [
            "",
            "mail.example.org",
            "http://mail.example.org",
            "smtp://",
            "smtp://user:geheim@mail.example.org?tls=maybe",
            "smtp://user:geheim@mail.example.org?tsl=required",
            "smtps://user:geheim@mail.example.org?tls=none",
            "smtp://user@mail.example.org",
            "smtps://user:geheim@mail.example.org:99999",
        ] {
            let message = read(url, false).unwrap_err();
            assert!(message.starts_with("smtp.url: "), "{message}");
            assert!(!message.contains("geheim"), "{message}");
        }
    }
}
