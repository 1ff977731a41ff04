//! Puts the definition files for editors into a folder.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::engine;

/// The folder below the rules that is made for editors. It is hidden, so that no reader of rules looks into it.
pub(crate) const FOLDER: &str = ".definitions";
/// What definition files end with.
const ENDING: &str = ".d.rhai";
/// Keeps what can be made anew out of version control.
const IGNORE: (&str, &str) = (".gitignore", "*\n");

/// The definition files: their names, and their texts.
pub(crate) fn texts() -> anyhow::Result<BTreeMap<String, String>> {
    let engine = engine::bare()?;
    Ok(cuebook_rules::definitions(engine.functions()))
}

/// Makes `folder` hold the definition files of this version, and none of another. A file that is right already is not touched.
pub(crate) fn write(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = texts()?;
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    remove_others(folder, &files).with_context(|| format!("cannot read {}", folder.display()))?;
    let written = files.keys().map(|name| folder.join(name)).collect();
    files.insert(IGNORE.0.to_owned(), IGNORE.1.to_owned());
    for (name, text) in files {
        let path = folder.join(name);
        if fs::read(&path).is_ok_and(|before| before == text.as_bytes()) {
            continue;
        }
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(written)
}

/// Removes what a version with other functions has left behind.
fn remove_others(folder: &Path, files: &BTreeMap<String, String>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let is_other = name
            .to_str()
            .is_some_and(|name| name.ends_with(ENDING) && !files.contains_key(name));
        if is_other {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}
