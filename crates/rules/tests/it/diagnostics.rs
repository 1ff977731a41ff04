//! What the checker says, whole: one file a mistake in `tests/diagnostics`, the rendered diagnostics beside it.
//!
//! A file `tests/diagnostics/<folder>/<code>-<slug>.rhai` is checked as the rule `<folder>/<code>-<slug>` in a small house.
//! With `CUEBOOK_UPDATE_DIAGNOSTICS=1` the expected texts are written anew.

mod catalog;
mod mutations;
mod quiet;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cuebook_core::secret::{SecretLookup, SecretText};
use cuebook_rules::diagnostic::{catalog as codes, render};
use cuebook_rules::testing::TestFiles;
use cuebook_rules::{Diagnostic, Engine, RuleFiles, Settings};

use crate::driver;

/// What stands beside each rule that is checked.
const HOUSE: &[(&str, &str)] = &[
    (
        "lib/mail.rhai",
        "export const SHOP = \"shop@theatre.example\";\nfn greet(name) { `Hello ${name}` }\nfn greet_later(name) { sleep(\"1d\"); greet(name) }\n",
    ),
    ("templates/thank-you.de.subject", "Danke"),
    ("templates/thank-you.de.txt", "Guten Tag {{ name }}"),
];

/// Knows the names of two secrets, and nothing else.
struct Names;

impl SecretLookup for Names {
    fn lookup(&self, _name: &str) -> Option<SecretText> {
        None
    }

    fn names(&self) -> Option<BTreeSet<String>> {
        Some(["CRM".to_owned(), "ACCOUNTING".to_owned()].into())
    }
}

/// An engine with all functions that rules have.
fn engine() -> Engine {
    Engine::new(Settings {
        functions: cuebook_effects::kinds::descriptors(),
        secrets: Arc::new(Names),
        ..driver::settings()
    })
    .unwrap()
}

/// The house with one more file.
fn house_with(path: &str, bytes: &[u8]) -> RuleFiles {
    let mut files: BTreeMap<String, Vec<u8>> = HOUSE
        .iter()
        .map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec()))
        .collect();
    files.insert(path.to_owned(), bytes.to_vec());
    RuleFiles(files)
}

/// What is said about the house with one more file.
fn said(engine: &Engine, path: &str, text: &str) -> Vec<Diagnostic> {
    engine.check(&house_with(path, text.as_bytes())).diagnostics
}

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diagnostics")
}

/// The files of the corpus, by their paths in it.
fn cases() -> BTreeMap<String, Vec<u8>> {
    fn gather(root: &Path, folder: &Path, cases: &mut BTreeMap<String, Vec<u8>>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                gather(root, &path, cases);
            } else if path.extension().is_some_and(|extension| extension != "out") {
                let name = path
                    .strip_prefix(root)
                    .unwrap()
                    .to_string_lossy()
                    .into_owned();
                cases.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    let mut cases = BTreeMap::new();
    gather(&corpus(), &corpus(), &mut cases);
    cases
}

/// The code that a file of the corpus is about.
fn code_of(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap();
    name.split('-').next().unwrap()
}

#[expect(
    clippy::disallowed_methods,
    reason = "whoever changes a text says so with this variable"
)]
fn is_to_be_written() -> bool {
    std::env::var("CUEBOOK_UPDATE_DIAGNOSTICS").is_ok()
}

#[test]
fn each_mistake_of_the_corpus_is_told_as_it_stands_beside_it() {
    let engine = engine();
    let mut wrong = Vec::new();
    for (path, bytes) in cases() {
        let diagnostics = if path.ends_with(".test.rhai") {
            let tests = TestFiles([(path.clone(), bytes.clone())].into());
            engine.check_tests(&house_with("new-payment/thanks.rhai", b""), &tests)
        } else {
            engine.check(&house_with(&path, &bytes)).diagnostics
        };
        let source = std::str::from_utf8(&bytes).ok();
        let shown: Vec<String> = diagnostics
            .iter()
            .map(|diagnostic| {
                assert_eq!(diagnostic.file, path, "{diagnostic}");
                render(diagnostic, source, false) + "\n"
            })
            .collect();
        let shown = shown.join("\n");
        let expected = corpus().join(format!("{path}.out"));
        if is_to_be_written() {
            fs::write(&expected, &shown).unwrap();
        }
        let expected = fs::read_to_string(&expected).unwrap_or_default();
        let has_code = diagnostics.iter().any(|found| found.code == code_of(&path));
        if !has_code || shown != expected {
            wrong.push(format!(
                "{path}\n--- expected\n{expected}\n--- said\n{shown}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn each_code_has_its_mistake_in_the_corpus() {
    let cases = cases();
    let told: BTreeSet<&str> = cases.keys().map(|path| code_of(path)).collect();
    let missing: Vec<&str> = codes::entries()
        .map(|entry| entry.code)
        .filter(|code| !told.contains(code))
        .collect();
    assert_eq!(missing, Vec::<&str>::new());
    let codes: BTreeSet<&str> = codes::entries().map(|entry| entry.code).collect();
    assert_eq!(told.difference(&codes).count(), 0, "{told:?}");
}
