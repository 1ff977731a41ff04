//! Hides mail addresses from those who may not see them, wherever they stand in a text or in JSON.

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

/// `text` with each word around an `@` masked. What may stand in an address is drawn widely: hiding too much does less harm than
/// hiding too little.
fn masked(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut word = String::new();
    for character in text.chars() {
        if is_boundary(character) {
            flush(&mut word, &mut shown);
            shown.push(character);
        } else {
            word.push(character);
        }
    }
    flush(&mut word, &mut shown);
    shown
}

fn is_boundary(character: char) -> bool {
    character.is_whitespace()
        || matches!(
            character,
            '<' | '>'
                | '"'
                | '\''
                | ','
                | ';'
                | '('
                | ')'
                | '['
                | ']'
                | '{'
                | '}'
                | '='
                | '?'
                | '&'
                | ':'
                | '/'
        )
}

fn flush(word: &mut String, shown: &mut String) {
    if word.contains('@') || word.contains("%40") {
        shown.push_str(MASK);
    } else {
        shown.push_str(word);
    }
    word.clear();
}

#[cfg(test)]
mod tests {
    use super::*;

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
                "https://crm.test/p?mail=***@***&x=1",
            ),
            ("no address", "no address"),
            ("ä@ö.ch", "***@***"),
        ] {
            assert_eq!(Masking::On.text(text.to_owned()), expected);
            assert_eq!(Masking::Off.text(text.to_owned()), text);
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
