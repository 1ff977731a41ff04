//! Who is told of what is wrong.

use chrono::TimeDelta;
use cuebook_core::secret::SecretText;
use url::Url;

use super::ConfigError;
use super::gather::Gathered;

const EMAIL: &str = "alerts.email";
const WEBHOOK: &str = "alerts.webhook";
const SILENCE: &str = "alerts.silence";
/// What mails need.
const NEEDED: [&str; 2] = ["smtp.url", "smtp.from"];
/// The longest time without a webhook that can be asked for.
const LONGEST: TimeDelta = TimeDelta::days(365);

/// Who is told of what is wrong.
#[derive(Debug)]
pub(crate) struct Alerts {
    /// The mail addresses.
    pub(crate) email: Vec<String>,
    /// The URL that gets a message; of chats it is a secret.
    pub(crate) webhook: Option<SecretText>,
    /// After how long without a webhook it is told.
    pub(crate) silence: Option<TimeDelta>,
}

impl Alerts {
    /// Reads what was gathered.
    pub(crate) fn read(gathered: &Gathered) -> Result<Self, ConfigError> {
        let email = gathered.read_value(EMAIL, addresses)?.unwrap_or_default();
        if !email.is_empty()
            && let Some(needed) = NEEDED.iter().find(|key| gathered.value(key).is_none())
        {
            return Err(ConfigError::Incomplete { key: EMAIL, needed });
        }
        Ok(Self {
            email,
            webhook: gathered.read_value(WEBHOOK, url)?,
            silence: gathered.read_value(SILENCE, silence)?.flatten(),
        })
    }
}

fn addresses(text: &str) -> Result<Vec<String>, String> {
    let items = text.split(',').map(str::trim);
    items
        .filter(|item| !item.is_empty())
        .map(|item| match item.split_once('@') {
            Some((local, domain)) if !local.is_empty() && !domain.is_empty() => Ok(item.to_owned()),
            _ => Err(format!("`{item}` is no mail address")),
        })
        .collect()
}

fn url(text: &str) -> Result<SecretText, String> {
    match Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "https" | "http") && url.has_host() => {
            Ok(SecretText::new(text))
        }
        // Without the text: it may be a secret that is written wrongly.
        _ => Err("write a URL such as `https://chat.example/hooks/…`".to_owned()),
    }
}

/// A length of time, or `off`.
fn silence(text: &str) -> Result<Option<TimeDelta>, String> {
    if text == "off" {
        return Ok(None);
    }
    let number = |unit| text.strip_suffix(unit).and_then(|n| n.parse::<i64>().ok());
    let length = match (number('h'), number('d')) {
        (Some(hours), _) => TimeDelta::try_hours(hours),
        (_, Some(days)) => TimeDelta::try_days(days),
        _ => None,
    };
    let length = length.filter(|length| (TimeDelta::hours(1)..=LONGEST).contains(length));
    length.map(Some).ok_or_else(|| {
        "write a length of time from `1h` to `365d`, such as `12h`, or `off`".to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Environment;

    const SMTP: [(&str, &str); 2] = [
        ("CUEBOOK_SMTP_URL", "smtp://127.0.0.1:25"),
        ("CUEBOOK_SMTP_FROM", "box-office@theatre.example"),
    ];

    fn read<const N: usize>(given: [(&str, &str); N]) -> Result<Alerts, String> {
        let gathered =
            Gathered::read(None, &Environment::of(given)).map_err(|error| error.to_string())?;
        Alerts::read(&gathered).map_err(|error| error.to_string())
    }

    #[test]
    fn several_people_and_a_chat_can_be_told() {
        let [url, from] = SMTP;
        let alerts = read([
            url,
            from,
            (
                "CUEBOOK_ALERTS_EMAIL",
                "a@theatre.example, b@theatre.example",
            ),
            (
                "CUEBOOK_ALERTS_WEBHOOK",
                "https://chat.example/hooks/s3cret",
            ),
            ("CUEBOOK_ALERTS_SILENCE", "12h"),
        ])
        .unwrap();
        assert_eq!(alerts.email, ["a@theatre.example", "b@theatre.example"]);
        assert_eq!(alerts.silence, Some(TimeDelta::hours(12)));
        assert!(!format!("{alerts:?}").contains("s3cret"));
        assert!(read([]).unwrap().email.is_empty());
    }

    #[test]
    fn what_could_never_be_told_is_refused_at_the_start() {
        let [url, from] = SMTP;
        let to = ("CUEBOOK_ALERTS_EMAIL", "a@theatre.example");
        let refused = |result: Result<Alerts, String>| result.unwrap_err();
        let errors = [
            (refused(read([to])), "smtp.url"),
            (refused(read([to, url])), "smtp.from"),
            (
                refused(read([url, from, ("CUEBOOK_ALERTS_EMAIL", "nobody")])),
                "`nobody`",
            ),
            (
                refused(read([("CUEBOOK_ALERTS_WEBHOOK", "chat.example")])),
                "https://",
            ),
            (refused(read([("CUEBOOK_ALERTS_SILENCE", "30m")])), "`12h`"),
        ];
        for (error, says) in errors {
            assert!(error.contains(says), "{error}");
        }
    }
}
