//! The secrets of one request, masked in what comes back: a target that echoes them must not bring them into the ledger
//! or the journal.

use std::borrow::Cow;

use cuebook_core::secret::SecretText;

/// What stands in a secret's place.
const MASKED: &str = "***";

/// A shorter secret than this is masked where people read, but not in what a script gets: it may stand there by chance,
/// and the script would get wrong data.
const BY_CHANCE: usize = 8;

/// The secrets of one request.
#[derive(Debug, Clone, Default)]
pub(crate) struct Mask(Vec<SecretText>);

impl Mask {
    /// Adds a secret, as it is and as JSON writes it.
    pub(super) fn add(&mut self, secret: &SecretText) {
        if secret.reveal().is_empty() {
            return;
        }
        self.0.push(secret.clone());
        let json = serde_json::Value::from(secret.reveal()).to_string();
        let json = json.trim_matches('"');
        if json != secret.reveal() {
            self.0.push(SecretText::new(json));
        }
    }

    /// `text` as people may read it.
    pub(super) fn shown(&self, text: &str) -> String {
        self.mask(text, 1).into_owned()
    }

    /// `text` as a script gets it.
    pub(super) fn given<'a>(&self, text: &'a str) -> Cow<'a, str> {
        self.mask(text, BY_CHANCE)
    }

    fn mask<'a>(&self, text: &'a str, least: usize) -> Cow<'a, str> {
        let mut masked = Cow::Borrowed(text);
        for secret in self.0.iter().map(SecretText::reveal) {
            if secret.len() >= least && masked.contains(secret) {
                masked = Cow::Owned(masked.replace(secret, MASKED));
            }
        }
        masked
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mask(secret: &str) -> Mask {
        let mut mask = Mask::default();
        mask.add(&SecretText::new(secret));
        mask
    }

    #[test]
    fn a_secret_is_masked_as_it_is_and_as_json_writes_it() {
        let mask = mask("quote\"and\\more");
        assert_eq!(mask.shown("a quote\"and\\more b"), "a *** b");
        assert_eq!(mask.given(r#"{"a":"quote\"and\\more"}"#), r#"{"a":"***"}"#);
    }

    #[test]
    fn a_short_secret_is_masked_for_people_only() {
        assert_eq!(mask("tom").shown("tomorrow"), "***orrow");
        assert_eq!(mask("tom").given("tomorrow"), "tomorrow");
        assert_eq!(mask("").shown("all of it"), "all of it");
    }
}
