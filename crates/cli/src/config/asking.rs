//! What Cuebook itself asks of Ticketpark: how often for what never came, and about which types of events before their rules
//! run.

use std::collections::BTreeSet;
use std::time::Duration;

use cuebook_core::events::{EventType, SENT};

use super::ConfigError;
use super::gather::{Gathered, Given};
use super::suggest::nearest;

const EVERY: &str = "reconcile.every";
const TRUST: &str = "trust.<type>";
const NEEDED: &str = "ticketpark.client_key";
/// The shortest pause between two looks: each asks for all that was changed.
const SHORTEST: Duration = Duration::from_mins(1);
const LONGEST: Duration = Duration::from_hours(24 * 7);

/// What Cuebook itself asks of Ticketpark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Asking {
    /// How often it asks for what never came; `None` where only a person does.
    pub(crate) every: Option<Duration>,
    /// The types of events that it asks about before their rules run.
    pub(crate) confirmed: BTreeSet<String>,
}

impl Asking {
    /// Reads what was gathered; `configured` says whether there are credentials for Ticketpark.
    pub(crate) fn read(gathered: &Gathered, configured: bool) -> Result<Self, ConfigError> {
        let every = match gathered.value(EVERY) {
            Some(given) => self::every(&given.text).map_err(|why| invalid(EVERY, &given, why))?,
            None => None,
        };
        if every.is_some() && gathered.is_given(EVERY) && !configured {
            return Err(incomplete(EVERY));
        }
        let mut confirmed = BTreeSet::new();
        for (name, given) in gathered.family(TRUST) {
            let canonical = known_type(name).map_err(|why| invalid(TRUST, given, why))?;
            match given.text.as_str() {
                "token" => {}
                "refetch" if !configured => return Err(incomplete(TRUST)),
                "refetch" => {
                    confirmed.insert(canonical);
                }
                _ => {
                    let why = format!("`trust.{name}` is `token` or `refetch`");
                    return Err(invalid(TRUST, given, why));
                }
            }
        }
        Ok(Self { every, confirmed })
    }
}

fn invalid(key: &'static str, given: &Given, why: String) -> ConfigError {
    let origin = given.origin.clone();
    ConfigError::Invalid { key, origin, why }
}

fn incomplete(key: &'static str) -> ConfigError {
    let needed = NEEDED;
    ConfigError::Incomplete { key, needed }
}

/// A length of time, or `off`.
fn every(text: &str) -> Result<Option<Duration>, String> {
    if text == "off" {
        return Ok(None);
    }
    let number = |unit| text.strip_suffix(unit).and_then(|n| n.parse::<u64>().ok());
    let seconds = match (number('m'), number('h'), number('d')) {
        (Some(minutes), _, _) => minutes.checked_mul(60),
        (_, Some(hours), _) => hours.checked_mul(3_600),
        (_, _, Some(days)) => days.checked_mul(86_400),
        _ => None,
    };
    let every = seconds.map(Duration::from_secs);
    let every = every.filter(|every| (SHORTEST..=LONGEST).contains(every));
    every.map(Some).ok_or_else(|| {
        "write a length of time from `1m` to `7d`, such as `15m`, or `off`".to_owned()
    })
}

/// The canonical name of a type that Ticketpark sends.
fn known_type(name: &str) -> Result<String, String> {
    let canonical = EventType::from_wire(name);
    let names = || SENT.iter().map(|descriptor| descriptor.name);
    if names().any(|known| known == canonical.as_str()) {
        return Ok(canonical.as_str().to_owned());
    }
    let meant = nearest(name, names())
        .map(|near| format!("; did you mean `{near}`?"))
        .unwrap_or_default();
    let known: Vec<&str> = names().collect();
    Err(format!(
        "Ticketpark sends no `{name}`, but {}{meant}",
        known.join(", ")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Environment;

    fn read<const N: usize>(given: [(&str, &str); N], configured: bool) -> Result<Asking, String> {
        let gathered = Gathered::read(None, &Environment::of(given)).map_err(|e| e.to_string())?;
        Asking::read(&gathered, configured).map_err(|error| error.to_string())
    }

    #[test]
    fn a_quarter_of_an_hour_is_usual_and_off_is_off() {
        let every =
            |text| read([("CUEBOOK_RECONCILE_EVERY", text)], true).map(|asking| asking.every);
        assert_eq!(read([], true).unwrap().every, Some(Duration::from_mins(15)));
        assert_eq!(every("off"), Ok(None));
        assert_eq!(every("2h"), Ok(Some(Duration::from_hours(2))));
        for wrong in ["30s", "0m", "8d", "15", "often"] {
            assert!(every(wrong).unwrap_err().contains("`15m`"), "{wrong}");
        }
    }

    #[test]
    fn a_type_is_named_as_ticketpark_sends_it() {
        let asking = read(
            [
                ("CUEBOOK_TRUST_NEW_BOOKING", "refetch"),
                ("CUEBOOK_TRUST_NEW_PERSON", "token"),
            ],
            true,
        );
        assert_eq!(
            asking.unwrap().confirmed,
            BTreeSet::from(["new-booking".to_owned()])
        );
        let slip = read([("CUEBOOK_TRUST_NEW_BOKING", "refetch")], true).unwrap_err();
        assert!(slip.contains("did you mean `new-booking`?"), "{slip}");
        let wrong = read([("CUEBOOK_TRUST_NEW_BOOKING", "always")], true).unwrap_err();
        assert!(wrong.contains("`token` or `refetch`"), "{wrong}");
    }

    #[test]
    fn without_ticketpark_nobody_could_be_asked() {
        for given in [
            ("CUEBOOK_TRUST_NEW_BOOKING", "refetch"),
            ("CUEBOOK_RECONCILE_EVERY", "1h"),
        ] {
            let error = read([given], false).unwrap_err();
            assert!(error.contains("ticketpark.client_key"), "{error}");
        }
        assert!(read([("CUEBOOK_TRUST_NEW_BOOKING", "token")], false).is_ok());
    }
}
