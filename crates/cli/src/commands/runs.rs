//! `cuebook runs`.

use std::fmt::Write as _;

use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Map, Value as Json, json};

use crate::context::{Context, block_on};
use crate::exit::{Exit, Failure};
use crate::output;
use crate::remote::{Bulk, Filters, Remote, Table, operate, path_part};
use crate::trigger::report_run;

/// List runs, show one, and decide about those that cannot go on.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cuebook runs list --state failed\n  cuebook runs show 0195f3a0-7c1e-7b2a-9a51-3d9f0c6b2e12\n  cuebook runs retry 0195f3a0-7c1e-7b2a-9a51-3d9f0c6b2e12 --latest\n  cuebook runs many retry --rule new-booking/thank-you --latest --yes"
)]
pub(crate) struct Runs {
    #[command(subcommand)]
    verb: Verb,
    /// Print the API's answer as it is.
    #[arg(long, global = true)]
    json: bool,
}

/// What to do.
#[derive(Debug, Subcommand)]
enum Verb {
    /// List runs, newest first.
    List {
        #[command(flatten)]
        filters: Filters,
        /// Only runs of this event.
        #[arg(long, value_name = "ID")]
        event: Option<String>,
    },
    /// Show a run with its steps, logs and effects.
    Show {
        /// The run's id.
        id: String,
    },
    /// Let a failed or blocked run go on from its journal.
    Retry {
        /// The run's id.
        id: String,
        /// On the newest version of its rule, instead of the one that it began on.
        #[arg(long)]
        latest: bool,
    },
    /// Let a run that has ended begin anew, on the newest version of its rule. What it did outside is done again.
    Restart {
        /// The run's id.
        id: String,
        /// Only list what it did outside.
        #[arg(long)]
        dry_run: bool,
        /// Do so even though it did something outside that may then be done twice.
        #[arg(long, conflicts_with = "dry_run")]
        yes: bool,
    },
    /// Decide about all runs that the filters find.
    Many {
        /// What is to be done with each.
        operation: RunOperation,
        #[command(flatten)]
        bulk: Bulk,
        /// When retried: on the newest version of their rule, instead of the one that they began on.
        #[arg(long)]
        latest: bool,
    },
    /// End a run.
    Cancel {
        /// The run's id.
        id: String,
        /// Why, for whoever looks at it later.
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
    },
}

/// What is to be done with many runs.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum RunOperation {
    /// Let failed and blocked ones go on from their journals.
    Retry,
    /// Let those that have ended begin anew.
    Restart,
    /// End those that are not over.
    Cancel,
}

/// Does what the verb says.
pub(crate) fn run(arguments: &Runs, context: &Context) -> Result<Exit, Failure> {
    let remote = Remote::new(context, arguments.json)?;
    block_on(async {
        match &arguments.verb {
            Verb::List { filters, event } => {
                let mut query = filters.query();
                query.extend(event.clone().map(|id| ("event", id)));
                let list = remote.get("runs", &query).await?;
                remote.print(&list, rows);
                Ok(Exit::Good)
            }
            Verb::Show { id } => show(&remote, id).await,
            Verb::Retry { id, latest } => {
                let body = json!({"latest": latest});
                decide(&remote, &format!("runs/{}/retry", path_part(id)), &body).await
            }
            Verb::Many {
                operation,
                bulk,
                latest,
            } => {
                let operation = match operation {
                    RunOperation::Retry => "retry",
                    RunOperation::Restart => "restart",
                    RunOperation::Cancel => "cancel",
                };
                let more = [("latest".to_owned(), Json::from(*latest))];
                let more = more.into_iter().collect();
                operate(&remote, "runs", operation, bulk, Map::new(), more).await
            }
            Verb::Restart { id, dry_run, yes } => restart(&remote, id, *dry_run, *yes).await,
            Verb::Cancel { id, reason } => {
                let body = match reason {
                    Some(reason) => json!({"reason": reason}),
                    None => json!({}),
                };
                decide(&remote, &format!("runs/{}/cancel", path_part(id)), &body).await
            }
        }
    })
}

fn rows(list: &Json) -> String {
    let columns = [
        ("RUN", "id"),
        ("RULE", "rule"),
        ("STATE", "state"),
        ("SUBJECT", "subject"),
        ("STARTED", "started_at"),
        ("REASON", "reason"),
    ];
    Table::of(list, &columns).page(list, "no runs")
}

async fn show(remote: &Remote, id: &str) -> Result<Exit, Failure> {
    let answer = remote.get(&format!("runs/{}", path_part(id)), &[]).await?;
    if remote.is_json() {
        output::line(format!("{answer:#}"));
    } else {
        let text = report_run(answer, &remote.client, remote.colour)
            .await
            .map_err(Failure::unreachable)?;
        output::text(&text);
    }
    Ok(Exit::Good)
}

async fn decide(remote: &Remote, path: &str, body: &Json) -> Result<Exit, Failure> {
    let answer = remote.post(path, body).await?;
    remote.print(&answer, |answer| {
        format!(
            "run {} is {}\n",
            plain(&answer["id"]),
            plain(&answer["state"])
        )
    });
    Ok(Exit::Good)
}

async fn restart(remote: &Remote, id: &str, dry_run: bool, yes: bool) -> Result<Exit, Failure> {
    let path = format!("runs/{}/restart", path_part(id));
    let looked = remote.post(&path, &json!({"dry_run": true})).await?;
    let done = looked["effects_done"].as_array().map_or(0, Vec::len);
    if dry_run {
        remote.print(&looked, told);
        return Ok(Exit::Good);
    }
    if done > 0 && !yes {
        remote.print(&looked, told);
        output::note("nothing was changed: --yes restarts it all the same");
        return Ok(Exit::Findings);
    }
    let answer = remote.post(&path, &json!({"dry_run": false})).await?;
    remote.print(&answer, |answer| {
        let mut text = told(answer);
        let _ = writeln!(text, "run {} begins anew", plain(&answer["id"]));
        text
    });
    Ok(Exit::Good)
}

/// What the run did outside.
fn told(answer: &Json) -> String {
    let effects = json!({"items": answer["effects_done"]});
    let columns = [
        ("EFFECT", "id"),
        ("KIND", "kind"),
        ("STATE", "state"),
        ("TARGET", "target"),
    ];
    let table = Table::of(&effects, &columns);
    format!(
        "done outside by this run, and to be done again:\n{}",
        table.text("nothing")
    )
}

fn plain(value: &Json) -> &str {
    value.as_str().unwrap_or_default()
}
