//! `cuebook copy`.

use std::io::{self, IsTerminal, Write as _};
use std::sync::Arc;

use anyhow::anyhow;
use clap::Args;
use cuebook_core::chance::SystemChance;
use cuebook_core::clock::SystemClock;
use cuebook_store::{CopyError, Destination, Store, StoreError, copy_to_postgres};
use serde_json::json;

use crate::context::{Context, block_on};
use crate::data_folder::DataFolder;
use crate::exit::{Exit, Failure};
use crate::output;
use crate::serve::{database_url, existing_secret_key};

/// Move the SQLite database to an empty Postgres: all rows, compared with their source before anything is kept there.
///
/// The server must be stopped. What was copied starts paused, and overdue timers are held until `cuebook resume`; secrets stay
/// encrypted with the same secret key. The source is marked as moved and refuses to start. Stopped half-way nothing has changed;
/// the same command begins anew, or ends what is left.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cuebook copy --to postgres://cuebook@db.example.ch/cuebook\n  cuebook copy --undo\n\nThe password may be in the URL, or in PGPASSWORD, where no other user of the machine sees it."
)]
pub(crate) struct Copy {
    /// The Postgres to move to
    #[arg(long, value_name = "URL", required_unless_present = "undo")]
    to: Option<String>,
    /// Make a source good again that has moved. Only where what it moved to is given up for good
    #[arg(long, conflicts_with = "to")]
    undo: bool,
    /// Print what was copied as JSON
    #[arg(long)]
    json: bool,
}

/// Copies, or takes back.
pub(crate) fn run(arguments: &Copy, context: &Context) -> Result<Exit, Failure> {
    let config = context.config()?;
    let folder = DataFolder::at(&config.data_dir);
    let from = database_url(&config, &folder);
    let Some(to) = &arguments.to else {
        return undo(from.reveal());
    };
    let key = existing_secret_key(&config, &folder).map_err(Failure::usage)?;
    let key = key.ok_or_else(|| {
        Failure::usage(anyhow!(
            "there is no secret key: neither `secret_key` nor {}. Whoever uses the copy needs the key of the source",
            folder.path(crate::data_folder::SECRET_KEY).display()
        ))
    })?;
    let destination = Destination {
        url: to,
        secret_key: &key,
        clock: Arc::new(SystemClock),
        chance: Arc::new(SystemChance::default()),
    };
    let bar = Bar(io::stderr().is_terminal());
    let copied = block_on(async {
        let told = |table: &str, done, all| bar.show(table, done, all);
        copy_to_postgres(from.reveal(), &destination, told)
            .await
            .map_err(judge)
    });
    bar.end();
    let copied = copied?;
    if arguments.json {
        let tables: Vec<_> = copied
            .tables
            .iter()
            .map(|table| json!({"name": table.name, "rows": table.rows, "sha256_sum": table.checksum}))
            .collect();
        let all = json!({"to": copied.place, "paused": true, "tables": tables});
        output::line(format!("{all:#}"));
        return Ok(Exit::Good);
    }
    for table in copied.tables.iter().filter(|table| table.rows > 0) {
        let sum = table.checksum.get(..16).unwrap_or_default();
        output::line(format!("{:>12} {:<24} {sum}…", table.rows, table.name));
    }
    output::line(format!(
        "Everything is in {}, as it was here, and paused; this database is marked as moved and starts no more.",
        copied.place
    ));
    output::line(
        "Next: set `database_url` to it on each node, with the same `secret_key`, `admin_key` and `hook_token`; start them; \
         `cuebook rules deploy`; look at `cuebook runs list --state waiting` and `cuebook effects list --state pending`; then `cuebook resume`.",
    );
    output::line(format!(
        "Last, once the copy is good: delete {}* (the WAL and what updates have left beside it, too). It still holds all personal data, \
         and neither `cuebook erase` nor `retention` reaches it any more.",
        file_of(from.reveal())
    ));
    Ok(Exit::Good)
}

fn undo(from: &str) -> Result<Exit, Failure> {
    let moved_to = block_on(async {
        Store::take_back(
            from,
            Arc::new(SystemClock),
            Arc::new(SystemChance::default()),
        )
        .await
        .map_err(Failure::unreachable)
    })?;
    output::line(match moved_to {
        Some(place) => format!(
            "this database is good again. What it had moved to must not be used any more: {place}"
        ),
        None => "nothing to do: this database has not moved".to_owned(),
    });
    Ok(Exit::Good)
}

/// The file behind the URL of a SQLite database.
fn file_of(url: &str) -> &str {
    let path = url.trim_start_matches("sqlite:").trim_start_matches("//");
    path.split('?').next().unwrap_or(path)
}

/// What a person did wrong is wrong usage.
fn judge(error: CopyError) -> Failure {
    match error {
        CopyError::NotFromSqlite | CopyError::NotToPostgres => Failure::usage(error),
        CopyError::Store(error @ StoreError::InUse(_)) => {
            Failure::unreachable(anyhow::Error::new(error).context("stop the server first"))
        }
        other => Failure::unreachable(other),
    }
}

/// How far it is, on a terminal.
struct Bar(bool);

impl Bar {
    fn show(&self, table: &str, done: u64, all: u64) {
        if self.0 {
            let percent = (done * 100).checked_div(all).unwrap_or(100);
            let line = format!("\r{table}: {done} of {all} rows, {percent} %\u{1b}[K");
            let _ = io::stderr().lock().write_all(line.as_bytes());
        }
    }

    fn end(&self) {
        if self.0 {
            let _ = io::stderr().lock().write_all(b"\r\x1b[K");
        }
    }
}
