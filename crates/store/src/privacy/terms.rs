//! Whom a request is about: a person, a mail address, a booking, each kept as a keyed hash and never as it is written.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::secrets::SecretKey;

/// Whom a request is about, as it was asked. Never stored.
#[derive(Clone, Default)]
pub struct Person {
    /// The pid of a person.
    pub person: Option<String>,
    /// A mail address.
    pub email: Option<String>,
    /// The pid of a booking.
    pub booking: Option<String>,
}

impl std::fmt::Debug for Person {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Person(…)")
    }
}

/// What kind of name it is by which somebody is searched for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TermKind {
    /// The pid of a person.
    Person,
    /// A mail address.
    Email,
    /// The pid of a booking.
    Booking,
}

impl TermKind {
    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Email => "email",
            Self::Booking => "booking",
        }
    }
}

/// A name's keyed hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct NameHash([u8; 16]);

impl NameHash {
    /// As hex.
    pub(crate) fn to_hex(self) -> String {
        hex::encode(self.0)
    }

    /// From hex.
    pub(crate) fn from_hex(text: &str) -> Option<Self> {
        let mut bytes = [0; 16];
        hex::decode_to_slice(text, &mut bytes).ok()?;
        Some(Self(bytes))
    }
}

/// What is searched for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Term {
    pub(crate) kind: TermKind,
    pub(crate) hash: NameHash,
}

/// Hashes names with a key that only this installation has.
#[derive(Clone)]
pub(crate) struct NameHasher(Sha256);

impl NameHasher {
    /// With a key of its own, which follows from the secret one.
    pub(crate) fn new(key: &SecretKey) -> Self {
        let mut own = Sha256::new();
        own.update(b"cuebook erasure");
        own.update(key.bytes());
        Self(Sha256::new_with_prefix(own.finalize()))
    }

    /// A pid, as it is written.
    pub(crate) fn pid(&self, pid: &[u8]) -> NameHash {
        self.hash(b"pid\0", pid)
    }

    /// A mail address, in whatever case.
    pub(crate) fn email(&self, address: &str) -> NameHash {
        self.hash(b"email\0", address.to_lowercase().as_bytes())
    }

    fn hash(&self, kind: &[u8], name: &[u8]) -> NameHash {
        let mut digest = self.0.clone();
        digest.update(kind);
        digest.update(name);
        let mut hash = [0; 16];
        hash.copy_from_slice(&digest.finalize()[..16]);
        NameHash(hash)
    }

    /// The terms of a person.
    pub(crate) fn terms(&self, person: &Person) -> BTreeSet<Term> {
        let term = |kind, hash| Term { kind, hash };
        let pid = |pid: &String| self.pid(pid.trim().as_bytes());
        [
            person
                .person
                .as_ref()
                .map(|text| term(TermKind::Person, pid(text))),
            person
                .email
                .as_ref()
                .map(|text| term(TermKind::Email, self.email(text.trim()))),
            person
                .booking
                .as_ref()
                .map(|text| term(TermKind::Booking, pid(text))),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_hashes_alike_in_any_case_of_an_address_and_only_with_its_key() {
        let hasher = NameHasher::new(&SecretKey::new([1; 32]));
        assert_eq!(hasher.email("Tom@X.ch"), hasher.email("tom@x.ch"));
        assert_ne!(hasher.pid(b"a"), hasher.pid(b"A"));
        assert_ne!(hasher.pid(b"a@b.ch"), hasher.email("a@b.ch"));
        let other = NameHasher::new(&SecretKey::new([2; 32]));
        assert_ne!(hasher.pid(b"a"), other.pid(b"a"));
        let hash = hasher.pid(b"a");
        assert_eq!(NameHash::from_hex(&hash.to_hex()), Some(hash));
    }
}
