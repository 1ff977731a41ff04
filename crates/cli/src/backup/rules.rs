//! The files of a rules' folder, and writing them into one.

use std::fs;
use std::path::{Component, Path};

use super::BackupError;

/// A file of the folder: its path with `/` between, and its content.
pub(super) type RuleFile = (String, Vec<u8>);

/// The files of the folder at `folder`, by path; none where it is not there. What begins with a dot is no rule.
pub(super) fn gather(folder: &Path) -> Result<Vec<RuleFile>, BackupError> {
    let mut files = Vec::new();
    if folder.exists() {
        add(folder, "", &mut files)?;
    }
    files.sort();
    Ok(files)
}

fn add(folder: &Path, prefix: &str, files: &mut Vec<RuleFile>) -> Result<(), BackupError> {
    let failed = || BackupError::file("read", folder);
    for entry in fs::read_dir(folder).map_err(failed())? {
        let entry = entry.map_err(failed())?;
        let path = entry.path();
        let name = entry.file_name();
        let Some(name) = name.to_str().filter(|name| !name.starts_with('.')) else {
            continue;
        };
        let name = format!("{prefix}{name}");
        if path.is_dir() {
            add(&path, &format!("{name}/"), files)?;
        } else {
            let content = fs::read(&path).map_err(BackupError::file("read", &path))?;
            files.push((name, content));
        }
    }
    Ok(())
}

/// Writes the files into the folder, which is made.
pub(super) fn write(folder: &Path, files: &[RuleFile]) -> Result<(), BackupError> {
    for (name, content) in files {
        let path = folder.join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(BackupError::file("make", parent))?;
        }
        fs::write(&path, content).map_err(BackupError::file("write", &path))?;
    }
    Ok(())
}

/// Whether a path leads nowhere but down.
pub(super) fn leads_down(path: &str) -> bool {
    let mut parts = Path::new(path).components();
    !path.is_empty() && parts.all(|part| matches!(part, Component::Normal(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_gathered_is_written_the_same() {
        let dir = tempfile::tempdir().unwrap();
        let files = vec![
            ("any/log.rhai".to_owned(), b"log".to_vec()),
            ("lib/a/b.rhai".to_owned(), b"\0".to_vec()),
        ];
        write(&dir.path().join("rules"), &files).unwrap();
        fs::write(dir.path().join("rules/.swp"), "half").unwrap();
        assert_eq!(gather(&dir.path().join("rules")).unwrap(), files);
        assert_eq!(gather(&dir.path().join("none")).unwrap(), []);
    }

    #[test]
    fn a_path_that_leads_elsewhere_is_told() {
        assert!(leads_down("new-booking/a.rhai"));
        for path in ["", "/etc/passwd", "../a", "a/../../b"] {
            assert!(!leads_down(path), "{path}");
        }
    }
}
