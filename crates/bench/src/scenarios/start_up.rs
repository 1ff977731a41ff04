//! From the start to being ready, on an empty folder and on a killed one, and what the idle process and the binary take.

use std::fs;
use std::thread;
use std::time::Duration;

use super::plan::Plan;
use super::stage::{CUEBOOK, count};
use crate::load::closed;
use crate::report::Book;
use crate::subjects::Recipe;

const NAME: &str = "start-up";

/// Measures once.
pub(super) fn measure(plan: &Plan, book: &mut Book) -> anyhow::Result<()> {
    let recipe = Recipe::new(plan, &[])?;
    let mut cuebook = recipe.start()?;
    let mut note = |name, value| book.note(NAME, name, CUEBOOK, value);
    note("ready ms, first start", milliseconds(cuebook.ready_after));
    thread::sleep(Duration::from_secs(1));
    note("idle memory MB", cuebook.running.process.memory()?);
    let warm_up = (Duration::ZERO, Duration::from_secs(1));
    closed(&cuebook.running.target, 32, warm_up, 0)?;
    cuebook.running.process.kill()?;
    let again = recipe.start()?;
    note(
        "ready ms, after a kill under load",
        milliseconds(again.ready_after),
    );
    let size = fs::metadata(&plan.binary)?.len();
    note("binary MB", count(size) / (1024.0 * 1024.0));
    Ok(())
}

pub(super) fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
