//! What differs between two sets of files, as people read it.

use std::collections::{BTreeMap, BTreeSet};

use poem_openapi::{Enum, Object};
use similar::TextDiff;

use crate::auth::Masking;

/// How many unchanged lines are shown around a change.
const AROUND: usize = 3;

/// A file that differs.
#[derive(Debug, Object)]
#[oai(rename = "ChangedFile")]
pub(crate) struct ChangedFile {
    /// Its path in the rules' folder.
    path: String,
    /// What happened to it.
    change: Change,
    /// The changed lines as a unified diff; `null` for what is no text.
    diff: Option<String>,
}

/// What happened to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[oai(rename = "FileChange", rename_all = "lowercase")]
pub(crate) enum Change {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It has other content.
    Changed,
}

type Files = BTreeMap<String, Vec<u8>>;

/// What has to be done to `before` to get `after`, by path.
pub(crate) fn difference(before: &Files, after: &Files, masking: Masking) -> Vec<ChangedFile> {
    let paths: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    paths
        .into_iter()
        .filter_map(|path| {
            let (old, new) = (before.get(path), after.get(path));
            let change = match (old, new) {
                (Some(old), Some(new)) if old == new => return None,
                (Some(_), Some(_)) => Change::Changed,
                (None, _) => Change::Added,
                (_, None) => Change::Removed,
            };
            Some(ChangedFile {
                path: path.clone(),
                change,
                diff: masking.optional(lines(path, old, new)),
            })
        })
        .collect()
}

fn lines(path: &str, old: Option<&Vec<u8>>, new: Option<&Vec<u8>>) -> Option<String> {
    let text = |bytes: Option<&Vec<u8>>| match bytes {
        Some(bytes) => String::from_utf8(bytes.clone()).ok(),
        None => Some(String::new()),
    };
    let (old, new) = (text(old)?, text(new)?);
    let diff = TextDiff::from_lines(&old, &new);
    let mut unified = diff.unified_diff();
    unified.context_radius(AROUND).header(path, path);
    Some(unified.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(files: &[(&str, &str)]) -> Files {
        files
            .iter()
            .map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec()))
            .collect()
    }

    #[test]
    fn each_file_that_differs_is_told_with_its_lines() {
        let before = files(&[("a", "1\n2\n"), ("b", "same\n"), ("c", "old\n")]);
        let after = files(&[("a", "1\n3\n"), ("b", "same\n"), ("d", "new\n")]);
        let found = difference(&before, &after, Masking::Off);
        let told: Vec<_> = found
            .iter()
            .map(|file| (file.path.as_str(), file.change))
            .collect();
        assert_eq!(
            told,
            [
                ("a", Change::Changed),
                ("c", Change::Removed),
                ("d", Change::Added)
            ]
        );
        let diff = found[0].diff.as_deref().unwrap();
        assert!(diff.contains("-2\n+3\n"), "{diff}");
    }
}
