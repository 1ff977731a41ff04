//! `cuebook trigger`.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, anyhow};
use clap::Args;
use serde_json::Value as Json;

use crate::client::ApiClient;
use crate::context::{Context, block_on};
use crate::exit::{Exit, Failure};
use crate::output::{self, Colour};
use crate::remote::path_part;
use crate::trigger::{Assignment, Followed, follow, inject, payload, report, sample, watch};

/// Inject an event into a running Cuebook and show its runs.
///
/// Writes and sends of the runs are recorded and not performed, unless `--perform` is given. Exits with 1 if a run fails.
#[derive(Debug, Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of the command line"
)]
#[command(
    after_help = "Examples:\n  cuebook trigger new-booking\n  cuebook trigger new-payment --set booking_pid=293233446073 --set amount=50.00\n  cuebook trigger new-booking --file payload.json --json\n  cuebook trigger new-booking --watch\n  cuebook trigger new-booking --count 50 --set booking_pid=2932{n}\n  cuebook trigger --event-id 0195f3a0-7c1e-7b2a-9a51-3d9f0c6b2e12\n\nThe server is the one of this configuration, with the key in its data folder; CUEBOOK_URL and CUEBOOK_KEY name another."
)]
pub(crate) struct Trigger {
    /// The type of the event, such as new-booking.
    #[arg(value_name = "TYPE", required_unless_present = "event_id")]
    event_type: Option<String>,
    /// A value of the payload in place of the sample's: JSON, or else a text; `{n}` in it is the number of the event. Parts of
    /// the path are separated by dots, and places in a list are numbers from 0. May be given several times.
    #[arg(long, value_name = "PATH=VALUE")]
    set: Vec<Assignment>,
    /// A file with the payload in place of the sample, or with a whole message; `-` is stdin.
    #[arg(long, value_name = "FILE", conflicts_with = "event_id")]
    file: Option<PathBuf>,
    /// The type and the payload of a stored event in place of the sample.
    #[arg(long, value_name = "ID")]
    event_id: Option<String>,
    /// How many events.
    #[arg(long, value_name = "NUMBER", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    count: u32,
    /// Tell what the runs do as they do it, until they have ended.
    #[arg(long, conflicts_with_all = ["count", "json"])]
    watch: bool,
    /// Perform the writes and sends.
    #[arg(long)]
    perform: bool,
    /// Inject a type that Ticketpark does not send.
    #[arg(long)]
    force: bool,
    /// How long to wait for the runs, in seconds [default: 30; with --watch until they have ended]
    #[arg(long, value_name = "SECONDS")]
    timeout: Option<u64>,
    /// Print one JSON object: the event and its runs as the API answers them; of several events, a list.
    #[arg(long)]
    json: bool,
}

/// How long runs are waited for.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Injects the events, follows them and reports.
pub(crate) fn run(arguments: &Trigger, context: &Context) -> Result<Exit, Failure> {
    let given = match &arguments.file {
        Some(file) => Some(read(file).map_err(Failure::usage)?),
        None => None,
    };
    // What needs no server is found wrong without one.
    let typed = arguments.event_type.as_deref();
    let sample = match typed {
        Some(event_type) if arguments.event_id.is_none() => {
            let payload = sample(event_type, given.map(payload_of), arguments.force);
            Some(payload.map_err(Failure::usage)?)
        }
        _ => None,
    };
    let config = context.config()?;
    let client = ApiClient::new(&config, context.environment())?;
    let colour = Colour::of_stdout(context.environment());
    block_on(async {
        let (event_type, sample) = match (sample, &arguments.event_id) {
            (Some(sample), _) => (typed.unwrap_or_default().to_owned(), sample),
            (None, id) => {
                let (stored_type, payload) =
                    stored(&client, id.as_deref().unwrap_or_default()).await?;
                (typed.map_or(stored_type, str::to_owned), payload)
            }
        };
        let mut ids = Vec::new();
        for number in 1..=arguments.count {
            let payload = payload(&sample, &arguments.set, number).map_err(Failure::usage)?;
            let id = inject(&client, &event_type, &payload, arguments.perform).await;
            ids.push(id.map_err(Failure::unreachable)?);
        }
        match ids.as_slice() {
            [id] if arguments.watch => {
                let timeout = arguments.timeout.map(Duration::from_secs);
                let followed = watch(&client, id, timeout, colour).await;
                Ok(exit_of(arguments, &followed.map_err(Failure::unreachable)?))
            }
            [id] => one(arguments, &client, id, colour).await,
            ids => several(arguments, &client, ids).await,
        }
    })
}

/// Follows one event and tells all about it.
async fn one(
    arguments: &Trigger,
    client: &ApiClient,
    id: &str,
    colour: Colour,
) -> Result<Exit, Failure> {
    let followed = follow(client, id, arguments.timeout())
        .await
        .map_err(Failure::unreachable)?;
    if arguments.json {
        output::line(format!("{:#}", followed.to_json()));
    } else {
        output::text(&report(&followed, client, colour).await);
    }
    Ok(exit_of(arguments, &followed))
}

/// Follows several events and tells how many runs ended how.
async fn several(arguments: &Trigger, client: &ApiClient, ids: &[String]) -> Result<Exit, Failure> {
    let deadline = Instant::now() + arguments.timeout();
    let mut states: BTreeMap<String, u32> = BTreeMap::new();
    let (mut exit, mut all) = (Exit::Good, Vec::new());
    for id in ids {
        let left = deadline.saturating_duration_since(Instant::now());
        let followed = follow(client, id, left)
            .await
            .map_err(Failure::unreachable)?;
        for (rule, state) in followed.states() {
            *states.entry(format!("{rule} {state}")).or_default() += 1;
        }
        if followed.went_wrong() || followed.cut_short {
            exit = Exit::Findings;
        }
        if arguments.json {
            all.push(followed.to_json());
        }
    }
    if arguments.json {
        output::line(format!("{:#}", Json::Array(all)));
        return Ok(exit);
    }
    output::line(format!("{} events", ids.len()));
    for (what, count) in states {
        output::line(format!("  {count:>6}  {what}"));
    }
    Ok(exit)
}

impl Trigger {
    fn timeout(&self) -> Duration {
        self.timeout.map_or(TIMEOUT, Duration::from_secs)
    }
}

fn exit_of(arguments: &Trigger, followed: &Followed) -> Exit {
    if followed.cut_short {
        let seconds = arguments.timeout().as_secs();
        output::note(format!("not at rest after {seconds} s"));
    }
    if followed.went_wrong() || followed.cut_short {
        Exit::Findings
    } else {
        Exit::Good
    }
}

/// The type and the payload of a stored event.
async fn stored(client: &ApiClient, id: &str) -> Result<(String, Json), Failure> {
    let mut event: Json = client
        .get(&format!("events/{}", path_part(id)))
        .await
        .map_err(Failure::unreachable)?;
    match event["wire_type"].as_str() {
        Some(event_type) => Ok((event_type.to_owned(), event["payload"].take())),
        None => Err(Failure::usage(anyhow!(
            "the event {id} is in quarantine, since it is no message: it has no type"
        ))),
    }
}

/// The payload of what may be a whole message.
fn payload_of(given: Json) -> Json {
    match given {
        Json::Object(mut message)
            if message.get("type").is_some_and(Json::is_string)
                && message.get("payload").is_some_and(Json::is_object) =>
        {
            message.remove("payload").unwrap_or_default()
        }
        payload => payload,
    }
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
