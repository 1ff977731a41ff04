//! `cuebook migrate`.

use clap::Args;
use cuebook_store::Store;

use crate::context::{Context, block_on};
use crate::data_folder::DataFolder;
use crate::exit::{Exit, Failure};
use crate::output;
use crate::serve::database_url;

/// Bring the database's schema up to date. `serve` does so too; this is for those who want it done before.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  cuebook migrate")]
pub(crate) struct Migrate {}

/// Applies what is missing and prints its names.
pub(crate) fn run(_arguments: &Migrate, context: &Context) -> Result<Exit, Failure> {
    let config = context.config()?;
    let folder = DataFolder::open(&config.data_dir).map_err(Failure::unreachable)?;
    let url = database_url(&config, &folder);
    let applied = block_on(async {
        Store::migrate(url.reveal())
            .await
            .map_err(Failure::unreachable)
    })?;
    if applied.is_empty() {
        output::line("nothing to do: the database is up to date");
    }
    for name in applied {
        output::line(format!("applied {name}"));
    }
    Ok(Exit::Good)
}
