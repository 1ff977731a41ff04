//! `cuebook run`.

mod occasion;

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, anyhow};
use clap::Args;
use cuebook_core::clock::SystemClock;
use cuebook_core::event::Event;
use cuebook_core::secret::NoSecrets;
use cuebook_core::{Clock, EventId, Value};
use cuebook_rules::rehearse::{self, Recorded, Rehearsal, Standing, World};
use cuebook_rules::{Engine, Rule, on_big_stack};
use tokio::runtime::{Builder, Runtime};

use self::occasion::{Occasion, made_up, stored};
use crate::candidate::Candidate;
use crate::config::Config;
use crate::context::Context;
use crate::dry_run::{self, Answering, Given, Pretended};
use crate::exit::{Exit, Failure};
use crate::output::{self, Colour};
use crate::past::{self, Database, LiveReads};
use crate::trigger::Assignment;
use crate::{engine, trial};

/// Run one rule on one event without performing anything, and show its steps and what it would do.
///
/// Ticketpark's records come from the pretend Ticketpark, those of a stored event from the journal of its run. A write is
/// taken to be accepted. What is unknown is named. Time passes at once. Exits with 1 if the rule fails or lacks an answer.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cuebook run new-booking/thank-you\n  cuebook run rules/new-payment/accounting-line.rhai --event new-payment --set amount=50.00\n  cuebook run new-booking/thank-you --event payload.json --answer 'http::get={\"status\":200,\"body\":\"ok\"}'\n  cuebook run new-booking/reminder --then new-payment\n  cuebook run new-booking/thank-you --event-id 0195f3a0-7c1e-7b2a-9a51-3d9f0c6b2e12"
)]
pub(crate) struct Run {
    /// The rule: its name, or its file, whose last two parts are its name.
    #[arg(value_name = "RULE")]
    rule: PathBuf,
    /// The event: a type, whose sample it is, or a file with a payload or a whole message [default: the type of the rule's
    /// folder]
    #[arg(long, value_name = "TYPE|FILE")]
    event: Option<Given>,
    /// A stored event, with the answers that its run of this rule got.
    #[arg(long, value_name = "ID", conflicts_with_all = ["event", "set"])]
    event_id: Option<EventId>,
    /// A value of the payload in place of the sample's. May be given several times.
    #[arg(long, value_name = "PATH=VALUE")]
    set: Vec<Assignment>,
    /// The answer to a function, as JSON. Given several times, the first call gets the first.
    #[arg(long, value_name = "FUNCTION=JSON", value_parser = answer)]
    answer: Vec<(String, Value)>,
    /// An event that comes while the rule waits: a type or a file. May be given several times.
    #[arg(long, value_name = "TYPE|FILE")]
    then: Vec<Given>,
    /// Ask the real systems for what nobody has answered. Writes are never performed.
    #[arg(long)]
    live_reads: bool,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    database: Database,
}

/// Runs the rule and tells.
pub(crate) fn run(arguments: &Run, context: &Context) -> Result<Exit, Failure> {
    let config = arguments.database.configured(context.config()?);
    let colour = Colour::of_stdout(context.environment());
    let candidate = Candidate::read(&arguments.rule, &config.rules_dir).map_err(Failure::usage)?;
    let Some(name) = candidate.only.clone() else {
        return Err(Failure::usage(anyhow!(
            "{} is a folder: name one rule",
            candidate.shown()
        )));
    };
    // Its thread drives connections while this one waits.
    let runtime = Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .map_err(Failure::unreachable)?;
    let archive = match arguments.event_id {
        Some(_) => Some(runtime.block_on(past::open(&arguments.database, &config))?),
        None => None,
    };
    let secrets = match &archive {
        Some(archive) => runtime.block_on(trial::secrets(&config, context, archive))?,
        None => trial::given(context, Arc::new(NoSecrets))?,
    };
    let engine = engine::for_server(&config, secrets).map_err(Failure::unreachable)?;
    let set = match candidate.check(&engine) {
        Ok(set) => set,
        Err(unusable) => return trial::told(unusable, colour),
    };
    let Some(rule) = set.rules.get(&name) else {
        return Err(Failure::usage(anyhow!("{name} is no rule")));
    };
    let occasion = match &archive {
        Some(archive) => runtime.block_on(stored(arguments, archive, rule))?,
        None => made_up(arguments, rule).map_err(Failure::usage)?,
    };
    if !set
        .for_event(&event_type(&occasion.event)?, occasion.event.origin)
        .iter()
        .any(|known| known.name == name)
    {
        output::note(format!(
            "note: such an event does not start {name} by itself"
        ));
    }
    let (live, pretend) = answerers(arguments, &config, context, &runtime)?;
    let mut given = rehearse::Given::default();
    for (function, answer) in &arguments.answer {
        given
            .add(&engine, function, answer.clone())
            .map_err(Failure::usage)?;
    }
    let answers = Answering {
        given,
        pretend: pretend.as_ref().map(|pretend| &pretend.reads),
        live: live.as_ref().map(|(live, _)| live),
        ..Answering::default()
    };
    let exit = rehearsed(arguments, &engine, rule, &occasion, answers, colour)?;
    runtime.block_on(async {
        if let Some(pretend) = pretend {
            pretend.stop().await;
        }
        if let Some((_, Some(store))) = live {
            store.close().await;
        }
    });
    Ok(exit)
}

