//! The secrets that rules name: the environment's win over the stored ones.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::sync::Arc;

use cuebook_core::secret::{SecretLookup, SecretText};

use crate::config::{ConfigError, Environment, SCRIPT_SECRET, read_secret};

/// The environment's secrets, then the stored ones.
pub(crate) struct ScriptSecrets {
    given: HashMap<String, SecretText>,
    stored: Arc<dyn SecretLookup>,
}

impl ScriptSecrets {
    /// Reads `CUEBOOK_SECRET_<NAME>` and the files that `CUEBOOK_SECRET_<NAME>_FILE` name, once.
    pub(crate) fn new(
        environment: &Environment,
        stored: Arc<dyn SecretLookup>,
    ) -> Result<Self, ConfigError> {
        let mut given = HashMap::new();
        for (name, value) in environment.with_prefix(SCRIPT_SECRET) {
            // The setting `secret_key` has a name like a script's secret.
            if matches!(name, "KEY" | "KEY_FILE") {
                continue;
            }
            let full = format!("{SCRIPT_SECRET}{name}");
            let (name, text) = match name.strip_suffix("_FILE") {
                Some(name) => (name, read_secret(Path::new(value), &full)?),
                None => (name, value.to_owned()),
            };
            let before = given.insert(name.to_owned(), SecretText::new(text));
            if before.is_some() {
                return Err(ConfigError::Twice {
                    name: format!("{SCRIPT_SECRET}{name}"),
                    name_of_file: format!("{SCRIPT_SECRET}{name}_FILE"),
                });
            }
        }
        Ok(Self { given, stored })
    }
}

impl SecretLookup for ScriptSecrets {
    fn lookup(&self, name: &str) -> Option<SecretText> {
        self.given
            .get(name)
            .cloned()
            .or_else(|| self.stored.lookup(name))
    }

    fn names(&self) -> Option<BTreeSet<String>> {
        let mut names = self.stored.names()?;
        names.extend(self.given.keys().cloned());
        Some(names)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Stored;

    impl SecretLookup for Stored {
        fn lookup(&self, name: &str) -> Option<SecretText> {
            matches!(name, "CRM" | "BANK").then(|| SecretText::new("stored"))
        }
    }

    fn text(secrets: &ScriptSecrets, name: &str) -> Option<String> {
        Some(secrets.lookup(name)?.reveal().to_owned())
    }

    #[test]
    fn the_environment_wins_and_the_settings_key_is_no_secret_of_rules() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("crm");
        std::fs::write(&file, "from a file\n").unwrap();
        let environment = Environment::of([
            ("CUEBOOK_SECRET_CRM_FILE", file.to_str().unwrap()),
            ("CUEBOOK_SECRET_SHOP", "from the environment"),
            ("CUEBOOK_SECRET_KEY", "00"),
        ]);
        let secrets = ScriptSecrets::new(&environment, Arc::new(Stored)).unwrap();
        assert_eq!(text(&secrets, "CRM").as_deref(), Some("from a file"));
        assert_eq!(
            text(&secrets, "SHOP").as_deref(),
            Some("from the environment")
        );
        assert_eq!(text(&secrets, "BANK").as_deref(), Some("stored"));
        assert_eq!(text(&secrets, "KEY"), None);
    }

    #[test]
    fn one_name_given_twice_is_an_error() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("crm");
        std::fs::write(&file, "a").unwrap();
        let environment = Environment::of([
            ("CUEBOOK_SECRET_CRM", "b"),
            ("CUEBOOK_SECRET_CRM_FILE", file.to_str().unwrap()),
        ]);
        assert!(ScriptSecrets::new(&environment, Arc::new(Stored)).is_err());
    }
}
