//! Writes a new rule and its test, and overwrites nothing.

use std::fs::{self, File};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use super::template::NewRule;

/// Writes the rule and its test below `rules`; gives their paths.
pub(crate) fn write(rule: &NewRule, rules: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let folder = rules.join(rule.name.folder());
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let files = [
        (rules.join(format!("{}.rhai", rule.name)), rule.rule()),
        (rules.join(format!("{}.test.rhai", rule.name)), rule.test()),
    ];
    // Both or none.
    if let Some((path, _)) = files.iter().find(|(path, _)| path.exists()) {
        bail!("{} is there already: choose another name", path.display());
    }
    for (path, text) in &files {
        new_file(path, text)?;
    }
    Ok(files.into_iter().map(|(path, _)| path).collect())
}

fn new_file(path: &Path, text: &str) -> anyhow::Result<()> {
    let mut file = match File::create_new(path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            bail!("{} is there already: choose another name", path.display())
        }
        opened => opened.with_context(|| format!("cannot write {}", path.display()))?,
    };
    file.write_all(text.as_bytes())
        .with_context(|| format!("cannot write {}", path.display()))
}
