//! `cuebook backup FILE`.

use std::path::PathBuf;

use anyhow::anyhow;
use clap::Args;
use cuebook_core::clock::SystemClock;

use crate::backup;
use crate::context::{Context, block_on};
use crate::data_folder::DataFolder;
use crate::exit::{Exit, Failure};
use crate::output;
use crate::serve::database_url;

/// Back up database, rules and configuration into one file, also while the server runs.
///
/// The secret key is not in it: keep a copy of `secret.key` elsewhere. Neither are the secrets of the configuration. The file
/// holds customers' data, and is for its owner alone.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cuebook backup /var/backups/cuebook-2026-11-24.tar\n  tar -tf /var/backups/cuebook-2026-11-24.tar\n\nOn Postgres, `pg_dump` takes the backup; the command says how."
)]
pub(crate) struct Backup {
    /// The file to write; it must not be there yet
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// Takes it and says what was taken.
pub(crate) fn run(arguments: &Backup, context: &Context) -> Result<Exit, Failure> {
    let gathered = context.gathered()?;
    let config = context.config()?;
    let folder = DataFolder::at(&config.data_dir);
    let url = database_url(&config, &folder);
    if !url.reveal().starts_with("sqlite:") {
        return Err(Failure::usage(anyhow!(by_postgres(
            &arguments.file.display().to_string(),
            &crate::config::shown("database_url", url.reveal()),
        ))));
    }
    let taken = block_on(async {
        backup::take(
            &arguments.file,
            url.reveal(),
            &config.rules_dir,
            gathered.file(),
            &SystemClock,
        )
        .await
        .map_err(|error| match error {
            backup::BackupError::Exists(_) => Failure::usage(error),
            other => Failure::unreachable(other),
        })
    })?;
    let manifest = &taken.manifest;
    output::line(format!(
        "{}: everything until {}, {} bytes",
        arguments.file.display(),
        manifest.taken_at.format("%Y-%m-%d %H:%M:%S UTC"),
        taken.length
    ));
    if let Some(fingerprint) = &manifest.secret_key_fingerprint {
        output::line(format!(
            "it can be used with the secret key {fingerprint} alone, which is not in it: keep a copy of that key elsewhere"
        ));
    }
    Ok(Exit::Good)
}

/// What to do instead on Postgres, `url` being without its password.
fn by_postgres(file: &str, url: &str) -> String {
    format!(
        "the database is a Postgres, whose own tools take backups that fit it, also while Cuebook runs:\n\
         \n  pg_dump --format=custom --file='{file}' '{url}'\n\
         \nThe rules that were deployed are in it. To restore, with all nodes stopped:\n\
         \n  pg_restore --clean --if-exists --no-owner --dbname='{url}' '{file}'\n  \
         cuebook restore --in-place --taken-at TIME\n\
         \nThe last command pauses everything and notes what may have been done after TIME. Keep the secret key elsewhere."
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn on_postgres_the_exact_command_is_told() {
        let told = by_postgres("b.dump", "postgres://u@h/db");
        assert!(told.contains("pg_dump --format=custom --file='b.dump' 'postgres://u@h/db'"));
        assert!(told.contains("cuebook restore --in-place"));
    }
}
