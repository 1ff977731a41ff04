//! What the folder of rules holds, and which of its files a save has changed.

use std::collections::BTreeSet;
use std::path::Path;

use cuebook_rules::testing::TestFiles;
use cuebook_rules::{ReadError, RuleFiles};

/// The ending of a script, and of one that holds tests.
const SCRIPT: &str = ".rhai";
const TEST: &str = ".test.rhai";

/// What the folder of rules holds.
#[derive(Debug, Default)]
pub(super) struct Saved {
    /// Rules, libraries and templates.
    pub(super) rules: RuleFiles,
    /// Tests.
    pub(super) tests: TestFiles,
}

/// The tests that a save concerns.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Concerned {
    /// All: what several rules share has changed.
    All,
    /// Those in these files.
    Files(BTreeSet<String>),
}

impl Saved {
    /// Reads the folder.
    pub(super) fn read(dir: &Path) -> Result<Self, ReadError> {
        Ok(Self {
            rules: RuleFiles::read(dir)?,
            tests: TestFiles::read(dir)?,
        })
    }

    /// The files that are new, gone or others than in `before`.
    pub(super) fn changed_since(&self, before: &Self) -> BTreeSet<String> {
        let pairs = [
            (&self.rules.0, &before.rules.0),
            (&self.tests.0, &before.tests.0),
        ];
        pairs
            .into_iter()
            .flat_map(|(now, then)| {
                let files = now.keys().chain(then.keys());
                files.filter(|file| now.get(*file) != then.get(*file))
            })
            .cloned()
            .collect()
    }

    /// The tests that a change of these files concerns.
    pub(super) fn concerned(&self, changed: &BTreeSet<String>) -> Concerned {
        let is_shared = |file: &String| file.starts_with("templates/") || file.starts_with("lib/");
        if changed.iter().any(is_shared) {
            return Concerned::All;
        }
        let beside = |file: &String| match file.strip_suffix(SCRIPT) {
            Some(stem) if !file.ends_with(TEST) => format!("{stem}{TEST}"),
            _ => file.clone(),
        };
        let files = changed.iter().map(beside);
        Concerned::Files(
            files
                .filter(|file| self.tests.0.contains_key(file))
                .collect(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn saved(rules: &[(&str, &str)], tests: &[&str]) -> Saved {
        let bytes = |text: &str| text.as_bytes().to_vec();
        let rules = rules
            .iter()
            .map(|(file, text)| ((*file).to_owned(), bytes(text)));
        let tests = tests
            .iter()
            .map(|file| ((*file).to_owned(), bytes("fn test_a() {}")));
        Saved {
            rules: RuleFiles(rules.collect()),
            tests: TestFiles(tests.collect()),
        }
    }

    fn set(files: &[&str]) -> BTreeSet<String> {
        files.iter().map(|file| (*file).to_owned()).collect()
    }

    #[test]
    fn a_change_is_what_is_new_gone_or_other() {
        let before = saved(
            &[
                ("any/a.rhai", "1"),
                ("any/b.rhai", "1"),
                ("any/c.rhai", "1"),
            ],
            &[],
        );
        let now = saved(
            &[("any/a.rhai", "2"), ("any/c.rhai", "1")],
            &["any/a.test.rhai"],
        );
        let changed = now.changed_since(&before);
        assert_eq!(
            changed,
            set(&["any/a.rhai", "any/a.test.rhai", "any/b.rhai"])
        );
        assert!(now.changed_since(&now).is_empty());
    }

    #[test]
    fn a_rule_concerns_the_tests_beside_it_and_what_is_shared_all() {
        let now = saved(&[], &["any/a.test.rhai", "any/b.test.rhai"]);
        let concerned = |file| now.concerned(&set(&[file]));
        let of_a = Concerned::Files(set(&["any/a.test.rhai"]));
        assert_eq!(concerned("any/a.rhai"), of_a);
        assert_eq!(concerned("any/a.test.rhai"), of_a);
        assert_eq!(concerned("any/untested.rhai"), Concerned::Files(set(&[])));
        assert_eq!(concerned("lib/money.rhai"), Concerned::All);
        assert_eq!(concerned("templates/thanks.de.txt"), Concerned::All);
    }
}
