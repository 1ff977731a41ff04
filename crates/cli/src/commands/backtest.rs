//! `cuebook backtest`.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::anyhow;
use clap::{Args, ValueEnum};
use cuebook_core::Clock;
use cuebook_core::clock::SystemClock;
use cuebook_core::value::rfc3339;
use cuebook_store::EventRange;
use serde_json::json;
use tokio::runtime::{Builder, Runtime};

use crate::backtest::{
    JsonFindings, Listed, Progress, Replayer, Rules, Stream, Tallies, Wanted, report,
};
use crate::candidate::Candidate;
use crate::config::Config;
use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::output::{self, Colour};
use crate::past::{self, Database, LiveReads, Moment};
use crate::{engine, trial};

/// Try changed rules on the events of the last days, and show what they would have done otherwise.
///
/// Nothing is performed. What a rule asks for is answered from what its run was answered then; what was never asked then
/// is listed as unanswered. Works beside a running server.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cuebook backtest rules/new-booking/thank-you.rhai --since 30d\n  cuebook backtest rules --since 2026-03-01 --fail-on-diff\n  cuebook backtest /tmp/try/new-payment/accounting-line.rhai --format json\n\nOf a file the last two parts of the path are the rule's name; its imports and templates come from the configured\nrules. Exits with 1 on --fail-on-diff if anything differs or cannot be told."
)]
pub(crate) struct Backtest {
    /// A rule's file, or a folder of rules.
    #[arg(value_name = "PATH")]
    path: PathBuf,
    /// From when on: how long ago, a day, or an instant.
    #[arg(long, value_name = "WHEN", default_value = "30d")]
    since: Moment,
    /// Up to when, instead of now.
    #[arg(long, value_name = "WHEN")]
    until: Option<Moment>,
    /// How to print what differs.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Exit with 1 if anything differs or cannot be told.
    #[arg(long)]
    fail_on_diff: bool,
    /// Ask the real systems for reads that were never made then. Writes are never performed.
    #[arg(long)]
    live_reads: bool,
    /// Take events that were only tried out, too, as `cuebook trigger` does without --perform.
    #[arg(long)]
    with_trials: bool,
    /// How many differences of each rule are listed as text.
    #[arg(long, value_name = "NUMBER", default_value_t = 20)]
    show: usize,
    /// How many threads [default: one for each core]
    #[arg(long, value_name = "NUMBER")]
    threads: Option<usize>,
    #[command(flatten)]
    database: Database,
}

/// How to print what differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// For tools: one object, whose `changes` are all that differs.
    Json,
}

/// Replays the events and tells.
pub(crate) fn run(arguments: &Backtest, context: &Context) -> Result<Exit, Failure> {
    let config = arguments.database.configured(context.config()?);
    let colour = Colour::of_stdout(context.environment());
    let candidate = Candidate::read(&arguments.path, &config.rules_dir).map_err(Failure::usage)?;
    // Its threads drive connections while this one waits.
    let runtime = Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .map_err(Failure::unreachable)?;
    let now = SystemClock.now();
    let archive = runtime.block_on(past::open(&arguments.database, &config))?;
    let secrets = runtime.block_on(trial::secrets(&config, context, &archive))?;
    let engine = engine::for_server(&config, secrets).map_err(Failure::unreachable)?;
    let set = match candidate.check(&engine) {
        Ok(set) => set,
        Err(unusable) => return trial::told(unusable, colour),
    };
    let rules = Rules::new(set, candidate.only.clone());
    let range = EventRange {
        types: rules.types(),
        since: Some(arguments.since.at(now)),
        until: Some(arguments.until.map_or(now, |until| until.at(now))),
        with_captured: arguments.with_trials || arguments.database.demo,
    };
    let total = runtime
        .block_on(archive.count(&range))
        .map_err(Failure::unreachable)?;
    let mut tallies = Tallies::of(rules.names());
    let (live, closing) = live(arguments, &config, context, &runtime)?;
    let stream = Stream {
        replayer: Arc::new(Replayer {
            engine,
            rules,
            archive: Arc::new(archive),
            handle: runtime.handle().clone(),
            live,
            now,
        }),
        range,
        threads: threads(arguments.threads)?,
    };
    let differs = told(arguments, &candidate, &stream, &mut tallies, total, colour)?;
    drop(stream);
    if let Some(store) = closing {
        runtime.block_on(store.close());
    }
    Ok(if differs && arguments.fail_on_diff {
        Exit::Findings
    } else {
        Exit::Good
    })
}

/// Runs the stream and prints what comes. Says whether anything differs.
fn told(
    arguments: &Backtest,
    candidate: &Candidate,
    stream: &Stream,
    tallies: &mut Tallies,
    total: u64,
    colour: Colour,
) -> Result<bool, Failure> {
    let mut progress = Progress::new(total);
    let since = stream.range.since.map(rfc3339).unwrap_or_default();
    let mut wanted = match arguments.format {
        Format::Text => Wanted::Listed(Listed::new(arguments.show)),
        Format::Json => {
            let (path, since) = (json!(candidate.shown()), json!(since));
            output::text(&format!(
                "{{\n  \"candidate\": {path},\n  \"since\": {since},\n  \"changes\": ["
            ));
            Wanted::Json(JsonFindings::default())
        }
    };
    stream
        .run(tallies, &mut wanted, &mut progress)
        .map_err(Failure::unreachable)?;
    match &wanted {
        Wanted::Listed(listed) => output::text(&report(listed, tallies, colour)),
        Wanted::Json(_) => {
            let (rules, totals) = tallies.to_json();
            let events = tallies.events;
            output::text(&format!(
                "\n  ],\n  \"events\": {events},\n  \"rules\": {rules},\n  \"total\": {totals}\n}}\n"
            ));
        }
    }
    Ok(tallies.total().differs())
}

/// What asks for live reads, with the store that it needs.
fn live(
    arguments: &Backtest,
    config: &Config,
    context: &Context,
    runtime: &Runtime,
) -> Result<(Option<LiveReads>, Option<cuebook_store::Store>), Failure> {
    if !arguments.live_reads {
        return Ok((None, None));
    }
    let (effects, store) =
        runtime.block_on(trial::live_effects(config, context, &arguments.database))?;
    let live = LiveReads::new(Arc::new(effects), runtime.handle().clone());
    Ok((Some(live), store))
}

fn threads(wanted: Option<usize>) -> Result<usize, Failure> {
    match wanted {
        Some(0) => Err(Failure::usage(anyhow!("--threads: one at least"))),
        Some(threads) => Ok(threads),
        None => Ok(std::thread::available_parallelism().map_or(1, usize::from)),
    }
}
