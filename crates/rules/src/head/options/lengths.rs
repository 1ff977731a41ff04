//! Lengths of time, as several options have them; `timeout` is nothing else.

use std::time::Duration;

use super::{Reader, Value};
use crate::duration;

impl Reader<'_> {
    /// A length of time that is not nothing.
    pub(super) fn positive(&mut self, name: &str, value: &Value<'_>) -> Option<Duration> {
        let length = self.length(name, value)?;
        if length.is_zero() {
            self.wrong(value, &format!("`{name}` is longer than nothing"));
            return None;
        }
        Some(length)
    }

    /// A length of time.
    pub(super) fn length(&mut self, name: &str, value: &Value<'_>) -> Option<Duration> {
        let Some(text) = value.get_ref().as_str() else {
            self.wrong(
                value,
                &format!("`{name}` is a length of time such as \"5s\""),
            );
            return None;
        };
        match duration::parse(text) {
            Ok(length) => Some(length),
            Err(error) => {
                self.wrong(value, &format!("`{name}`: {error}"));
                None
            }
        }
    }
}

/// So many in so much time, which is not nothing: `"200/1h"`.
pub(super) fn so_many_in(text: &str) -> Option<(u32, Duration)> {
    let (number, per) = text.split_once('/')?;
    let per = duration::parse(per.trim()).ok()?;
    let number = number.trim().parse().ok()?;
    (!per.is_zero()).then_some((number, per))
}

#[cfg(test)]
mod tests {
    use super::super::wrong_values;
    use super::*;

    #[test]
    fn each_wrong_value_says_what_would_be_right() {
        wrong_values(&[
            ("timeout = 20", "`timeout` is a length of time"),
            ("timeout = \"0s\"", "`timeout` is longer than nothing"),
        ]);
    }

    #[test]
    fn so_many_in_so_much_time_has_a_number_and_a_length() {
        assert_eq!(so_many_in("200/1h"), Some((200, Duration::from_hours(1))));
        assert_eq!(so_many_in(" 5 / 2s "), Some((5, Duration::from_secs(2))));
        for text in ["200", "200/", "/1h", "-1/1h", "5/0s", "1.5/1h", "5/1h/2"] {
            assert_eq!(so_many_in(text), None, "{text}");
        }
    }
}
