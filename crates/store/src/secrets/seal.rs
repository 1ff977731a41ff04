//! Sealing and opening: XChaCha20-Poly1305 with a random nonce. What is sealed is bound to its place, so that a row
//! cannot be moved to another name and opened there.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use cuebook_core::Chance;
use cuebook_core::secret::SecretText;
use zeroize::Zeroizing;

use super::SecretKey;
use crate::error::StoreError;

const NONCE: usize = 24;

/// A sealed text.
pub(crate) struct Sealed {
    pub(crate) nonce: Vec<u8>,
    pub(crate) bytes: Vec<u8>,
}

/// Where a secret stands: table, row, column.
fn place(namespace: &str, name: &str) -> String {
    format!("secrets\u{2016}{namespace}\u{2016}{name}\u{2016}value")
}

/// Seals `text` for its place.
pub(crate) fn seal(
    key: &SecretKey,
    chance: &dyn Chance,
    namespace: &str,
    name: &str,
    text: &SecretText,
) -> Result<Sealed, StoreError> {
    let random = chance.bytes();
    let nonce = XNonce::try_from(&random[..NONCE])
        .map_err(|_| StoreError::Invalid("the nonce has a wrong length".to_owned()))?;
    let bytes = cipher(key)
        .encrypt(
            &nonce,
            Payload {
                msg: text.reveal().as_bytes(),
                aad: place(namespace, name).as_bytes(),
            },
        )
        .map_err(|_| StoreError::Invalid("the secret is too long to be sealed".to_owned()))?;
    Ok(Sealed {
        nonce: nonce.to_vec(),
        bytes,
    })
}

/// Opens what was sealed at this place with this key.
pub(crate) fn unseal(
    key: &SecretKey,
    namespace: &str,
    name: &str,
    sealed: &Sealed,
) -> Result<SecretText, StoreError> {
    let unreadable = || StoreError::unreadable("secret", format!("{namespace}/{name}"));
    let nonce = XNonce::try_from(sealed.nonce.as_slice()).map_err(|_| unreadable())?;
    let bytes = cipher(key)
        .decrypt(
            &nonce,
            Payload {
                msg: &sealed.bytes,
                aad: place(namespace, name).as_bytes(),
            },
        )
        .map(Zeroizing::new)
        .map_err(|_| unreadable())?;
    let text = std::str::from_utf8(&bytes).map_err(|_| unreadable())?;
    Ok(SecretText::new(text))
}

fn cipher(key: &SecretKey) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(key.bytes().into())
}

#[cfg(test)]
mod tests {
    use cuebook_core::chance::SystemChance;

    use super::*;

    fn key(byte: u8) -> SecretKey {
        SecretKey::new([byte; 32])
    }

    #[test]
    fn what_was_sealed_opens_at_its_place_with_its_key_only() {
        let text = SecretText::new("pa\u{df}wort");
        let sealed = seal(&key(1), &SystemChance::default(), "script", "CRM", &text).unwrap();
        assert!(!sealed.bytes.windows(3).any(|part| part == b"wor"));
        assert_eq!(
            unseal(&key(1), "script", "CRM", &sealed).unwrap().reveal(),
            "pa\u{df}wort"
        );
        assert!(unseal(&key(2), "script", "CRM", &sealed).is_err());
        assert!(unseal(&key(1), "script", "ERP", &sealed).is_err());
        assert!(unseal(&key(1), "ticketpark", "CRM", &sealed).is_err());
    }

    #[test]
    fn the_same_text_is_sealed_differently_each_time() {
        let text = SecretText::new("same");
        let chance = SystemChance::default();
        let one = seal(&key(1), &chance, "script", "A", &text).unwrap();
        let two = seal(&key(1), &chance, "script", "A", &text).unwrap();
        assert_ne!(one.nonce, two.nonce);
        assert_ne!(one.bytes, two.bytes);
    }
}
