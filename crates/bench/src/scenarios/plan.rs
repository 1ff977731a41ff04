//! What is to be done.

use std::path::PathBuf;
use std::time::Duration;

use clap::ValueEnum;
use tempfile::TempDir;

/// A scenario, by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Scenario {
    /// Webhooks without a rule, against the durable ceiling.
    Ingest,
    /// A rule that filters and logs; its passes against bare Rhai.
    Rule,
    /// A rule with one `webhook::send`, against the job ceiling; also at a fixed rate.
    CallOut,
    /// A rule with one mail.
    Mail,
    /// A rule that asks Ticketpark for the booking and sends a mail.
    ReadThenMail,
    /// Many runs that sleep.
    LongWait,
    /// `ingest` and `call-out` again with many events stored.
    Growth,
    /// Idle, and with a backlog.
    Memory,
    /// From the start to being ready.
    StartUp,
}

/// Where Cuebook stores.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Database {
    /// A file.
    Sqlite,
    /// A database of its own on a server.
    Postgres,
}

/// What is to be done.
#[derive(Debug)]
pub(crate) struct Plan {
    /// What is measured.
    pub(crate) scenarios: Vec<Scenario>,
    /// How long each measurement lasts.
    pub(crate) seconds: Duration,
    /// How often each is repeated.
    pub(crate) repeats: u32,
    /// Where Cuebook's databases are made; `None` for SQLite.
    pub(crate) postgres_url: Option<String>,
    /// So many events `growth` stores.
    pub(crate) growth_events: u64,
    /// So many runs sleep in `long-wait`.
    pub(crate) sleeping_runs: u64,
    /// The binary `cuebook`.
    pub(crate) binary: PathBuf,
    /// Where folders are made.
    pub(crate) folder: Option<PathBuf>,
    /// Where the figures go as JSON.
    pub(crate) json: Option<PathBuf>,
    /// Where the plot goes.
    pub(crate) plot: Option<PathBuf>,
}

impl Plan {
    /// A folder on the disk that is measured; removed with what it is given to.
    pub(crate) fn temporary_folder(&self) -> std::io::Result<TempDir> {
        match &self.folder {
            Some(folder) => TempDir::new_in(folder),
            None => TempDir::new(),
        }
    }
}
