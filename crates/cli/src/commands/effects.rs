//! `cuebook effects`.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Map, Value as Json, json};

use crate::context::{Context, block_on};
use crate::exit::{Exit, Failure};
use crate::remote::{Bulk, Filters, Remote, Table, operate, path_part};

/// List the ledger of what was done outside, show a row, send again, approve, discard.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cuebook effects list --state unknown\n  cuebook effects message 0195f3a0-7c1f-7c01-8f22-6a0d4be19c13 --output mail.eml\n  cuebook effects retry 0195f3a0-7c1f-7c01-8f22-6a0d4be19c13\n  cuebook effects many discard --rule new-booking/thank-you --state held --reason \"sent in error\" --yes"
)]
pub(crate) struct Effects {
    #[command(subcommand)]
    verb: Verb,
    /// Print the API's answer as it is.
    #[arg(long, global = true)]
    json: bool,
}

/// What to do.
#[derive(Debug, Subcommand)]
enum Verb {
    /// List effects, newest first.
    List {
        #[command(flatten)]
        filters: Filters,
        /// Only effects of this function, such as `email::send`. May be given several times.
        #[arg(long, value_name = "FUNCTION")]
        kind: Vec<String>,
        /// Only effects of this run.
        #[arg(long, value_name = "ID")]
        run: Option<String>,
        /// Only effects of this event.
        #[arg(long, value_name = "ID")]
        event: Option<String>,
        /// Print all of them as CSV, not only a page.
        #[arg(long, conflicts_with_all = ["json", "limit", "cursor"])]
        csv: bool,
    },
    /// Decide about all effects that the filters find.
    Many {
        /// What is to be done with each.
        operation: EffectOperation,
        #[command(flatten)]
        bulk: Bulk,
        /// Only effects of this function, such as `email::send`. May be given several times.
        #[arg(long, value_name = "FUNCTION")]
        kind: Vec<String>,
    },
    /// Show an effect with its attempts.
    Show {
        /// The effect's id.
        id: String,
    },
    /// Write what is sent: a whole mail, or the body of a request.
    Message {
        /// The effect's id.
        id: String,
        /// The file to write to, instead of stdout.
        #[arg(long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Send again what has failed, or whose outcome is unknown.
    Retry {
        /// The effect's id.
        id: String,
    },
    /// Let a mail go that is held because it was over its rule's budget.
    Approve {
        /// The effect's id.
        id: String,
        /// Why, for the audit log.
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
    },
    /// Decide against what is pending, held or failed.
    Discard {
        /// The effect's id.
        id: String,
        /// Why, for the audit log.
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
    },
}

/// What is to be done with many effects.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum EffectOperation {
    /// Send again what has failed, or whose outcome is unknown.
    Retry,
    /// Let go what is held.
    Approve,
    /// Decide against what is pending, held or failed.
    Discard,
}

/// Does what the verb says.
pub(crate) fn run(arguments: &Effects, context: &Context) -> Result<Exit, Failure> {
    let remote = Remote::new(context, arguments.json)?;
    block_on(async {
        match &arguments.verb {
            Verb::List {
                filters,
                kind,
                run,
                event,
                csv,
            } => {
                let mut query = if *csv {
                    filters.whole_query()
                } else {
                    filters.query()
                };
                query.extend(kind.iter().map(|kind| ("kind", kind.clone())));
                query.extend(run.clone().map(|id| ("run", id)));
                query.extend(event.clone().map(|id| ("event", id)));
                if *csv {
                    let bytes = remote.bytes_of("effects.csv", &query).await?;
                    write(None, &bytes).map_err(Failure::unreachable)?;
                } else {
                    let list = remote.get("effects", &query).await?;
                    remote.print(&list, rows);
                }
            }
            Verb::Many {
                operation,
                bulk,
                kind,
            } => {
                let operation = match operation {
                    EffectOperation::Retry => "retry",
                    EffectOperation::Approve => "approve",
                    EffectOperation::Discard => "discard",
                };
                let mut filter = Map::new();
                if !kind.is_empty() {
                    filter.insert("kind".to_owned(), json!(kind));
                }
                return operate(&remote, "effects", operation, bulk, filter, Map::new()).await;
            }
            Verb::Show { id } => {
                let answer = remote
                    .get(&format!("effects/{}", path_part(id)), &[])
                    .await?;
                remote.print(&answer, shown);
            }
            Verb::Message { id, output } => {
                let path = format!("effects/{}/message", path_part(id));
                let bytes = remote.bytes(&path).await?;
                write(output.as_ref(), &bytes).map_err(Failure::unreachable)?;
            }
            Verb::Retry { id } => decide(&remote, id, "retry", None).await?,
            Verb::Approve { id, reason } => {
                decide(&remote, id, "approve", reason.as_ref()).await?;
            }
            Verb::Discard { id, reason } => {
                decide(&remote, id, "discard", reason.as_ref()).await?;
            }
        }
        Ok(Exit::Good)
    })
}

fn rows(list: &Json) -> String {
    let columns = [
        ("EFFECT", "id"),
        ("KIND", "kind"),
        ("STATE", "state"),
        ("TARGET", "target"),
        ("WANTED", "created_at"),
    ];
    Table::of(list, &columns).page(list, "no effects")
}

fn shown(effect: &Json) -> String {
    let mut text = String::new();
    for member in [
        "id",
        "kind",
        "state",
        "target",
        "key",
        "run_id",
        "event_id",
        "created_at",
        "settled_at",
    ] {
        let _ = writeln!(
            text,
            "{member:<11}{}",
            effect[member].as_str().unwrap_or("-")
        );
    }
    let attempts = json!({"items": effect["attempts"]});
    let columns = [
        ("ATTEMPT", "number"),
        ("ENDED", "ended_at"),
        ("OUTCOME", "outcome"),
        ("STATUS", "status"),
        ("ERROR", "error"),
        ("ANSWER", "answer"),
    ];
    text.push_str(&Table::of(&attempts, &columns).text("no attempt yet"));
    text
}

async fn decide(
    remote: &Remote,
    id: &str,
    verb: &str,
    reason: Option<&String>,
) -> Result<(), Failure> {
    let path = format!("effects/{}/{verb}", path_part(id));
    let body = match reason {
        Some(reason) => json!({"reason": reason}),
        None => json!({}),
    };
    let answer = remote.post(&path, &body).await?;
    remote.print(&answer, |answer| {
        let member = |name: &str| answer[name].as_str().unwrap_or_default().to_owned();
        format!("effect {} is {}\n", member("id"), member("state"))
    });
    Ok(())
}

/// Writes the bytes as they are.
fn write(output: Option<&PathBuf>, bytes: &[u8]) -> anyhow::Result<()> {
    match output {
        Some(file) => {
            std::fs::write(file, bytes).with_context(|| format!("cannot write {}", file.display()))
        }
        None => std::io::stdout()
            .lock()
            .write_all(bytes)
            .context("cannot write to stdout"),
    }
}
