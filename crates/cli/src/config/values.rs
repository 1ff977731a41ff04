//! The typed configuration: what each gathered value means.

use std::fmt::Display;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use chrono::TimeDelta;
use chrono_tz::Tz;
use cuebook_core::secret::SecretText;
use cuebook_effects::AllowRule;
use cuebook_server::TlsFiles;
use cuebook_store::Retention;
use ipnet::IpNet;
use url::Url;

use super::gather::Gathered;
use super::roles::{Role, RulesSource, is_shared};
use super::{Alerts, Asking, ConfigError, address};
use crate::serve::Reserve;

/// The shortest key or token that is taken.
const SHORTEST_KEY: usize = 32;
/// The shortest lease that is taken.
const SHORTEST_LEASE: Duration = Duration::from_secs(3);
/// The longest lease that is taken.
const LONGEST_LEASE: Duration = Duration::from_hours(1);

/// What `cuebook` is to do, from file, environment and defaults.
#[derive(Debug)]
pub(crate) struct Config {
    /// Where to listen.
    pub(crate) listen: SocketAddr,
    /// The URL that others use, if it is not the one that follows from `listen`.
    pub(crate) public_url: Option<Url>,
    /// The certificate to speak TLS with.
    pub(crate) tls: Option<TlsFiles>,
    /// Whose word on a client's address is believed.
    pub(crate) trusted_proxies: Vec<IpNet>,
    /// The folder of database and keys.
    pub(crate) data_dir: PathBuf,
    /// The database, if it is not the one in the data folder.
    pub(crate) database_url: Option<SecretText>,
    /// How much of the database's disk is kept free.
    pub(crate) disk_reserve: Reserve,
    /// The folder of the rules.
    pub(crate) rules_dir: PathBuf,
    /// Where the rules come from.
    pub(crate) rules_source: RulesSource,
    /// What this process does.
    pub(crate) role: Role,
    /// After how long without a sign of life a node of several counts as dead.
    pub(crate) lease: Duration,
    /// Whether effects are performed.
    pub(crate) effects: EffectsMode,
    /// The configured key of the API.
    pub(crate) admin_key: Option<SecretText>,
    /// The configured token of the webhook's URL.
    pub(crate) hook_token: Option<SecretText>,
    /// The configured key of secrets at rest.
    pub(crate) secret_key: Option<SecretText>,
    /// The mail server and sender.
    pub(crate) smtp: Smtp,
    /// The locale of templates.
    pub(crate) default_locale: String,
    /// The time zone of rules.
    pub(crate) timezone: Tz,
    /// Ticketpark's API and who we are there.
    pub(crate) ticketpark: Ticketpark,
    /// What Cuebook itself asks of Ticketpark.
    pub(crate) asking: Asking,
    /// Who is told of what is wrong.
    pub(crate) alerts: Alerts,
    /// What rules may reach although it is private.
    pub(crate) egress_allow: Vec<AllowRule>,
    /// How long what is kept.
    pub(crate) retention: Retention,
    /// How much is logged.
    pub(crate) log: String,
    /// In which form.
    pub(crate) log_format: LogFormat,
}

/// Whether effects are performed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EffectsMode {
    /// They are.
    Perform,
    /// They are recorded only.
    Capture,
}

/// The form of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LogFormat {
    /// For people.
    Text,
    /// For machines, one object a line.
    Json,
}

/// The mail server and sender.
#[derive(Debug)]
pub(crate) struct Smtp {
    /// The server; mails are captured without one.
    pub(crate) url: Option<SecretText>,
    /// The sender where a rule names none.
    pub(crate) from: Option<String>,
    /// Whether mails may leave this machine unencrypted.
    pub(crate) allow_plain: bool,
}

/// Ticketpark's API and who we are there.
#[derive(Debug)]
pub(crate) struct Ticketpark {
    /// Its base URL.
    pub(crate) url: Url,
    /// Client key and secret; both or neither.
    pub(crate) client: Option<(String, SecretText)>,
    /// The user that logs in.
    pub(crate) username: Option<String>,
}

