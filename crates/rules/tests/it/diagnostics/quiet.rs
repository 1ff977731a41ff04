//! No false alarms: nothing is said about what is right.

use std::fs;
use std::path::{Path, PathBuf};

use cuebook_rules::{RuleFiles, pure_functions};

use super::{engine, said};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

#[test]
fn nothing_is_said_about_the_starter_rules() {
    let files = RuleFiles::read(&root().join("rules")).unwrap();
    let checked = engine().check(&files);
    assert_eq!(checked.diagnostics, []);
    assert!(checked.set.is_some());
}

#[test]
fn nothing_is_said_about_the_examples_of_functions() {
    let engine = engine();
    let outside = engine
        .functions()
        .iter()
        .map(|function| (function.name, function.example.to_owned()));
    let pure = pure_functions().iter().map(|function| {
        (
            function.name,
            format!("let _answer = {};", function.example),
        )
    });
    let mut wrong = Vec::new();
    for (name, example) in outside.chain(pure) {
        let found = said(&engine, "manual/example.rhai", &example);
        // An example may make something only to show it, and show a template that the house does not have.
        let told = found
            .iter()
            .filter(|found| !["W0801", "E0501", "W0408", "W0604", "E0307"].contains(&found.code));
        wrong.extend(told.map(|found| format!("{name}: {found}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn nothing_is_said_about_the_scripts_of_the_documentation() {
    let engine = engine();
    let mut wrong = Vec::new();
    for page in pages(&root().join("docs")) {
        let text = fs::read_to_string(&page).unwrap();
        for (number, script) in scripts(&text).into_iter().enumerate() {
            // What is only a sketch; and tests have functions of their own.
            if script.contains('…') || script.contains("fn test_") {
                continue;
            }
            let found = said(&engine, folder_of(&script), &script);
            // What a page shows is often a part of a rule, that begins with what it has said before.
            let partly = [
                "W0801", "E0307", "E0501", "W0408", "W0604", "E0104", "E0301",
            ];
            let told = found.iter().filter(|found| !partly.contains(&found.code));
            wrong.extend(
                told.map(|found| format!("{} {number}: {found}\n{script}", page.display())),
            );
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A folder in which such a script may lie.
fn folder_of(script: &str) -> &'static str {
    if script.contains("schedule = ") {
        "schedule/example.rhai"
    } else {
        "manual/example.rhai"
    }
}

fn pages(folder: &Path) -> Vec<PathBuf> {
    let mut pages = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            pages.extend(pages_below(&path));
        } else if path.extension().is_some_and(|extension| extension == "md") {
            pages.push(path);
        }
    }
    pages
}

/// The pages of a folder below: that of the diagnostics shows mistakes.
fn pages_below(folder: &Path) -> Vec<PathBuf> {
    let pages = pages(folder).into_iter();
    pages
        .filter(|page| !page.ends_with("diagnostics.md"))
        .collect()
}

/// The scripts that a page shows.
fn scripts(page: &str) -> Vec<String> {
    let parts = page.split("```rhai\n").skip(1);
    let scripts = parts.filter_map(|part| {
        // A head has a fence of its own, behind `//!`.
        let end = part.find("\n```").unwrap_or(part.len());
        part.get(..end).map(str::to_owned)
    });
    scripts.collect()
}
