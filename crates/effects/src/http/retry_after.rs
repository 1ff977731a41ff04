//! `Retry-After` (RFC 9110, section 10.2.3): seconds, or a date. Rubbish counts as absent. How long it is obeyed is
//! decided where the pause is made.

use std::time::Duration;

use chrono::NaiveDateTime;
use cuebook_core::Timestamp;

/// The forms of an HTTP date: today's, RFC 850's and that of C's `asctime`.
const DATES: [&str; 3] = [
    "%a, %d %b %Y %H:%M:%S GMT",
    "%A, %d-%b-%y %H:%M:%S GMT",
    "%a %b %e %H:%M:%S %Y",
];

/// How long to wait from `now` on.
pub(crate) fn parse(text: &str, now: Timestamp) -> Option<Duration> {
    let text = text.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than a number holds still mean a very long time.
        return Some(Duration::from_secs(text.parse().unwrap_or(u64::MAX)));
    }
    let at = DATES
        .iter()
        .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())?
        .and_utc();
    Some((at - now).to_std().unwrap_or(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "1994-11-06T08:49:07Z".parse().unwrap()
    }

    #[test]
    fn seconds_and_every_form_of_date_are_read() {
        let half_a_minute = Some(Duration::from_secs(30));
        assert_eq!(parse("30", now()), half_a_minute);
        assert_eq!(parse(" 30 ", now()), half_a_minute);
        assert_eq!(parse("Sun, 06 Nov 1994 08:49:37 GMT", now()), half_a_minute);
        assert_eq!(
            parse("Sunday, 06-Nov-94 08:49:37 GMT", now()),
            half_a_minute
        );
        assert_eq!(parse("Sun Nov  6 08:49:37 1994", now()), half_a_minute);
    }

    #[test]
    fn a_date_in_the_past_is_no_wait_and_one_far_ahead_is_long() {
        assert_eq!(
            parse("Sun, 06 Nov 1994 08:00:00 GMT", now()),
            Some(Duration::ZERO)
        );
        assert!(parse("Sat, 06 Nov 2004 08:49:37 GMT", now()) > Some(Duration::from_hours(87_000)));
        assert_eq!(
            parse("99999999999999999999999", now()),
            Some(Duration::from_secs(u64::MAX))
        );
    }

    #[test]
    fn rubbish_is_ignored() {
        for text in [
            "",
            "-1",
            "1.5",
            "soon",
            "30s",
            "Sun, 99 Nov 1994 08:49:37 GMT",
        ] {
            assert_eq!(parse(text, now()), None, "{text}");
        }
    }
}
