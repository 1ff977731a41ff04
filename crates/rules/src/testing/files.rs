//! The files of tests: beside the rules, and no part of their versions.

use std::collections::BTreeMap;
use std::path::Path;

use crate::files::{ReadError, RuleFiles};

/// How the path of a file of tests ends.
pub(crate) const END: &str = ".test.rhai";

/// The files of tests: paths with `/`, relative to the rules' folder, and their bytes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TestFiles(pub BTreeMap<String, Vec<u8>>);

impl TestFiles {
    /// Reads the tests of rules and libraries under `dir`.
    ///
    /// # Errors
    /// Where a file or folder cannot be read.
    pub fn read(dir: &Path) -> Result<Self, ReadError> {
        let is_test = |path: &str| path.ends_with(END) && !path.starts_with("templates/");
        RuleFiles::read_those(dir, is_test).map(|files| Self(files.0))
    }

    /// The text of a file; `None` where there is none, or where it is no UTF-8.
    pub fn text(&self, path: &str) -> Option<&str> {
        std::str::from_utf8(self.0.get(path)?).ok()
    }
}
