//! `cuebook events`.

use std::fmt::Write as _;

use clap::{Args, Subcommand};
use serde_json::{Value as Json, json};

use super::decide_events::Decision;
use crate::context::{Context, block_on};
use crate::exit::{Exit, Failure};
use crate::remote::{Filters, Remote, Table, path_part};

/// List events, show one, replay one; approve or discard what waits for a person.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cuebook events list --type new-booking --subject 293233446073\n  cuebook events replay 0195f3a0-7c1e-7b2a-9a51-3d9f0c6b2e11\n  cuebook events replay 0195f3a0-7c1e-7b2a-9a51-3d9f0c6b2e11 --rule manual/apology --perform\n  cuebook events approve --all --origin reconcile"
)]
pub(crate) struct Events {
    #[command(subcommand)]
    verb: Verb,
    /// Print the API's answer as it is.
    #[arg(long, global = true)]
    json: bool,
}

/// What to do.
#[derive(Debug, Subcommand)]
enum Verb {
    /// List events, newest first.
    List {
        #[command(flatten)]
        filters: Filters,
        /// Only events that came this way: webhook, trigger, replay, reconcile, emit or schedule.
        #[arg(long)]
        origin: Option<String>,
    },
    /// Show an event with its runs.
    Show {
        /// The event's id.
        id: String,
    },
    /// Accept the same message once more, on the rules as they are now. Effects are recorded and not performed, unless
    /// `--perform` is given.
    Replay {
        /// The event's id.
        id: String,
        /// Perform the writes and sends.
        #[arg(long)]
        perform: bool,
        /// Through this rule only; the way to a rule of `manual/`.
        #[arg(long, value_name = "NAME")]
        rule: Option<String>,
    },
    /// Have the rules run on events that are held, or that Ticketpark could not be asked about so far.
    Approve(Decision),
    /// Decide against such events: they go to quarantine.
    Discard(Decision),
}

/// Does what the verb says.
pub(crate) fn run(arguments: &Events, context: &Context) -> Result<Exit, Failure> {
    let remote = Remote::new(context, arguments.json)?;
    block_on(async {
        match &arguments.verb {
            Verb::List { filters, origin } => {
                let mut query = filters.query();
                query.extend(origin.clone().map(|origin| ("origin", origin)));
                let list = remote.get("events", &query).await?;
                remote.print(&list, rows);
            }
            Verb::Show { id } => {
                let answer = remote
                    .get(&format!("events/{}", path_part(id)), &[])
                    .await?;
                remote.print(&answer, shown);
            }
            Verb::Replay { id, perform, rule } => {
                let mut body = json!({"perform": perform});
                if let Some(rule) = rule {
                    body["rule"] = Json::from(rule.as_str());
                }
                let path = format!("events/{}/replay", path_part(id));
                let answer = remote.post(&path, &body).await?;
                remote.print(&answer, replayed);
            }
            Verb::Approve(decision) => decision.carry_out(&remote, "approve").await?,
            Verb::Discard(decision) => decision.carry_out(&remote, "discard").await?,
        }
        Ok(Exit::Good)
    })
}

fn rows(list: &Json) -> String {
    let columns = [
        ("EVENT", "id"),
        ("TYPE", "type"),
        ("SUBJECT", "subject"),
        ("ORIGIN", "origin"),
        ("STATE", "state"),
        ("FAILED", "runs_failed"),
        ("RECEIVED", "received_at"),
    ];
    Table::of(list, &columns).page(list, "no events")
}

fn shown(event: &Json) -> String {
    let mut text = String::new();
    for member in [
        "id",
        "type",
        "subject",
        "origin",
        "trust",
        "state",
        "reason",
        "received_at",
    ] {
        let value = event[member].as_str().unwrap_or("-");
        let _ = writeln!(text, "{member:<12}{value}");
    }
    let _ = writeln!(text, "{:<12}{}", "payload", event["payload"]);
    let runs = json!({"items": event["runs"]});
    let columns = [
        ("RUN", "id"),
        ("RULE", "rule"),
        ("STATE", "state"),
        ("REASON", "reason"),
    ];
    text.push_str(&Table::of(&runs, &columns).text("no runs"));
    text
}

fn replayed(answer: &Json) -> String {
    let mut text = format!("event {}\n", answer["id"].as_str().unwrap_or_default());
    for run in answer["runs"].as_array().into_iter().flatten() {
        let _ = writeln!(text, "run {}", run.as_str().unwrap_or_default());
    }
    text
}