/// Rehearses the rule, on a thread with room for it, and prints what comes of it.
fn rehearsed(
    arguments: &Run,
    engine: &Engine,
    rule: &Rule,
    occasion: &Occasion,
    mut answers: Answering<'_>,
    colour: Colour,
) -> Result<Exit, Failure> {
    let work = || {
        let event = Arc::new(occasion.event.clone());
        let past = occasion.past.as_ref();
        let begun = past.map_or(event.received_at, |past| past.run.created_at);
        let mut world = World::new(begun);
        let mut run = Rehearsal::of_rule(engine, rule, event, &world);
        if let Some(past) = past {
            run = run.with_id(past.run.id);
            world.now = past.run.started_at.unwrap_or(begun).max(begun);
            answers.recorded =
                Recorded::of(past.steps.iter().map(|(path, step)| (path, &step.entry)));
        }
        let happened = dry_run::play(
            &mut run,
            &mut world,
            &mut answers,
            &occasion.later,
            occasion.until,
        );
        if arguments.json {
            output::line(format!("{:#}", dry_run::to_json(&run, &answers)));
        } else {
            output::text(&dry_run::report(&run, &answers, &happened, colour));
        }
        match run.standing() {
            Standing::Failed(_) | Standing::Blocked(_) | Standing::Unanswered { .. } => {
                Exit::Findings
            }
            _ => Exit::Good,
        }
    };
    on_big_stack(work).map_err(Failure::unreachable)
}

/// Who answers what no journal has.
#[expect(
    clippy::type_complexity,
    reason = "two answerers, each with what it stands on"
)]
fn answerers(
    arguments: &Run,
    config: &Config,
    context: &Context,
    runtime: &Runtime,
) -> Result<
    (
        Option<(LiveReads, Option<cuebook_store::Store>)>,
        Option<Pretended>,
    ),
    Failure,
> {
    if arguments.live_reads {
        let (effects, store) =
            runtime.block_on(trial::live_effects(config, context, &arguments.database))?;
        let live = LiveReads::new(Arc::new(effects), runtime.handle().clone());
        return Ok((Some((live, store)), None));
    }
    if arguments.event_id.is_some() {
        return Ok((None, None));
    }
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let pretend = runtime
        .block_on(Pretended::start(clock, runtime.handle().clone()))
        .map_err(Failure::unreachable)?;
    Ok((None, Some(pretend)))
}

fn event_type(event: &Event) -> Result<cuebook_core::events::EventType, Failure> {
    event
        .event_type
        .clone()
        .ok_or_else(|| Failure::usage(anyhow!("the event is in quarantine: it has no type")))
}

/// One `--answer`.
fn answer(text: &str) -> Result<(String, Value), String> {
    let (function, answer) = text
        .split_once('=')
        .ok_or("write FUNCTION=JSON, such as 'http::get={\"status\":200}'")?;
    let json: serde_json::Value = serde_json::from_str(answer)
        .with_context(|| format!("what stands behind {function}= is not JSON"))
        .map_err(|error| format!("{error:#}"))?;
    Ok((function.trim().to_owned(), Value::from_json(&json)))
}
