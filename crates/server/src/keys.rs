//! API keys: `cue_<id>_<secret>`, the last eight digits being a checksum, so that a mistyped key is told apart from an
//! unknown one and a scanner for leaked secrets can recognise one. Only the hash of a key is stored.

use cuebook_core::keys::token_hash;
use cuebook_core::{Chance, secret::SecretText};
use sha2::{Digest, Sha256};

const PREFIX: &str = "cue_";
const ID_DIGITS: usize = 16;
const SECRET_DIGITS: usize = 64;
const CHECKSUM_DIGITS: usize = 8;

/// The id under which a key that was set in the configuration is stored.
pub const CONFIGURED_ID: &str = "admin";

/// The shortest text that is taken as a key set in the configuration, in bytes.
pub const CONFIGURED_LENGTH: usize = 32;

/// A fresh key. Its text is shown once and then known to its owner alone.
#[derive(Debug)]
pub struct ApiKey {
    /// Its public half, by which it is found.
    pub id: String,
    /// The whole key.
    pub text: SecretText,
    /// What is stored.
    pub hash: [u8; 32],
}

/// A text that was offered as a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferedKey {
    /// The id to look for.
    pub id: String,
    /// The hash to compare.
    pub hash: [u8; 32],
}

/// A fresh key of 256 random bits.
pub fn generate(chance: &dyn Chance) -> ApiKey {
    let id = hex::encode(&chance.bytes()[..ID_DIGITS / 2]);
    let body = format!("{PREFIX}{id}_{}", hex::encode(chance.bytes()));
    let text = format!("{body}{}", checksum(&body));
    ApiKey {
        hash: token_hash(&text),
        text: SecretText::new(text),
        id,
    }
}

/// What `text` offers: a key of Cuebook's own form whose checksum is right, or any text long enough to have been set in
/// the configuration. `None` for what cannot be a key.
pub fn parse(text: &str) -> Option<OfferedKey> {
    let hash = token_hash(text);
    if let Some(id) = own_id(text) {
        return Some(OfferedKey {
            id: id.to_owned(),
            hash,
        });
    }
    (text.len() >= CONFIGURED_LENGTH).then(|| OfferedKey {
        id: CONFIGURED_ID.to_owned(),
        hash,
    })
}

/// The id of a key of Cuebook's own form.
fn own_id(text: &str) -> Option<&str> {
    let (id, secret) = text.strip_prefix(PREFIX)?.split_once('_')?;
    let is_hex = |part: &str| part.bytes().all(|b| b.is_ascii_hexdigit());
    let well_formed = id.len() == ID_DIGITS
        && secret.len() == SECRET_DIGITS + CHECKSUM_DIGITS
        && is_hex(id)
        && is_hex(secret);
    let (body, given) = text.split_at_checked(text.len().checked_sub(CHECKSUM_DIGITS)?)?;
    (well_formed && checksum(body) == given).then_some(id)
}

fn checksum(body: &str) -> String {
    hex::encode(&Sha256::digest(body.as_bytes())[..CHECKSUM_DIGITS / 2])
}

#[cfg(test)]
mod tests {
    use super::*;
    use cuebook_core::chance::SystemChance;

    #[test]
    fn a_generated_key_is_found_by_its_id_and_hash() {
        let key = generate(&SystemChance::default());
        let offered = parse(key.text.reveal()).unwrap();
        assert_eq!(offered.id, key.id);
        assert_eq!(offered.hash, key.hash);
        assert!(key.text.reveal().starts_with(&format!("cue_{}_", key.id)));
    }

    #[test]
    fn a_mistyped_key_loses_its_id() {
        let text = generate(&SystemChance::default()).text.reveal().to_owned();
        let last = if text.ends_with('0') { "1" } else { "0" };
        let mistyped = format!("{}{last}", &text[..text.len() - 1]);
        assert_eq!(parse(&mistyped).unwrap().id, CONFIGURED_ID);
    }

    #[test]
    fn any_long_text_may_have_been_configured_and_a_short_one_not() {
        assert_eq!(parse(&"k".repeat(32)).unwrap().id, CONFIGURED_ID);
        assert_eq!(parse(&"k".repeat(31)), None);
        assert_eq!(parse(""), None);
    }
}
