//! What a key may do.

use std::fmt;

/// What a key may do. `admin` holds all others; no other holds another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    /// See events, runs, effects and rules, personal data masked.
    Read,
    /// Inject events.
    Write,
    /// Everything, secrets and keys too.
    Admin,
    /// See mail addresses and whole messages.
    Personal,
}

impl Scope {
    /// Every scope.
    pub const ALL: &'static [Self] = &[Self::Read, Self::Write, Self::Admin, Self::Personal];

    /// The word that is stored with a key.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Admin => "admin",
            Self::Personal => "personal",
        }
    }

    /// The scope of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|scope| scope.as_str() == word)
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
