//! What names a version of a rule: the hash of everything that decides what it does.
//!
//! A run is pinned to a version, so the way it is hashed never changes: another way would be another version of every rule.

use std::collections::BTreeSet;

use cuebook_core::rule::VersionHash;
use sha2::{Digest, Sha256};

use super::TEMPLATES;
use crate::files::RuleFiles;
use crate::program::Program;

/// The files that make up `program`'s version: its own, its imports, and all templates; sorted.
pub(crate) fn paths_of(program: &Program, files: &RuleFiles) -> Vec<String> {
    let templates = files
        .templates()
        .map(|(name, _)| format!("{TEMPLATES}/{name}"));
    let paths: BTreeSet<String> = program
        .paths()
        .map(str::to_owned)
        .chain(templates)
        .collect();
    paths.into_iter().collect()
}

/// The version that files at `paths` make up.
pub(crate) fn version_hash(paths: &[String], files: &RuleFiles) -> VersionHash {
    VersionHash(hash(
        "cuebook rule version 1",
        paths.iter().map(|path| {
            let bytes = files.0.get(path).map(Vec::as_slice);
            (path.as_str(), bytes.unwrap_or_default())
        }),
    ))
}

/// The hash of a whole set.
pub(crate) fn set_hash(files: &RuleFiles) -> String {
    let files = files.0.iter();
    hash(
        "cuebook rule set 1",
        files.map(|(path, bytes)| (path.as_str(), bytes.as_slice())),
    )
}

/// SHA-256 over paths and contents, each after its length, so that no two sets of files look alike.
fn hash<'a>(what: &str, files: impl Iterator<Item = (&'a str, &'a [u8])>) -> String {
    let mut digest = Sha256::new();
    let mut part = |bytes: &[u8]| {
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        digest.update(length.to_be_bytes());
        digest.update(bytes);
    };
    part(what.as_bytes());
    for (path, bytes) in files {
        part(path.as_bytes());
        part(bytes);
    }
    hex::encode(digest.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(files: &[(&str, &str)]) -> RuleFiles {
        RuleFiles(
            files
                .iter()
                .map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec()))
                .collect(),
        )
    }

    #[test]
    fn the_hash_of_a_version_never_changes_its_way() {
        let files = files(&[("any/a.rhai", "let x = 1;")]);
        // Worked out apart from this code, from the length-prefixed parts.
        assert_eq!(
            version_hash(&["any/a.rhai".to_owned()], &files).0,
            "3a54839538fde9ae596fb185036fb66e163f94615d88b6abb9bdfb1994d6f134"
        );
    }

    #[test]
    fn moving_bytes_between_path_and_content_makes_another_set() {
        assert_ne!(
            set_hash(&files(&[("ab", "c")])),
            set_hash(&files(&[("a", "bc")]))
        );
        assert_ne!(
            set_hash(&files(&[("a", "b"), ("c", "")])),
            set_hash(&files(&[("a", ""), ("b", "c")]))
        );
    }
}
