//! Memory with a backlog: everything is paused, events with a run each pile up, and then they are worked off.

use std::time::{Duration, Instant};

use anyhow::bail;

use super::call_out;
use super::plan::Plan;
use super::stage::{CUEBOOK, count};
use crate::load::closed;
use crate::report::Book;
use crate::sinks::HttpSink;
use crate::subjects::Recipe;

const NAME: &str = "memory";
/// How long each part of the piling up lasts, and the pause between two looks at the memory.
const LOOK: Duration = Duration::from_secs(1);

/// Measures once.
pub(super) fn measure(plan: &Plan, book: &mut Book) -> anyhow::Result<()> {
    let sink = HttpSink::start()?;
    let recipe = Recipe::new(plan, &[("new-booking/tell.rhai", call_out::rule(&sink))])?;
    let cuebook = recipe.start()?;
    book.note(NAME, "idle MB", CUEBOOK, cuebook.running.process.memory()?);
    cuebook.post("/api/v1/system/pause")?;
    let (mut events, mut most) = (0, 0.0_f64);
    while events < plan.growth_events {
        let part = (Duration::ZERO, LOOK);
        events += closed(&cuebook.running.target, 128, part, events)?.acknowledged;
        most = most.max(cuebook.running.process.memory()?);
    }
    book.note(NAME, "events in the backlog", CUEBOOK, count(events));
    book.note(NAME, "most MB while it piles up", CUEBOOK, most);
    cuebook.post("/api/v1/system/resume")?;
    let begun = Instant::now();
    let mut most = 0.0_f64;
    let (mut last, mut moved) = (0, Instant::now());
    while sink.arrivals.count() < events {
        std::thread::sleep(Duration::from_millis(100));
        most = most.max(cuebook.running.process.memory()?);
        let now = sink.arrivals.count();
        if now != last {
            (last, moved) = (now, Instant::now());
        } else if moved.elapsed() > Duration::from_secs(30) {
            bail!("{now} of {events} have arrived, and no more come");
        }
    }
    book.note(NAME, "most MB while it is worked off", CUEBOOK, most);
    let rate = count(events) / begun.elapsed().as_secs_f64();
    book.note(NAME, "worked off, events/s", CUEBOOK, rate);
    Ok(())
}
