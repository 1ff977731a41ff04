//! The database of this configuration, opened to be read: beside a running server, too.

use anyhow::Context as _;
use clap::Args;
use cuebook_store::{Archive, StoreError};

use crate::config::Config;
use crate::data_folder::DataFolder;
use crate::exit::Failure;
use crate::serve::{database_url, demo_database_url, send_as_demo};

/// Which database is read.
#[derive(Debug, Args)]
pub(crate) struct Database {
    /// Read the database of `cuebook serve --demo`.
    #[arg(long)]
    pub(crate) demo: bool,
}

impl Database {
    /// The configuration with which the database was written.
    pub(crate) fn configured(&self, mut config: Config) -> Config {
        if self.demo {
            send_as_demo(&mut config);
        }
        config
    }
}

/// Opens it.
pub(crate) async fn open(database: &Database, config: &Config) -> Result<Archive, Failure> {
    let folder = DataFolder::at(&config.data_dir);
    let url = if database.demo {
        demo_database_url(&folder)
    } else {
        database_url(config, &folder)
    };
    match Archive::open(url.reveal()).await {
        Ok(archive) => Ok(archive),
        Err(error @ StoreError::File { .. }) => {
            let hint = if !database.demo && folder.path("demo.db").exists() {
                "there is no database yet, but one of a demo: --demo reads that"
            } else {
                "there is no database yet: `cuebook serve` makes it, and keeps the events in it"
            };
            Err(Failure::unreachable(
                anyhow::Error::new(error).context(hint),
            ))
        }
        Err(error) => Err(error)
            .context("cannot open the database")
            .map_err(Failure::unreachable),
    }
}
