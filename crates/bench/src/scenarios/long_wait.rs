//! Many runs that sleep: what they take, and what they cost those that do not.

use std::time::Duration;

use anyhow::bail;

use super::plan::Plan;
use super::stage::{CUEBOOK, count, drive};
use crate::load::closed;
use crate::report::Book;
use crate::subjects::Recipe;

const NAME: &str = "long-wait";
const RULE: &str = "sleep(\"30d\");\nlog::info(\"awake\");\n";

/// Measures once.
pub(super) fn measure(plan: &Plan, book: &mut Book) -> anyhow::Result<()> {
    let recipe = Recipe::new(plan, &[("new-booking/sleep.rhai", RULE.to_owned())])?;
    let mut cuebook = recipe.start()?;
    let mut events = 0;
    while events < plan.sleeping_runs {
        let part = (Duration::ZERO, Duration::from_millis(500));
        events += closed(&cuebook.running.target, 128, part, events)?.acknowledged;
    }
    if !cuebook.wait_until_processed(Duration::from_mins(2))? {
        bail!("not all runs have come to their wait");
    }
    book.note(NAME, "sleeping runs", CUEBOOK, count(events));
    book.note(
        NAME,
        "memory MB",
        CUEBOOK,
        cuebook.running.process.memory()?,
    );
    cuebook.running.process.kill()?;
    let again = recipe.start()?;
    let ready = again.ready_after.as_secs_f64() * 1000.0;
    book.note(NAME, "ready ms", CUEBOOK, ready);
    std::thread::sleep(Duration::from_secs(1));
    book.note(
        NAME,
        "memory MB, started anew",
        CUEBOOK,
        again.running.process.memory()?,
    );
    let load = (32, plan.seconds);
    drive(book, (NAME, CUEBOOK), &again.running, load, events)?;
    Ok(())
}
