//! The key that seals secrets. It is never in the database; only its id is.

use std::fmt;

use cuebook_core::Chance;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// 256 bits that seal secrets at rest; wiped when dropped, masked when printed.
#[derive(Clone)]
pub struct SecretKey(Zeroizing<[u8; 32]>);

/// A text that is no secret key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a secret key is 64 hex digits")]
pub struct NotASecretKey;

impl SecretKey {
    /// The key of 32 bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The key written as 64 hex digits; blanks around it are no part of it.
    pub fn from_hex(text: &str) -> Result<Self, NotASecretKey> {
        let mut bytes = Zeroizing::new([0; 32]);
        hex::decode_to_slice(text.trim(), bytes.as_mut_slice()).map_err(|_| NotASecretKey)?;
        Ok(Self(bytes))
    }

    /// The key as 64 hex digits.
    pub fn to_hex(&self) -> Zeroizing<String> {
        Zeroizing::new(hex::encode(self.0.as_slice()))
    }

    /// A fresh key.
    pub fn generate(chance: &dyn Chance) -> Self {
        Self::new(chance.bytes())
    }

    /// What names the key in the database: the first 8 hex digits of its SHA-256.
    pub fn id(&self) -> String {
        hex::encode(&Sha256::digest(self.0.as_slice())[..4])
    }

    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKey({})", self.id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_and_back_is_the_same_key_and_shows_only_its_id() {
        let key = SecretKey::from_hex(&format!(" {}\n", "0f".repeat(32))).unwrap();
        assert_eq!(*key.to_hex(), "0f".repeat(32));
        assert_eq!(key.id().len(), 8);
        assert_eq!(format!("{key:?}"), format!("SecretKey({})", key.id()));
        assert_eq!(SecretKey::from_hex("0f").unwrap_err(), NotASecretKey);
    }
}
