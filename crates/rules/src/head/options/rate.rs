//! `rate = "10/1s"`: so many HTTP calls and webhooks to one host in so much time.

use cuebook_core::rule::Rate;

use super::lengths::so_many_in;
use super::{Reader, Value};

impl Reader<'_> {
    pub(super) fn rate(&mut self, value: &Value<'_>) {
        const EXPECTED: &str = "`rate` is a number and a length of time, such as \"10/1s\": so many HTTP calls and webhooks to one host in so much time";
        match value.get_ref().as_str().and_then(so_many_in) {
            // None at all would wait for ever.
            Some((0, _)) => self.wrong(value, "`rate` is 1 at least, such as \"1/1m\""),
            Some((calls, per)) => self.options.rate = Some(Rate { calls, per }),
            None => self.wrong(value, EXPECTED),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::wrong_values;

    #[test]
    fn each_wrong_value_says_what_would_be_right() {
        wrong_values(&[
            ("rate = 10", "such as \"10/1s\""),
            ("rate = \"10/s\"", "such as \"10/1s\""),
            ("rate = \"0/1s\"", "`rate` is 1 at least"),
        ]);
    }
}