impl Config {
    /// Reads what was gathered.
    pub(crate) fn read(gathered: &Gathered) -> Result<Self, ConfigError> {
        let from = Reader(gathered);
        let ticketpark = from.ticketpark()?;
        let database_url = from.optional("database_url", secret)?;
        let database = database_url.as_ref().map(SecretText::reveal);
        Ok(Self {
            listen: from.required("listen", address::parse)?,
            public_url: from.optional("public_url", address::http_url)?,
            tls: from.tls()?,
            trusted_proxies: from
                .optional("trusted_proxies", networks)?
                .unwrap_or_default(),
            data_dir: from.required("data_dir", parsed)?,
            disk_reserve: from
                .optional("disk_reserve", Reserve::read)?
                .unwrap_or(Reserve::Usual),
            rules_dir: from.required("rules_dir", parsed)?,
            rules_source: from
                .optional("rules_source", RulesSource::read)?
                .unwrap_or(RulesSource::on(database)),
            role: from.required("role", |text| match Role::read(text)? {
                Role::All => Ok(Role::All),
                _ if !is_shared(database) => Err(
                    "one process alone may use an SQLite file: set `database_url` to a Postgres, or leave `role` out".to_owned(),
                ),
                role => Ok(role),
            })?,
            database_url,
            lease: from.required("lease", lease)?,
            effects: from.required("effects", |text| match text {
                "perform" => Ok(EffectsMode::Perform),
                "capture" => Ok(EffectsMode::Capture),
                _ => Err("write `perform` or `capture`".to_owned()),
            })?,
            admin_key: from.optional("admin_key", long_enough)?,
            hook_token: from.optional("hook_token", url_safe)?,
            secret_key: from.optional("secret_key", secret)?,
            smtp: Smtp {
                url: from.optional("smtp.url", secret)?,
                from: from.optional("smtp.from", parsed)?,
                allow_plain: from.required("smtp.allow_plain", parsed)?,
            },
            default_locale: from.required("default_locale", parsed)?,
            timezone: from.required("timezone", parsed)?,
            asking: Asking::read(gathered, ticketpark.client.is_some())?,
            ticketpark,
            alerts: Alerts::read(gathered)?,
            egress_allow: from
                .optional("egress.allow", allow_rules)?
                .unwrap_or_default(),
            retention: from.retention()?,
            log: from.required("log", parsed)?,
            log_format: from.required("log_format", |text| match text {
                "text" => Ok(LogFormat::Text),
                "json" => Ok(LogFormat::Json),
                _ => Err("write `text` or `json`".to_owned()),
            })?,
        })
    }
}

/// Reads single values.
struct Reader<'a>(&'a Gathered);

impl Reader<'_> {
    fn optional<T>(
        &self,
        key: &'static str,
        read: impl FnOnce(&str) -> Result<T, String>,
    ) -> Result<Option<T>, ConfigError> {
        self.0.read_value(key, read)
    }

    fn required<T>(
        &self,
        key: &'static str,
        read: impl FnOnce(&str) -> Result<T, String>,
    ) -> Result<T, ConfigError> {
        self.optional(key, read)?
            .ok_or_else(|| ConfigError::Invalid {
                key,
                origin: "the configuration".to_owned(),
                why: "it is missing".to_owned(),
            })
    }

    fn tls(&self) -> Result<Option<TlsFiles>, ConfigError> {
        const CERT: &str = "tls.cert";
        const KEY: &str = "tls.key";
        let incomplete = |key, needed| Err(ConfigError::Incomplete { key, needed });
        match (self.optional(CERT, parsed)?, self.optional(KEY, parsed)?) {
            (Some(cert), Some(key)) => Ok(Some(TlsFiles { cert, key })),
            (None, None) => Ok(None),
            (Some(_), None) => incomplete(CERT, KEY),
            (None, Some(_)) => incomplete(KEY, CERT),
        }
    }

    fn retention(&self) -> Result<Retention, ConfigError> {
        const METADATA: &str = "retention.metadata";
        let payloads = self.required("retention.payloads", days)?;
        let metadata = self.required(METADATA, |text| {
            let metadata = days(text)?;
            if metadata < payloads {
                return Err("it must not be shorter than `retention.payloads`".to_owned());
            }
            Ok(metadata)
        })?;
        Ok(Retention { payloads, metadata })
    }

    fn ticketpark(&self) -> Result<Ticketpark, ConfigError> {
        const KEY: &str = "ticketpark.client_key";
        const SECRET: &str = "ticketpark.client_secret";
        let client = match (self.optional(KEY, parsed)?, self.optional(SECRET, secret)?) {
            (Some(key), Some(secret)) => Some((key, secret)),
            (None, None) => None,
            (Some(_), None) => {
                return Err(ConfigError::Incomplete {
                    key: KEY,
                    needed: SECRET,
                });
            }
            (None, Some(_)) => {
                return Err(ConfigError::Incomplete {
                    key: SECRET,
                    needed: KEY,
                });
            }
        };
        Ok(Ticketpark {
            url: self.required("ticketpark.url", address::http_url)?,
            client,
            username: self.optional("ticketpark.username", parsed)?,
        })
    }
}

