//! Text that must not show: it masks itself when printed and is wiped when dropped.

use std::collections::BTreeSet;
use std::fmt;

use zeroize::Zeroizing;

/// A secret text. `Debug` prints a mask; there is no `Display`.
#[derive(Clone)]
pub struct SecretText(Zeroizing<String>);

impl SecretText {
    /// Wraps `text`.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// The text itself. Each caller of this is a place where a secret may leave.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// Finds the secret behind a name that a script gave to `secret("NAME")`.
pub trait SecretLookup: Send + Sync {
    /// The secret called `name`, if there is one.
    fn lookup(&self, name: &str) -> Option<SecretText>;

    /// The names of all secrets; `None` where they cannot be told.
    fn names(&self) -> Option<BTreeSet<String>> {
        None
    }
}

/// No secrets at all.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoSecrets;

impl SecretLookup for NoSecrets {
    fn lookup(&self, _name: &str) -> Option<SecretText> {
        None
    }
}
