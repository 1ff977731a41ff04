//! Lengths of time as rules write them: `"5s"`, `"30m"`, `"2h"`, `"14d"`, `"1w"`.
//!
//! One whole number and one unit. A day is 24 hours and a week seven such days: no calendar, no time zone.

use std::time::Duration;

/// The longest length that is taken: ten years.
const LONGEST: Duration = Duration::from_hours(24 * 3653);

/// A text that is no length of time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotADuration {
    /// It has not the form of one.
    #[error(
        "{0:?} is no length of time: write a whole number and a unit, such as \"30s\", \"5m\", \"2h\", \"14d\" or \"1w\""
    )]
    Form(String),
    /// It is longer than ten years.
    #[error("{0:?} is too long: ten years (\"3653d\") at most")]
    TooLong(String),
}

/// The length of time that `text` stands for.
pub(crate) fn parse(text: &str) -> Result<Duration, NotADuration> {
    let form = || NotADuration::Form(text.to_owned());
    let too_long = || NotADuration::TooLong(text.to_owned());
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let unit: u64 = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 60 * 60,
        "d" => 24 * 60 * 60,
        "w" => 7 * 24 * 60 * 60,
        _ => return Err(form()),
    };
    if number.is_empty() {
        return Err(form());
    }
    let number: u64 = number.parse().map_err(|_| too_long())?;
    let length = Duration::from_secs(number.checked_mul(unit).ok_or_else(too_long)?);
    if length > LONGEST {
        return Err(too_long());
    }
    Ok(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_unit_is_read() {
        assert_eq!(parse("5s"), Ok(Duration::from_secs(5)));
        assert_eq!(parse("30m"), Ok(Duration::from_mins(30)));
        assert_eq!(parse("2h"), Ok(Duration::from_hours(2)));
        assert_eq!(parse("14d"), Ok(Duration::from_hours(14 * 24)));
        assert_eq!(parse("1w"), Ok(Duration::from_hours(7 * 24)));
        assert_eq!(parse("0s"), Ok(Duration::ZERO));
    }

    #[test]
    fn what_is_no_length_says_how_to_write_one() {
        for text in [
            "", "5", "s", "5 s", " 5s", "-5s", "1.5h", "5sec", "2h30m", "٣s",
        ] {
            let error = parse(text).unwrap_err();
            assert!(matches!(error, NotADuration::Form(_)), "{text}");
            assert!(error.to_string().contains("\"14d\""), "{text}");
        }
    }

    #[test]
    fn what_is_too_long_is_refused_and_nothing_overflows() {
        for text in ["3654d", "99999999999999w", "99999999999999999999999s"] {
            assert_eq!(parse(text), Err(NotADuration::TooLong(text.to_owned())));
        }
    }
}
