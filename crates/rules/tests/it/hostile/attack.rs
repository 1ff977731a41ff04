//! One file of the corpus: what it attacks, and how it has to end.

use std::fs;
use std::path::{Path, PathBuf};

use cuebook_rules::{Engine, Program, RuleFiles};

use crate::driver::RULE;

/// A file of the corpus.
pub(super) struct Attack {
    source: String,
    /// The code that it ends with: that of a failed run, or `refused` where it is not compiled at all.
    pub(super) code: String,
    /// What the reason says.
    pub(super) says: String,
}

impl Attack {
    /// The names of all files, in order.
    pub(super) fn names() -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|end| end == "rhai"))
            .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
            .collect();
        names.sort();
        names
    }

    /// Reads the file called `name`: its first line says what it attacks, its second how it ends.
    pub(super) fn read(name: &str) -> Self {
        let source = fs::read_to_string(folder().join(format!("{name}.rhai"))).unwrap();
        let mut lines = source.lines();
        let purpose = lines.next().unwrap_or_default();
        assert!(
            purpose.starts_with("// ") && purpose.ends_with('.'),
            "{name}: say in the first line what it attacks"
        );
        let ends = lines.next().and_then(|line| line.strip_prefix("// Ends: "));
        let (code, says) = ends
            .and_then(|ends| ends.split_once(','))
            .unwrap_or_else(|| panic!("{name}: say `// Ends: code, reason` in the second line"));
        Self {
            code: code.trim().to_owned(),
            says: says.trim().to_owned(),
            source,
        }
    }

    /// The files of a set with this rule, the libraries that it names, and the corpus' templates.
    pub(super) fn files(&self) -> RuleFiles {
        let mut files = vec![(format!("{RULE}.rhai"), self.source.clone().into_bytes())];
        for folder in ["lib", "templates"] {
            for (path, bytes) in self.beside(folder) {
                files.push((path, bytes));
            }
        }
        RuleFiles(files.into_iter().collect())
    }

    /// The program, or why there is none.
    pub(super) fn compile(&self, engine: &Engine) -> Result<Program, String> {
        engine
            .program(&RULE.parse().unwrap(), &self.files())
            .map_err(|all| {
                let all: Vec<String> = all.into_iter().map(|one| one.message).collect();
                all.join("; ")
            })
    }

    /// What of a folder the rule names, and what that names in turn.
    fn beside(&self, folder_name: &str) -> Vec<(String, Vec<u8>)> {
        let all: Vec<(String, String)> = fs::read_dir(folder().join(folder_name))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .map(|path| {
                let name = path.file_name().unwrap().to_str().unwrap().to_owned();
                (name, fs::read_to_string(path).unwrap())
            })
            .collect();
        let mut text = self.source.clone();
        let mut found: Vec<(String, Vec<u8>)> = Vec::new();
        loop {
            let next = all.iter().find(|(name, _)| {
                let stem = name.split('.').next().unwrap_or_default();
                let path = format!("{folder_name}/{name}");
                let named = [format!("\"{folder_name}/{stem}\""), format!("\"{stem}\"")];
                named.iter().any(|named| text.contains(named.as_str()))
                    && found.iter().all(|(seen, _)| *seen != path)
            });
            let Some((name, content)) = next else {
                return found;
            };
            text.push_str(content);
            let path = format!("{folder_name}/{name}");
            found.push((path, content.clone().into_bytes()));
        }
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hostile")
}
