//! A rule that filters and logs: how many events go through it, and what a pass costs beside bare Rhai.
//!
//! Both evaluate the same lines on one core, from the event's bytes on: bare Rhai parses the JSON, runs the compiled script
//! and logs into a list.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use cuebook_core::chance::{Chance as _, SystemChance};
use cuebook_core::clock::{Clock as _, SystemClock};
use cuebook_core::event::{Event, Origin};
use cuebook_core::journal::Journal;
use cuebook_core::secret::NoSecrets;
use cuebook_core::{EventId, RunId};
use cuebook_rules::{Engine, Limits, Outcome, PassInput, RuleFiles, Settings};
use rhai::Scope;

use super::plan::Plan;
use super::stage::{CUEBOOK, Written, count, drive};
use crate::report::{Book, Wanted};
use crate::subjects::Recipe;

const NAME: &str = "rule";
const BARE: &str = "bare Rhai";
const PASSES: &str = "evaluations/s on one core";
const BODY: &[u8] = br#"{"type":"new-booking","payload":{"booking_pid":"000000000042"}}"#;
const RULE: &str = r#"if event.payload.booking_pid.len() == 0 { skip("no booking"); }
log::info(`booking ${event.payload.booking_pid}`);
"#;
const BARE_RULE: &str = r"if event.payload.booking_pid.len() == 0 { return; }
info(`booking ${event.payload.booking_pid}`);
";
/// So many evaluations between two looks at the clock.
const ROUND: u64 = 1000;

/// Measures once.
pub(super) fn measure(plan: &Plan, book: &mut Book) -> anyhow::Result<()> {
    let recipe = Recipe::new(plan, &[("new-booking/note.rhai", RULE.to_owned())])?;
    let cuebook = recipe.start()?;
    let written = Written::ask(&cuebook)?;
    let begun = Instant::now();
    let load = (128, plan.seconds);
    let shown = drive(book, (NAME, CUEBOOK), &cuebook.running, load, 0)?;
    if !cuebook.wait_until_processed(plan.seconds + Duration::from_mins(1))? {
        bail!("not all runs have ended");
    }
    let rate = count(shown.acknowledged) / begun.elapsed().as_secs_f64();
    book.note(NAME, "runs/s until all have ended", CUEBOOK, rate);
    written.note(book, NAME, &cuebook, shown.acknowledged)?;
    drop(cuebook);

    let seconds = plan.seconds.min(Duration::from_secs(2));
    book.note(NAME, PASSES, CUEBOOK, passes(seconds)?);
    book.note(NAME, PASSES, BARE, bare(seconds)?);
    book.ratio(NAME, PASSES, BARE, Some(Wanted::AtLeast(0.5)));
    Ok(())
}

/// Passes a second of the engine that Cuebook's workers use, each with an event of its own.
fn passes(seconds: Duration) -> anyhow::Result<f64> {
    let engine = Engine::new(Settings {
        functions: cuebook_effects::kinds::descriptors(),
        timezone: chrono_tz::Tz::Europe__Zurich,
        default_locale: "de".to_owned(),
        default_from: None,
        secrets: Arc::new(NoSecrets),
        memory: None,
        limits: Limits::default(),
    })?;
    let path = "new-booking/note.rhai".to_owned();
    let files = RuleFiles(BTreeMap::from([(path, RULE.as_bytes().to_vec())]));
    let set = engine.check(&files).set.context("the rule is wrong")?;
    let rule = set.rules.values().next().context("there is no rule")?;
    let chance = Arc::new(SystemChance::default());
    let journal = Arc::new(Journal::default());
    rate(seconds, || {
        let now = SystemClock.now();
        let id = EventId(chance.uuid(now));
        let event = Event::made(id, Origin::Webhook, BODY.to_vec(), now)?;
        let input = PassInput {
            event: Arc::new(event),
            run: RunId(chance.uuid(now)),
            generation: 0,
            journal: journal.clone(),
            now,
            chance: chance.clone(),
        };
        let pass = engine.advance(&rule.program, &input);
        if pass.outcome != Outcome::Completed || pass.logs.len() != 1 {
            bail!("the pass came to {:?}", pass.outcome);
        }
        Ok(())
    })
}

/// Evaluations a second of Rhai as it comes.
fn bare(seconds: Duration) -> anyhow::Result<f64> {
    let logged = Arc::new(Mutex::new(Vec::new()));
    let log = logged.clone();
    let mut engine = rhai::Engine::new();
    engine.register_fn("info", move |text: &str| {
        let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
        log.push(text.to_owned());
    });
    let rule = engine.compile(BARE_RULE)?;
    rate(seconds, || {
        let text = str::from_utf8(BODY)?;
        let message = engine.parse_json(text, true)?;
        let mut scope = Scope::new();
        scope.push_constant("event", message);
        engine.run_ast_with_scope(&mut scope, &rule)?;
        let mut logged = logged.lock().unwrap_or_else(PoisonError::into_inner);
        if logged.drain(..).count() != 1 {
            bail!("nothing was logged");
        }
        Ok(())
    })
}

fn rate(seconds: Duration, mut one: impl FnMut() -> anyhow::Result<()>) -> anyhow::Result<f64> {
    let begun = Instant::now();
    let mut done = 0;
    while begun.elapsed() < seconds {
        for _ in 0..ROUND {
            one()?;
        }
        done += ROUND;
    }
    Ok(count(done) / begun.elapsed().as_secs_f64())
}
