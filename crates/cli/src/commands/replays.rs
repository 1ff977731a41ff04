//! `cuebook replays`.

use clap::{Args, Subcommand};
use serde_json::{Value as Json, json};

use crate::context::{Context, block_on};
use crate::exit::{Exit, Failure};
use crate::remote::{Remote, Table, path_part, shown_replay};

/// List the replays of many events, show one, cancel one. `cuebook replay` begins one.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cuebook replays list\n  cuebook replays cancel 0195f3a0-7c1e-7b2a-9a51-3d9f0c6b2e11 --reason \"enough\""
)]
pub(crate) struct Replays {
    #[command(subcommand)]
    verb: Verb,
    /// Print the API's answer as it is.
    #[arg(long, global = true)]
    json: bool,
}

/// What to do.
#[derive(Debug, Subcommand)]
enum Verb {
    /// List replays, newest first.
    List {
        /// How many at most, 1 to 100.
        #[arg(long, value_name = "NUMBER", default_value_t = 20)]
        limit: u32,
        /// Go on after the page that gave this cursor.
        #[arg(long)]
        cursor: Option<String>,
    },
    /// Show how far a replay is, and what has become of its runs.
    Show {
        /// The replay's id.
        id: String,
    },
    /// Replay nothing more. What was replayed already runs on.
    Cancel {
        /// The replay's id.
        id: String,
        /// Why, for the audit log.
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
    },
}

/// Does what the verb says.
pub(crate) fn run(arguments: &Replays, context: &Context) -> Result<Exit, Failure> {
    let remote = Remote::new(context, arguments.json)?;
    block_on(async {
        match &arguments.verb {
            Verb::List { limit, cursor } => {
                let mut query = vec![("limit", limit.to_string())];
                query.extend(cursor.clone().map(|cursor| ("cursor", cursor)));
                let list = remote.get("replays", &query).await?;
                remote.print(&list, rows);
            }
            Verb::Show { id } => {
                let path = format!("replays/{}", path_part(id));
                let answer = remote.get(&path, &[]).await?;
                remote.print(&answer, shown_replay);
            }
            Verb::Cancel { id, reason } => {
                let path = format!("replays/{}/cancel", path_part(id));
                let body = reason.as_ref();
                let body = body.map_or_else(|| json!({}), |reason| json!({"reason": reason}));
                let answer = remote.post(&path, &body).await?;
                remote.print(&answer, shown_replay);
            }
        }
        Ok(Exit::Good)
    })
}

fn rows(list: &Json) -> String {
    let columns = [
        ("REPLAY", "id"),
        ("STATE", "state"),
        ("RULE", "rule"),
        ("EFFECTS", "effects"),
        ("REPLAYED", "replayed"),
        ("SKIPPED", "skipped"),
        ("OF", "total"),
        ("BEGUN", "created_at"),
    ];
    Table::of(list, &columns).page(list, "no replays")
}
