//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::scenarios::{Database, Plan, Scenario};

/// Measures Cuebook against what the machine can do, in the same run.
///
/// The first figures to look at are the ratios: a machine that does something else at the same time slows the ceilings as
/// much as Cuebook.
#[derive(Debug, Parser)]
#[command(
    after_help = "Examples:\n  cargo build --release && cargo run --release -p cuebook-bench\n  cargo run --release -p cuebook-bench -- --scenario ingest,call-out --seconds 10 --repeats 3"
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    /// What to measure.
    #[arg(
        long,
        value_enum,
        value_delimiter = ',',
        default_value = "ingest,rule,call-out,mail,read-then-mail,start-up"
    )]
    scenario: Vec<Scenario>,
    /// How long each measurement lasts.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=600))]
    seconds: u64,
    /// How often each is repeated; the medians count.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=99))]
    repeats: u32,
    /// Where Cuebook stores. The ceilings are always SQLite's.
    #[arg(long, value_enum, default_value_t = Database::Sqlite)]
    database: Database,
    /// With `--database postgres`: a server on which databases may be made.
    #[arg(long, env = "CUEBOOK_TEST_POSTGRES")]
    postgres_url: Option<String>,
    /// How many events are stored before `growth` measures, and wait before `memory` does.
    #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u64).range(1..=100_000_000))]
    growth_events: u64,
    /// How many runs sleep in `long-wait`.
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u64).range(1..=10_000_000))]
    sleeping_runs: u64,
    /// The binary; the one beside this one if left out.
    #[arg(long)]
    binary: Option<PathBuf>,
    /// Where databases are made; a folder on the disk that is to be measured.
    #[arg(long)]
    folder: Option<PathBuf>,
    /// Write the figures as JSON into this file.
    #[arg(long)]
    json: Option<PathBuf>,
    /// Draw the ratios into this SVG file.
    #[arg(long)]
    plot: Option<PathBuf>,
}

/// What the bench starts itself as.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Be one of the ceilings (the bench starts itself so).
    #[command(hide = true)]
    Ceiling(Ceiling),
}

/// Which ceiling, and with what.
#[derive(Debug, Args)]
pub(crate) struct Ceiling {
    /// Which.
    #[arg(value_enum)]
    pub(crate) kind: CeilingKind,
    /// Where it writes its address.
    #[arg(long)]
    pub(crate) address_file: PathBuf,
    /// Its database.
    #[arg(long)]
    pub(crate) database: PathBuf,
    /// Where the job's call goes.
    #[arg(long)]
    pub(crate) sink: SocketAddr,
}

/// What the bare stones do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum CeilingKind {
    /// Parse and answer.
    Http,
    /// Store one row.
    Durable,
    /// Store, evaluate a rule, call, store that it was done.
    Job,
}

impl Arguments {
    /// What is to be done.
    pub(crate) fn plan(&self) -> anyhow::Result<Plan> {
        let binary = match &self.binary {
            Some(binary) => binary.clone(),
            None => std::env::current_exe()?.with_file_name("cuebook"),
        };
        let binary = binary.canonicalize().with_context(|| {
            format!(
                "there is no {}; build it first: cargo build --release",
                binary.display()
            )
        })?;
        let postgres_url =
            match self.database {
                Database::Sqlite => None,
                Database::Postgres => Some(self.postgres_url.clone().context(
                    "--database postgres needs --postgres-url or CUEBOOK_TEST_POSTGRES",
                )?),
            };
        Ok(Plan {
            scenarios: self.scenario.clone(),
            seconds: Duration::from_secs(self.seconds),
            repeats: self.repeats,
            postgres_url,
            growth_events: self.growth_events,
            sleeping_runs: self.sleeping_runs,
            binary,
            folder: self.folder.clone(),
            json: self.json.clone(),
            plot: self.plot.clone(),
        })
    }
}
