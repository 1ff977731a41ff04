//! Ticketpark's times: RFC 3339 but for the offset, which has no colon.

use chrono::{DateTime, FixedOffset};

/// The instant in `text`, such as `2019-08-11T12:00:00+0200`; RFC 3339 is read as well.
pub fn parse_time(text: &str) -> Option<DateTime<FixedOffset>> {
    DateTime::parse_from_rfc3339(text)
        .or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f%z"))
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utc(text: &str) -> Option<String> {
        parse_time(text).map(|at| at.to_utc().to_rfc3339())
    }

    #[test]
    fn an_offset_is_read_with_and_without_its_colon() {
        let same = Some("2019-08-11T10:00:00+00:00".to_owned());
        assert_eq!(utc("2019-08-11T12:00:00+0200"), same);
        assert_eq!(utc("2019-08-11T12:00:00+02:00"), same);
        assert_eq!(utc("2019-08-11T10:00:00Z"), same);
        assert_eq!(utc("2019-08-11T05:30:00-0430"), same);
    }

    #[test]
    fn the_offset_itself_is_kept() {
        let at = parse_time("2019-08-11T12:00:00+0200").unwrap();
        assert_eq!(at.offset().local_minus_utc(), 7200);
    }

    #[test]
    fn what_is_no_instant_is_none() {
        for text in [
            "",
            "2019-08-11",
            "2019-08-11T12:00:00",
            "tomorrow",
            "2019-13-11T12:00:00+0200",
        ] {
            assert_eq!(utc(text), None, "{text}");
        }
    }
}
