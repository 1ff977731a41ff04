//! The rules that a dry run or a backtest is about: one file, or a whole folder.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow, bail};
use cuebook_core::rule::RuleName;
use cuebook_rules::{Diagnostic, Engine, RuleFiles, RuleSet};

/// The ending of a rule's file.
const ENDING: &str = ".rhai";

/// The rules that are tried out.
#[derive(Debug)]
pub(crate) struct Candidate {
    /// Their files, with what they import.
    pub(crate) files: RuleFiles,
    /// The one rule that is meant; all of them where there is none.
    pub(crate) only: Option<RuleName>,
    /// Where they lie, as it was typed.
    shown: PathBuf,
}

/// Why rules cannot be tried out.
#[derive(Debug)]
pub(crate) enum Unusable {
    /// The checker found errors; with the texts of the files by the names under which they are shown.
    Invalid(Vec<Diagnostic>, BTreeMap<String, Vec<u8>>),
    /// The checker could not run.
    NotChecked(std::io::Error),
}

impl Candidate {
    /// Reads what `path` names: a folder of rules, a rule's file whose last two parts are the rule's name, or the name of a
    /// rule below `rules_dir`. A file takes its imports and templates from `rules_dir`, where there is one.
    pub(crate) fn read(path: &Path, rules_dir: &Path) -> anyhow::Result<Self> {
        if path.is_dir() {
            let files = RuleFiles::read(path)?;
            return Ok(Self {
                files,
                only: None,
                shown: path.to_owned(),
            });
        }
        let file = if path.exists() {
            path.to_owned()
        } else {
            named(path, rules_dir).ok_or_else(|| missing(path, rules_dir))?
        };
        let full = file
            .canonicalize()
            .with_context(|| format!("cannot read {}", file.display()))?;
        let name = name_of(&full)?;
        let source =
            std::fs::read(&full).with_context(|| format!("cannot read {}", file.display()))?;
        let root = match full.ancestors().nth(2) {
            _ if rules_dir.is_dir() => rules_dir,
            Some(root) => root,
            None => bail!("{} does not lie in a folder of rules", file.display()),
        };
        let mut files = RuleFiles::read(root)?;
        // Others need not be right for this one to be tried.
        files
            .0
            .retain(|path, _| path.starts_with("lib/") || path.starts_with("templates/"));
        files.0.insert(format!("{name}{ENDING}"), source);
        Ok(Self {
            files,
            only: Some(name),
            shown: file,
        })
    }

    /// Where it lies.
    pub(crate) fn shown(&self) -> String {
        self.shown.display().to_string()
    }

    /// Checks the rules.
    pub(crate) fn check(&self, engine: &Engine) -> Result<RuleSet, Unusable> {
        let checked = engine
            .check_apart(&self.files)
            .map_err(Unusable::NotChecked)?;
        checked.set.ok_or_else(|| {
            let mut diagnostics = checked.diagnostics;
            for diagnostic in &mut diagnostics {
                diagnostic.file = self.shown_file(&diagnostic.file);
            }
            let files = self.files.0.iter();
            let sources = files.map(|(file, text)| (self.shown_file(file), text.clone()));
            Unusable::Invalid(diagnostics, sources.collect())
        })
    }

    /// A file under the name by which the user knows it.
    fn shown_file(&self, file: &str) -> String {
        match &self.only {
            Some(name) if file.strip_suffix(ENDING) == Some(name.as_str()) => self.shown(),
            Some(_) => file.to_owned(),
            None => self.shown.join(file).display().to_string(),
        }
    }
}

/// The file of a rule that was called by its name.
fn named(path: &Path, rules_dir: &Path) -> Option<PathBuf> {
    let name: RuleName = path.to_str()?.parse().ok()?;
    let file = rules_dir.join(format!("{name}{ENDING}"));
    file.exists().then_some(file)
}

fn missing(path: &Path, rules_dir: &Path) -> anyhow::Error {
    anyhow!(
        "there is no {}: name a file, a folder, or a rule in {} such as new-booking/thank-you",
        path.display(),
        rules_dir.display()
    )
}

/// The rule that a file holds: the last two parts of its path.
fn name_of(file: &Path) -> anyhow::Result<RuleName> {
    let not_a_rule = || {
        anyhow!(
            "{} is no rule: the last two parts of its path have to be <event type>/<name>.rhai",
            file.display()
        )
    };
    let parts: Vec<_> = file.iter().rev().take(2).collect();
    let [name, folder] = parts.as_slice() else {
        return Err(not_a_rule());
    };
    let (Some(name), Some(folder)) = (name.to_str(), folder.to_str()) else {
        return Err(not_a_rule());
    };
    let name = name.strip_suffix(ENDING).ok_or_else(not_a_rule)?;
    format!("{folder}/{name}").parse().map_err(|_| not_a_rule())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn write(root: &Path, path: &str, text: &str) -> PathBuf {
        let place = root.join(path);
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        fs::write(&place, text).unwrap();
        place
    }

    fn paths(candidate: &Candidate) -> Vec<&str> {
        candidate.files.0.keys().map(String::as_str).collect()
    }

    #[test]
    fn a_file_elsewhere_is_tried_with_the_libraries_of_the_rules() {
        let dir = tempfile::tempdir().unwrap();
        let rules = dir.path().join("rules");
        write(&rules, "lib/a.rhai", "");
        write(&rules, "templates/t.de.txt", "");
        write(&rules, "new-booking/thank.rhai", "old");
        write(&rules, "new-payment/broken.rhai", "let");
        let file = write(dir.path(), "try/new-booking/thank.rhai", "new");
        let candidate = Candidate::read(&file, &rules).unwrap();
        assert_eq!(
            paths(&candidate),
            ["lib/a.rhai", "new-booking/thank.rhai", "templates/t.de.txt"]
        );
        assert_eq!(candidate.files.text("new-booking/thank.rhai"), Some("new"));
        assert_eq!(candidate.only.unwrap().as_str(), "new-booking/thank");
    }

    #[test]
    fn a_rule_may_be_called_by_its_name() {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), "any/a.rhai", "1");
        let candidate = Candidate::read(Path::new("any/a"), dir.path()).unwrap();
        assert_eq!(candidate.files.text("any/a.rhai"), Some("1"));
        let error = Candidate::read(Path::new("any/b"), dir.path()).unwrap_err();
        assert!(error.to_string().contains("there is no any/b"), "{error}");
    }

    #[test]
    fn a_folder_is_all_of_its_rules_and_a_test_is_none() {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), "any/a.rhai", "1");
        let test = write(dir.path(), "any/a.test.rhai", "1");
        let candidate = Candidate::read(dir.path(), dir.path()).unwrap();
        assert_eq!(
            (paths(&candidate), candidate.only.as_ref()),
            (vec!["any/a.rhai"], None)
        );
        let error = Candidate::read(&test, dir.path()).unwrap_err();
        assert!(error.to_string().contains("is no rule"), "{error}");
    }
}