/// Long enough for three signs of life, each of which may have to wait for its turn.
fn lease(text: &str) -> Result<Duration, String> {
    let seconds = match (text.strip_suffix('s'), text.strip_suffix('m')) {
        (Some(seconds), _) => seconds.parse().ok(),
        (_, Some(minutes)) => minutes.parse().ok().and_then(|m: u64| m.checked_mul(60)),
        _ => None,
    };
    let found = seconds.map(Duration::from_secs);
    let found = found.filter(|lease| (SHORTEST_LEASE..=LONGEST_LEASE).contains(lease));
    found.ok_or_else(|| "write a length of time from `3s` to `60m`".to_owned())
}

fn parsed<T: FromStr<Err: Display>>(text: &str) -> Result<T, String> {
    text.parse().map_err(|error: T::Err| error.to_string())
}

/// Whole days, from one to a hundred years.
fn days(text: &str) -> Result<TimeDelta, String> {
    let number = text
        .trim()
        .strip_suffix('d')
        .and_then(|number| number.parse().ok());
    let number = number.filter(|number| (1..=36_500).contains(number));
    number
        .map(TimeDelta::days)
        .ok_or_else(|| "write a number of days such as `30d`".to_owned())
}

/// Networks, or single addresses.
fn networks(text: &str) -> Result<Vec<IpNet>, String> {
    let items = text.split(',').map(str::trim);
    items
        .filter(|item| !item.is_empty())
        .map(|item| {
            let address = item.parse::<IpAddr>().map(IpNet::from);
            address
                .or_else(|_| item.parse())
                .map_err(|_| format!("`{item}` is no address and no network such as `10.0.0.0/8`"))
        })
        .collect()
}

fn allow_rules(text: &str) -> Result<Vec<AllowRule>, String> {
    text.split(',')
        .map(str::trim)
        .filter(|item| !item.is_empty())
        .map(parsed)
        .collect()
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "the shape of the other readers of a value"
)]
fn secret(text: &str) -> Result<SecretText, String> {
    Ok(SecretText::new(text))
}

fn long_enough(text: &str) -> Result<SecretText, String> {
    if text.chars().count() < SHORTEST_KEY {
        return Err(format!("it must have {SHORTEST_KEY} characters or more"));
    }
    secret(text)
}

/// A token that stands in a URL's path as it is.
fn url_safe(text: &str) -> Result<SecretText, String> {
    let safe = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    if !text.bytes().all(safe) {
        return Err("it stands in a URL: use letters, digits, `-`, `_`, `.` and `~`".to_owned());
    }
    long_enough(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lease_is_neither_so_short_that_the_living_lose_it_nor_endless() {
        assert_eq!(lease("3s"), Ok(Duration::from_secs(3)));
        assert_eq!(lease("2m"), Ok(Duration::from_mins(2)));
        for wrong in ["2s", "61m", "30", "s", "-3s", "99999999999999999999m"] {
            assert!(lease(wrong).is_err(), "{wrong}");
        }
    }
}
