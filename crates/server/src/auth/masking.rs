//! Hides mail addresses from those who may not see them, wherever they stand in a text or in JSON.

use std::borrow::Cow;

use serde_json::Value as Json;

/// What stands in the place of a mail address.
const MASK: &str = "***@***";

/// Whether personal data is hidden.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Masking {
    /// It is shown.
    Off,
    /// It is hidden.
    On,
}

impl Masking {
    /// `text` as it may be shown.
    pub(crate) fn text(self, text: String) -> String {
        match self {
            Self::On if text.contains('@') || text.contains("%40") => masked(&text),
            _ => text,
        }
    }

    /// `text`, where there is one, as it may be shown.
    pub(crate) fn optional(self, text: Option<String>) -> Option<String> {
        text.map(|text| self.text(text))
    }

    /// A URL as it may be shown: as in the ledger, without user, password and fragment, and without what its query says.
    pub(crate) fn url(self, url: &str) -> Cow<'_, str> {
        if self == Self::Off {
            return Cow::Borrowed(url);
        }
        let end = url.find(['?', '#']).unwrap_or(url.len());
        let (before, rest) = url.split_at(end);
        let authority = before.find("://").map_or(0, |scheme| scheme + 3);
        let (scheme, place) = before.split_at(authority);
        let host_end = place.find(['/', '\\']).unwrap_or(place.len());
        let user_end = place[..host_end].rfind('@').map_or(0, |at| at + 1);
        let cut = if rest.starts_with('?') { "?…" } else { "" };
        Cow::Owned(format!("{scheme}{}{cut}", &place[user_end..]))
    }

    /// `json` as it may be shown, keys included.
    pub(crate) fn json(self, json: Json) -> Json {
        if self == Self::Off {
            return json;
        }
        match json {
            Json::String(text) => Json::String(self.text(text)),
            Json::Array(items) => items.into_iter().map(|item| self.json(item)).collect(),
            Json::Object(members) => members
                .into_iter()
                .map(|(key, value)| (self.text(key), self.json(value)))
                .collect(),
            other => other,
        }
    }
}

/// `text` with each address masked: what RFC 5321 and RFC 6531 allow around an `@`, also where that is written `%40`. What may
/// stand in an address is drawn widely: hiding too much does less harm than hiding too little.
fn masked(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut from = 0;
    while let Some((at, after)) = next_at(text, from) {
        let start = from + local_part(&text[from..at]);
        shown.push_str(&text[from..start]);
        shown.push_str(MASK);
        from = after + domain(&text[after..]);
    }
    shown.push_str(&text[from..]);
    shown
}

/// Where the next `@` at or after `from` begins and ends.
fn next_at(text: &str, mut from: usize) -> Option<(usize, usize)> {
    loop {
        let at = from + text[from..].find(['@', '%'])?;
        let rest = &text[at..];
        if rest.starts_with('@') {
            return Some((at, at + 1));
        }
        if rest.starts_with("%40") {
            return Some((at, at + 3));
        }
        from = at + 1;
    }
}

/// Where in `before` the local part at its end begins.
fn local_part(before: &str) -> usize {
    let Some(quoted) = before.strip_suffix('"') else {
        let kept = before.trim_end_matches(is_local);
        return kept.len();
    };
    let mut inner = quoted;
    while let Some(quote) = inner.rfind('"') {
        if !inner[..quote].ends_with('\\') {
            return quote;
        }
        inner = &inner[..quote - 1];
    }
    quoted.len()
}

/// How long the domain, or the address in brackets, at the beginning of `after` is.
fn domain(after: &str) -> usize {
    // No further than an address in brackets is long: a text may have a bracket after each `@`.
    let literal = after.strip_prefix('[').and_then(|inner| {
        inner
            .bytes()
            .take(LITERAL + 1)
            .position(|byte| byte == b']')
    });
    match literal {
        Some(length) => length + 2,
        None => after.len() - after.trim_start_matches(is_domain).len(),
    }
}

/// The longest domain in brackets.
const LITERAL: usize = 64;

fn is_local(character: char) -> bool {
    character.is_ascii_alphanumeric()
        || ".!#$%&'*+-/=?^_`{|}~".contains(character)
        || is_international(character)
}

fn is_domain(character: char) -> bool {
    character.is_ascii_alphanumeric() || "-._".contains(character) || is_international(character)
}

fn is_international(character: char) -> bool {
    !character.is_ascii() && !character.is_whitespace() && !character.is_control()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_of_open_brackets_is_masked_at_once() {
        let began = std::time::Instant::now();
        let masked = Masking::On.text("@[".repeat(100_000));
        assert!(masked.contains(MASK));
        assert!(began.elapsed() < std::time::Duration::from_secs(2));
    }

    #[test]
    fn addresses_are_hidden_wherever_they_stand() {
        for (text, expected) in [
            ("tom@tomsons.com", "***@***"),
            ("Tom <tom@tomsons.com>, x", "Tom <***@***>, x"),
            (
                "mailto:tom@tomsons.com?subject=a",
                "mailto:***@***?subject=a",
            ),
            (
                "https://crm.test/p?mail=tom%40tomsons.com&x=1",
                "https:***@***&x=1",
            ),
            ("no address", "no address"),
            ("ä@ö.ch", "***@***"),
        ] {
            assert_eq!(Masking::On.text(text.to_owned()), expected);
            assert_eq!(Masking::Off.text(text.to_owned()), text);
        }
    }

    #[test]
    fn no_character_that_a_local_part_may_have_leaves_a_piece_of_it() {
        for text in [
            "o'brien@x.ch",
            "a!#$%&'*+-/=?^_`{|}~z@x.ch",
            "\"john doe\"@x.ch",
            r#""a\"b c"@x.ch"#,
            "tom@[192.0.2.1]",
            "o%27brien%40x.ch",
        ] {
            assert_eq!(Masking::On.text(text.to_owned()), MASK, "{text}");
        }
        for (text, expected) in [
            ("a@b@c.ch!", "***@******@***!"),
            ("(o'brien@x.ch)", "(***@***)"),
            (r#"{"mail":"o'b@x.ch"}"#, r#"{"mail":"***@***"}"#),
            ("5 @ 3", "5 ***@*** 3"),
            ("100 % sure", "100 % sure"),
        ] {
            assert_eq!(Masking::On.text(text.to_owned()), expected);
        }
    }

    #[test]
    fn a_url_is_shown_without_what_may_be_secret_in_it() {
        for (url, expected) in [
            ("https://crm.test/p?key=k#f", "https://crm.test/p?…"),
            ("https://tom:pw@crm.test/p", "https://crm.test/p"),
            ("https://crm.test/p#f", "https://crm.test/p"),
            ("https://crm.test/a@b/", "https://crm.test/a@b/"),
            ("no url", "no url"),
        ] {
            assert_eq!(Masking::On.url(url), expected);
            assert_eq!(Masking::Off.url(url), url);
        }
    }

    #[test]
    fn json_is_masked_in_its_depth_and_in_its_keys() {
        let json = serde_json::json!({"a": [{"mail": "a@b.ch", "n": 1.50}], "c@d.ch": null});
        assert_eq!(
            Masking::On.json(json),
            serde_json::json!({"a": [{"mail": "***@***", "n": 1.50}], "***@***": null})
        );
    }
}
