//! Writing the archive.

use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Write as _};
use std::path::Path;

use tar::{Builder, Header};

use super::manifest::Manifest;
use super::rules::RuleFile;
use super::sums::{self, Sums};
use super::{BackupError, CONFIGURATION, DATABASE, MANIFEST, RULES, SUMS};
use crate::data_folder::new_file;

/// What goes into an archive.
pub(super) struct Parts<'a> {
    /// What it says of itself.
    pub(super) manifest: &'a Manifest,
    /// The configuration file, if there is one.
    pub(super) configuration: Option<String>,
    /// The files of the rules.
    pub(super) rules: Vec<RuleFile>,
    /// The copy of the database.
    pub(super) database: &'a Path,
}

/// Writes an archive to the new file `to`, synced. Gives its length in bytes.
pub(super) fn write(to: &Path, parts: Parts<'_>) -> Result<u64, BackupError> {
    let failed = || BackupError::file("write", to);
    let read = || BackupError::file("read", parts.database);
    let manifest = serde_json::to_vec_pretty(parts.manifest).map_err(io::Error::from);
    let mut small = vec![(MANIFEST.to_owned(), manifest.map_err(failed())?)];
    let configuration = parts.configuration.map(String::into_bytes);
    small.extend(configuration.map(|text| (CONFIGURATION.to_owned(), text)));
    let rules = parts.rules.into_iter();
    small.extend(rules.map(|(path, content)| (format!("{RULES}{path}"), content)));

    let mut list = Sums::default();
    for (name, content) in &small {
        list.add(name, sums::of_bytes(content));
    }
    let mut database = File::open(parts.database).map_err(read())?;
    let (sum, length) = sums::copy(&mut database, &mut io::sink()).map_err(read())?;
    list.add(DATABASE, sum);

    let written_at = u64::try_from(parts.manifest.taken_at.timestamp()).unwrap_or(0);
    let file = new_file(to).map_err(failed())?;
    let mut archive = Builder::new(BufWriter::new(file));
    let mut add = |name: &str, length: u64, content: &mut dyn Read| {
        let mut header = Header::new_gnu();
        header.set_size(length);
        header.set_mode(0o600);
        header.set_mtime(written_at);
        archive.append_data(&mut header, name, content)
    };
    let list = list.to_text();
    add(SUMS, list.len() as u64, &mut list.as_bytes()).map_err(failed())?;
    for (name, content) in &small {
        add(name, content.len() as u64, &mut content.as_slice()).map_err(failed())?;
    }
    let mut database = File::open(parts.database).map_err(read())?;
    add(DATABASE, length, &mut database).map_err(failed())?;
    let mut file = archive.into_inner().map_err(failed())?;
    file.flush().map_err(failed())?;
    file.get_ref().sync_all().map_err(failed())?;
    Ok(fs::metadata(to).map_err(failed())?.len())
}
