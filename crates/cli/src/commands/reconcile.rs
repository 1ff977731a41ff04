//! `cuebook reconcile`.

use std::io::{self, IsTerminal, Write as _};
use std::time::Duration;

use clap::Args;
use cuebook_core::Clock;
use cuebook_core::clock::SystemClock;
use cuebook_core::value::rfc3339;
use serde_json::{Value as Json, json};

use crate::context::{Context, block_on};
use crate::exit::{Exit, Failure};
use crate::past::Moment;
use crate::remote::{Remote, path_part};

/// How often the server is asked how far it has come.
const EVERY: Duration = Duration::from_millis(300);

/// Ask Ticketpark for what never came: the events of bookings, payments and persons that were changed without one are made
/// good, each once. More than 50 within an hour wait for `cuebook events approve`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cuebook reconcile --since 2d\n  cuebook reconcile --since 2026-03-14T18:30:00Z --no-wait\n  cuebook events list --origin reconcile"
)]
pub(crate) struct Reconcile {
    /// Changes from then on: how long ago (`30d`, `12h`, `45m`), a day, or an instant. Without it, from where the look before
    /// has ended.
    #[arg(long, value_name = "WHEN")]
    since: Option<Moment>,
    /// Do not wait until it has ended.
    #[arg(long)]
    no_wait: bool,
    /// Print the API's answer as it is.
    #[arg(long)]
    json: bool,
}

/// Asks. What cannot be looked at is a finding.
pub(crate) fn run(arguments: &Reconcile, context: &Context) -> Result<Exit, Failure> {
    let remote = Remote::new(context, arguments.json)?;
    let since = arguments.since.map(|since| since.at(SystemClock.now()));
    let body = match since {
        Some(since) => json!({"since": rfc3339(since)}),
        None => json!({}),
    };
    block_on(async {
        let mut look = remote.post("reconciliations", &body).await?;
        let id = look["id"].as_str().unwrap_or_default().to_owned();
        let path = format!("reconciliations/{}", path_part(&id));
        let mut progress = Progress::default();
        while !arguments.no_wait && look["state"] == "running" {
            progress.show(&look);
            tokio::time::sleep(EVERY).await;
            look = remote.get(&path, &[]).await?;
        }
        progress.end();
        remote.print(&look, told);
        Ok(match look["state"].as_str() {
            Some("running" | "completed") => Exit::Good,
            _ => Exit::Findings,
        })
    })
}

fn told(look: &Json) -> String {
    let text = |name: &str| look[name].as_str().unwrap_or_default();
    let number = |name: &str| look[name].as_u64().unwrap_or(0);
    let mut told = format!(
        "{}: changes from {} to {}\n{} records looked at, {} known by events, {} as they were, {} made good, {} held\n",
        text("state"),
        text("since"),
        text("until"),
        number("looked"),
        number("known"),
        number("unchanged"),
        number("made"),
        number("held"),
    );
    if let Some(why) = look["reason"].as_str() {
        told.push_str(why);
        told.push('\n');
    }
    if number("held") > 0 {
        told.push_str("look at them with `cuebook events list --state held`, then `cuebook events approve ID` or `discard ID`\n");
    }
    told
}

/// How far it has come, on a terminal's stderr.
#[derive(Default)]
struct Progress {
    drawn: bool,
}

impl Progress {
    fn show(&mut self, look: &Json) {
        if !io::stderr().is_terminal() {
            return;
        }
        self.drawn = true;
        let resource = look["resource"].as_str().unwrap_or("waiting");
        let mut stderr = io::stderr().lock();
        let _ = write!(
            stderr,
            "\r{resource}: {} records looked at, {} made good\u{1b}[K",
            look["looked"], look["made"]
        );
        let _ = stderr.flush();
    }

    fn end(&self) {
        if self.drawn {
            let _ = write!(io::stderr().lock(), "\r\u{1b}[K");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_found_and_what_is_to_be_done_is_told() {
        let look = json!({
            "state": "completed", "since": "a", "until": "b", "reason": null,
            "looked": 1000, "known": 900, "unchanged": 0, "made": 50, "held": 50,
        });
        let text = told(&look);
        assert!(text.contains(
            "1000 records looked at, 900 known by events, 0 as they were, 50 made good, 50 held"
        ));
        assert!(text.contains("cuebook events approve"));
        let failed = told(&json!({"state": "failed", "reason": "Ticketpark could not be reached"}));
        assert!(
            failed.ends_with("Ticketpark could not be reached\n"),
            "{failed}"
        );
    }
}
