//! `cuebook replay`: many events once more, by a filter or by a file that names them.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, anyhow};
use clap::Args;
use serde_json::{Value as Json, json};

use crate::backtest::Progress;
use crate::context::{Context, block_on};
use crate::exit::{Exit, Failure};
use crate::remote::{Remote, events_named, path_part, shown_replay};

/// How often it is looked how far a replay is.
const LOOK: Duration = Duration::from_millis(200);

/// Accept events once more: those that a filter finds, or that a file or the command line names. Effects are recorded and
/// not performed, unless `--perform` is given.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cuebook replay --type new-booking --since 2026-03-14T00:00:00Z --dry-run\n  cuebook effects list --rule new-booking/thank-you --kind email::send --csv > wrong.csv\n  cuebook replay --events-of wrong.csv --rule manual/apology --perform"
)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of the command line"
)]
pub(crate) struct Replay {
    /// These events.
    #[arg(value_name = "EVENT", conflicts_with = "events_of")]
    events: Vec<String>,
    /// The events that a file names: what `--json` or `--csv` of `cuebook events`, `runs` or `effects` printed, or an id a
    /// line. `-` for stdin.
    #[arg(long, value_name = "FILE")]
    events_of: Option<PathBuf>,
    #[command(flatten)]
    filter: Filter,
    /// All events that there are.
    #[arg(long, conflicts_with_all = ["events", "events_of"])]
    all: bool,
    /// Through this rule only; the way to a rule of `manual/`.
    #[arg(long, value_name = "NAME")]
    rule: Option<String>,
    /// Through the rules that ran then, each on the version that it had.
    #[arg(long)]
    original: bool,
    /// Perform the writes and sends.
    #[arg(long)]
    perform: bool,
    /// Only count the events.
    #[arg(long)]
    dry_run: bool,
    /// Why, for the audit log.
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// Do not wait until all events are replayed.
    #[arg(long)]
    detach: bool,
    /// Print the API's answer as it is.
    #[arg(long)]
    json: bool,
}

/// Which events a filter finds.
#[derive(Debug, Args)]
struct Filter {
    /// Only events of this type. May be given several times.
    #[arg(long = "type", value_name = "TYPE")]
    event_type: Vec<String>,
    /// Only events about this booking or person.
    #[arg(long, value_name = "PID")]
    subject: Option<String>,
    /// Only events in this state: pending, processed or `no_rule`.
    #[arg(long)]
    state: Option<String>,
    /// Only events that came this way; all but replays, where none is named.
    #[arg(long)]
    origin: Option<String>,
    /// Only events that this rule ran for.
    #[arg(long, value_name = "NAME")]
    of_rule: Option<String>,
    /// Only events that ran on this version of a rule.
    #[arg(long, value_name = "HASH")]
    of_version: Option<String>,
    /// Only events that came at this instant or later, such as 2026-03-14T18:30:00Z.
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// Only events that came before this instant.
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// Only events that have these words in them.
    #[arg(long, short, value_name = "TEXT")]
    q: Option<String>,
}

/// Does what the arguments say.
pub(crate) fn run(arguments: &Replay, context: &Context) -> Result<Exit, Failure> {
    let body = request(arguments).map_err(Failure::usage)?;
    let remote = Remote::new(context, arguments.json)?;
    block_on(async {
        let mut replay = remote.post("replays", &body).await?;
        if arguments.dry_run {
            remote.print(&replay, |replay| {
                format!("{} events would be replayed\n", replay["total"])
            });
            return Ok(Exit::Good);
        }
        if !arguments.detach {
            replay = until_over(&remote, replay).await?;
        }
        remote.print(&replay, shown_replay);
        let good = matches!(replay["state"].as_str(), Some("running" | "completed"));
        Ok(if good { Exit::Good } else { Exit::Findings })
    })
}

async fn until_over(remote: &Remote, mut replay: Json) -> Result<Json, Failure> {
    let id = replay["id"].as_str().unwrap_or_default().to_owned();
    let path = format!("replays/{}", path_part(&id));
    let mut progress = Progress::new(replay["total"].as_u64().unwrap_or_default());
    while replay["state"] == "running" {
        tokio::time::sleep(LOOK).await;
        replay = remote.get(&path, &[]).await?;
        let number = |name: &str| replay[name].as_u64().unwrap_or_default();
        progress.done(number("replayed") + number("skipped"));
    }
    progress.end();
    Ok(replay)
}

/// What is asked of the API.
fn request(arguments: &Replay) -> anyhow::Result<Json> {
    let mut body = json!({
        "version": if arguments.original { "original" } else { "newest" },
        "effects": if arguments.perform { "perform" } else { "capture" },
        "dry_run": arguments.dry_run,
    });
    for (name, value) in [("rule", &arguments.rule), ("reason", &arguments.reason)] {
        if let Some(value) = value {
            body[name] = Json::from(value.as_str());
        }
    }
    let filter = arguments.filter.members();
    let named = match &arguments.events_of {
        Some(file) => Some(events_named(&read(file)?)?),
        None if arguments.events.is_empty() => None,
        None => Some(arguments.events.clone()),
    };
    match named {
        Some(_) if !filter.is_empty() => {
            return Err(anyhow!(
                "either name events or give a filter: a list of events is not narrowed any further"
            ));
        }
        Some(events) => body["events"] = json!(events),
        None if filter.is_empty() && !arguments.all => {
            return Err(anyhow!(
                "say which events: by id, --events-of FILE, a filter such as --type new-booking, or --all"
            ));
        }
        None => body["filter"] = Json::Object(filter),
    }
    Ok(body)
}

fn read(file: &std::path::Path) -> anyhow::Result<String> {
    if file.as_os_str() == "-" {
        return std::io::read_to_string(std::io::stdin()).context("cannot read stdin");
    }
    std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))
}

impl Filter {
    fn members(&self) -> serde_json::Map<String, Json> {
        let mut members = serde_json::Map::new();
        if !self.event_type.is_empty() {
            members.insert("type".to_owned(), json!(self.event_type));
        }
        for (name, value) in [
            ("subject", &self.subject),
            ("state", &self.state),
            ("origin", &self.origin),
            ("rule", &self.of_rule),
            ("rule_version", &self.of_version),
            ("since", &self.since),
            ("until", &self.until),
            ("q", &self.q),
        ] {
            if let Some(value) = value {
                members.insert(name.to_owned(), Json::from(value.as_str()));
            }
        }
        members
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Command {
        #[command(flatten)]
        replay: Replay,
    }

    fn asked(arguments: &[&str]) -> anyhow::Result<Json> {
        let command = Command::parse_from([&["x"], arguments].concat());
        request(&command.replay)
    }

    #[test]
    fn effects_are_captured_unless_somebody_asks_for_more() {
        let body = asked(&["--type", "new-booking", "--of-rule", "a/b"]).unwrap();
        assert_eq!(
            body,
            json!({
                "version": "newest", "effects": "capture", "dry_run": false,
                "filter": {"type": ["new-booking"], "rule": "a/b"},
            })
        );
        let body = asked(&["0195", "--rule", "manual/apology", "--perform"]).unwrap();
        assert_eq!(body["effects"], "perform");
        assert_eq!(body["events"], json!(["0195"]));
    }

    #[test]
    fn nobody_replays_everything_by_forgetting_a_filter() {
        assert!(asked(&[]).unwrap_err().to_string().contains("--all"));
        assert_eq!(asked(&["--all"]).unwrap()["filter"], json!({}));
        assert!(asked(&["0195", "--subject", "1"]).is_err());
    }
}
