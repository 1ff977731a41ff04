//! Where a backup is restored to: nothing may be there that would be overwritten.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use super::{BackupError, Opened, rules};
use crate::config::Config;
use crate::data_folder::{DataFolder, new_file};
use crate::serve::{database_url, sqlite_file};

/// Where it is restored to.
pub(crate) struct Place {
    /// The database's file.
    database: PathBuf,
    /// The folder of the rules.
    rules_dir: PathBuf,
    /// Where the configuration is written; nowhere if one is in force.
    configuration: Option<PathBuf>,
}

impl Place {
    /// The place of this configuration, which must be empty.
    pub(crate) fn of(
        config: &Config,
        folder: &DataFolder,
        configuration: Option<PathBuf>,
    ) -> anyhow::Result<Self> {
        let url = database_url(config, folder);
        let url = url.reveal();
        let Some(database) = sqlite_file(url) else {
            bail!(
                "a backup is restored into an SQLite file, but `database_url` is another database: restore without it, and move the result with `cuebook copy --to`"
            );
        };
        for ending in ["", "-wal", "-shm"] {
            let mut name = database.as_os_str().to_owned();
            name.push(ending);
            refuse_existing(Path::new(&name))?;
        }
        folder.refuse_more_than_keys()?;
        Ok(Self {
            database,
            rules_dir: config.rules_dir.clone(),
            configuration,
        })
    }

    /// Where the database is unpacked to before it is in order.
    pub(crate) fn unpacked(&self) -> PathBuf {
        let mut name = self.database.as_os_str().to_owned();
        name.push(".restoring");
        PathBuf::from(name)
    }

    /// Whether the rules may be written; an error if others stand there.
    pub(crate) fn check_rules(&self, backup: &Opened) -> anyhow::Result<bool> {
        let there = rules::gather(&self.rules_dir)?;
        if there.is_empty() {
            return Ok(!backup.rules.is_empty());
        }
        if there == backup.rules {
            return Ok(false);
        }
        Err(BackupError::Exists(self.rules_dir.clone())).context(
            "the rules' folder has other rules than the backup: move it away, or keep it with --keep-rules",
        )
    }

    /// Puts everything into its place, the database last: what was interrupted before cannot be started.
    pub(crate) fn fill(&self, backup: &Opened, with_rules: bool) -> anyhow::Result<Vec<String>> {
        let mut told = Vec::new();
        if with_rules {
            rules::write(&self.rules_dir, &backup.rules)?;
            told.push(format!(
                "{} files of rules in {}",
                backup.rules.len(),
                self.rules_dir.display()
            ));
        }
        match (&self.configuration, &backup.configuration) {
            (Some(path), Some(text)) => {
                // Its owner's alone: secrets are put back into it.
                new_file(path)
                    .and_then(|mut file| file.write_all(text.as_bytes()))
                    .map_err(BackupError::file("write", path))?;
                told.push(format!(
                    "the configuration without its secrets in {}",
                    path.display()
                ));
            }
            (None, Some(_)) => told.push("not the configuration, since there is one".to_owned()),
            (_, None) => {}
        }
        fs::rename(backup.database(), &self.database)
            .map_err(BackupError::file("write", &self.database))?;
        let folder = self
            .database
            .parent()
            .filter(|folder| *folder != Path::new(""));
        let folder = folder.unwrap_or(Path::new("."));
        let synced = fs::File::open(folder).and_then(|folder| folder.sync_all());
        synced.map_err(BackupError::file("sync", folder))?;
        told.push(format!("the database in {}", self.database.display()));
        Ok(told)
    }
}

fn refuse_existing(path: &Path) -> Result<(), BackupError> {
    if path.exists() {
        return Err(BackupError::Exists(path.to_owned()));
    }
    Ok(())
}
