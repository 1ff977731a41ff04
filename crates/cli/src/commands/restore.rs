//! `cuebook restore FILE`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use clap::Args;
use cuebook_core::chance::SystemChance;
use cuebook_core::clock::SystemClock;
use cuebook_store::{ArrivedBy, Arriving, Store, StoreError};

use crate::backup::{BackupError, Manifest, Opened, Place};
use crate::config::Config;
use crate::context::{Context, block_on};
use crate::data_folder::{DataFolder, ERASURES, SECRET_KEY};
use crate::exit::{Exit, Failure};
use crate::output;
use crate::serve::{database_url, existing_secret_key};

/// Restore a backup into an empty data folder. What was restored starts paused.
///
/// Put the secret key that the backup belongs to into `secret.key` of the data folder, before or after. Nothing that stands
/// there is overwritten.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cuebook restore /var/backups/cuebook-2026-11-24.tar\n  CUEBOOK_DATA_DIR=/var/lib/cuebook-new cuebook restore cuebook.tar\n\nThen:\n  cuebook serve\n  cuebook resume --dry-run    # what would go on\n  cuebook resume"
)]
pub(crate) struct Restore {
    /// The backup
    #[arg(value_name = "FILE", required_unless_present = "in_place")]
    file: Option<PathBuf>,
    /// Leave the rules' folder as it is, although the backup has other rules
    #[arg(long)]
    keep_rules: bool,
    /// The configured database was restored by other means (`pg_restore`): only note so, and pause everything. No server may be running
    #[arg(long, conflicts_with_all = ["file", "keep_rules"], requires = "taken_at")]
    in_place: bool,
    /// With --in-place, the moment that the restored database shows
    #[arg(long, value_name = "TIME", requires = "in_place")]
    taken_at: Option<DateTime<Utc>>,
}

/// Restores.
pub(crate) fn run(arguments: &Restore, context: &Context) -> Result<Exit, Failure> {
    let config = context.config()?;
    if let (None, Some(taken_at)) = (&arguments.file, arguments.taken_at) {
        return note_in_place(&config, taken_at);
    }
    let Some(file) = &arguments.file else {
        return Ok(Exit::Usage);
    };
    let configuration = match context.gathered()?.file() {
        Some(_) => None,
        None => Some(PathBuf::from("cuebook.toml")),
    };
    let folder = DataFolder::open(&config.data_dir).map_err(Failure::unreachable)?;
    let place = Place::of(&config, &folder, configuration).map_err(Failure::usage)?;
    let opened = Opened::read(file, &place.unpacked()).map_err(judge)?;
    let manifest = &opened.manifest;
    check_key(&config, &folder, manifest)?;
    let with_rules = if arguments.keep_rules {
        false
    } else {
        place.check_rules(&opened).map_err(Failure::usage)?
    };
    let url = format!("sqlite://{}", opened.database().display());
    arrive(&url, manifest.taken_at)?;
    let told = place
        .fill(&opened, with_rules)
        .map_err(Failure::unreachable)?;
    output::line(format!(
        "restored the backup of {}, which Cuebook {} took:",
        manifest.taken_at.format("%Y-%m-%d %H:%M:%S UTC"),
        manifest.cuebook
    ));
    for part in told {
        output::line(format!("  {part}"));
    }
    say_what_is_next(&folder, &config, manifest);
    Ok(Exit::Good)
}

fn note_in_place(config: &Config, taken_at: DateTime<Utc>) -> Result<Exit, Failure> {
    let folder = DataFolder::at(&config.data_dir);
    let url = database_url(config, &folder);
    arrive(url.reveal(), taken_at)?;
    output::line("noted: everything is paused. `cuebook resume --dry-run` says what would go on");
    Ok(Exit::Good)
}

fn arrive(url: &str, taken_at: DateTime<Utc>) -> Result<(), Failure> {
    let arriving = Arriving {
        by: ArrivedBy::Restored,
        taken_at,
    };
    let chance = Arc::new(SystemChance::default());
    block_on(async {
        Store::arrive(url, arriving, Arc::new(SystemClock), chance)
            .await
            .map(drop)
            .map_err(|error| judge(BackupError::from(error)))
    })
}

/// The key that is there already must be the right one; one that is not there yet is asked for afterwards.
fn check_key(config: &Config, folder: &DataFolder, manifest: &Manifest) -> Result<(), Failure> {
    let key = existing_secret_key(config, folder).map_err(Failure::usage)?;
    match (key.map(|key| key.id()), &manifest.secret_key_fingerprint) {
        (Some(given), Some(needed)) if given != *needed => {
            Err(Failure::usage(BackupError::OtherKey {
                needed: needed.clone(),
                given,
            }))
        }
        _ => Ok(()),
    }
}

fn say_what_is_next(folder: &DataFolder, config: &Config, manifest: &Manifest) {
    let key: &Path = &folder.path(SECRET_KEY);
    if config.secret_key.is_none() && !key.exists() {
        let fingerprint = manifest.secret_key_fingerprint.as_deref();
        output::line(format!(
            "put the secret key {} into {} before you start it",
            fingerprint.unwrap_or("of that installation"),
            key.display()
        ));
    }
    let erasures = folder.path(ERASURES);
    if !erasures.exists() {
        output::line(format!(
            "what was erased after the backup is erased again if the former data folder's erasures.log is put to {} before",
            erasures.display()
        ));
    }
    output::line(
        "it starts paused: webhooks are stored, nothing runs or is sent. `cuebook resume --dry-run` says what would go on, `cuebook resume` lets it",
    );
    output::line(
        "what was done after the backup is not in it: sends that may have gone out are marked as unknown in the ledger",
    );
}

fn judge(error: BackupError) -> Failure {
    match error {
        BackupError::Exists(_)
        | BackupError::Broken { .. }
        | BackupError::Newer { .. }
        | BackupError::OtherKey { .. } => Failure::usage(error),
        BackupError::Store(StoreError::InUse(_)) => {
            Failure::unreachable(anyhow::Error::new(error).context("stop the server before"))
        }
        other @ (BackupError::File { .. } | BackupError::Store(_)) => Failure::unreachable(other),
    }
}
