//! `cuebook migrate`.

use clap::Args;
use cuebook_store::Store;

use crate::context::{Context, block_on};
use crate::data_folder::DataFolder;
use crate::exit::{Exit, Failure};
use crate::output;
use crate::serve::database_url;

/// Bring the database's schema up to date. On SQLite `serve` does so too, after a copy of the file; on Postgres this is a step of
/// its own, done while the nodes of the former version go on.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  cuebook migrate")]
pub(crate) struct Migrate {}

/// Applies what is missing and prints its names.
pub(crate) fn run(_arguments: &Migrate, context: &Context) -> Result<Exit, Failure> {
    let config = context.config()?;
    let folder = DataFolder::open(&config.data_dir).map_err(Failure::unreachable)?;
    let url = database_url(&config, &folder);
    let migrated = block_on(async {
        Store::migrate(url.reveal())
            .await
            .map_err(Failure::unreachable)
    })?;
    if let Some(copy) = &migrated.copy {
        output::line(format!(
            "the database as it was is kept in {}",
            copy.display()
        ));
    }
    if migrated.applied.is_empty() {
        output::line("nothing to do: the database is up to date");
    }
    for name in migrated.applied {
        output::line(format!("applied {name}"));
    }
    Ok(Exit::Good)
}
