//! `cuebook trigger`.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;
use serde_json::Value as Json;

use crate::client::ApiClient;
use crate::context::{Context, block_on};
use crate::exit::{Exit, Failure};
use crate::output::{self, Colour};
use crate::trigger::{Assignment, follow, report, sample};

/// Inject a sample event into a running Cuebook and show its runs.
///
/// Writes and sends of the runs are recorded and not performed, unless `--perform` is given. Exits with 1 if a run fails.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cuebook trigger new-booking\n  cuebook trigger new-payment --set booking_pid=293233446073 --set amount=50.00\n  cuebook trigger new-booking --file payload.json --json\n\nThe server is the one of this configuration, with the key in its data folder; CUEBOOK_URL and CUEBOOK_KEY name another."
)]
pub(crate) struct Trigger {
    /// The type of the event, such as new-booking.
    #[arg(value_name = "TYPE")]
    event_type: String,
    /// A value of the payload in place of the sample's. May be given several times.
    #[arg(long, value_name = "PATH=VALUE")]
    set: Vec<Assignment>,
    /// A file with the payload in place of the sample; `-` is stdin.
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// Perform the writes and sends.
    #[arg(long)]
    perform: bool,
    /// Inject a type that Ticketpark does not send.
    #[arg(long)]
    force: bool,
    /// How long to wait for the runs, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    timeout: u64,
    /// Print one JSON object: the event and its runs as the API answers them.
    #[arg(long)]
    json: bool,
}

/// Injects the event, follows it and reports.
pub(crate) fn run(arguments: &Trigger, context: &Context) -> Result<Exit, Failure> {
    let given = match &arguments.file {
        Some(file) => Some(read(file).map_err(Failure::usage)?),
        None => None,
    };
    let event_type = &arguments.event_type;
    let payload =
        sample(event_type, given, &arguments.set, arguments.force).map_err(Failure::usage)?;
    let config = context.config()?;
    let client = ApiClient::new(&config, context.environment())?;
    let colour = Colour::of_stdout(context.environment());
    block_on(async {
        let timeout = Duration::from_secs(arguments.timeout);
        let followed = follow(&client, event_type, &payload, arguments.perform, timeout)
            .await
            .map_err(Failure::unreachable)?;
        if arguments.json {
            output::line(format!("{:#}", followed.to_json()));
        } else {
            output::text(&report(&followed, &client, colour).await);
        }
        if followed.cut_short {
            output::note(format!("not at rest after {} s", arguments.timeout));
        }
        Ok(if followed.went_wrong() || followed.cut_short {
            Exit::Findings
        } else {
            Exit::Good
        })
    })
}

/// The payload in a file.
fn read(file: &Path) -> anyhow::Result<Json> {
    let mut text = String::new();
    if file == Path::new("-") {
        std::io::stdin()
            .read_to_string(&mut text)
            .context("cannot read stdin")?;
    } else {
        text = std::fs::read_to_string(file)
            .with_context(|| format!("cannot read {}", file.display()))?;
    }
    serde_json::from_str(&text).with_context(|| format!("{} is no JSON", file.display()))
}
