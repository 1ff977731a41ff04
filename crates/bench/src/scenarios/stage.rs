//! What several scenarios do alike: drive a subject in a closed loop and note what it showed.

use std::time::{Duration, Instant};

use anyhow::bail;

use crate::load::{Closed, Target, closed};
use crate::report::Book;
use crate::sinks::Arrivals;
use crate::subjects::{Cuebook, Running};

/// So long a loop runs before it counts.
pub(super) const WARM_UP: Duration = Duration::from_millis(500);
/// After so long without any arrival, nothing more is awaited.
pub(super) const PATIENCE: Duration = Duration::from_secs(20);
/// The name of Cuebook among the subjects.
pub(super) const CUEBOOK: &str = "cuebook";

/// Drives a subject over `connections` from number `first` on, and notes rate, times and what an event cost.
pub(super) fn drive(
    book: &mut Book,
    (scenario, name): (&'static str, &'static str),
    subject: &Running,
    load: (usize, Duration),
    first: u64,
) -> anyhow::Result<Closed> {
    drive_at(
        book,
        (scenario, name),
        subject,
        &subject.target,
        load,
        first,
    )
}

/// The same, with events that go to `target`.
pub(super) fn drive_at(
    book: &mut Book,
    (scenario, name): (&'static str, &'static str),
    subject: &Running,
    target: &Target,
    (connections, seconds): (usize, Duration),
    first: u64,
) -> anyhow::Result<Closed> {
    let used = subject.process.processor_time()?;
    let mut shown = closed(target, connections, (WARM_UP, seconds), first)?;
    if shown.refused > 0 {
        bail!("{name} refused {} webhooks", shown.refused);
    }
    let figure = |what: &str| format!("{what}, {connections} connections");
    book.note(scenario, &figure("acknowledged/s"), name, shown.per_second);
    for (what, part) in [("p50", 0.5), ("p99", 0.99)] {
        let milliseconds = shown.latencies.quantile(part);
        book.note(scenario, &figure(&format!("{what} ms")), name, milliseconds);
    }
    let each = (subject.process.processor_time()? - used) / count(shown.acknowledged);
    book.note(scenario, &figure("CPU ms an event"), name, each);
    Ok(shown)
}

/// Waits until everything that was acknowledged has arrived at a sink, and notes the rate from `begun` on. What the sink
/// had before is `before`.
pub(super) fn await_arrivals(
    book: &mut Book,
    (scenario, name): (&'static str, &'static str),
    arrivals: &Arrivals,
    (before, wanted): (u64, u64),
    begun: Instant,
) -> anyhow::Result<()> {
    if !arrivals.wait_for(before + wanted, PATIENCE) {
        let came = arrivals.count() - before;
        bail!("{name}: of {wanted} only {came} have arrived");
    }
    let took = begun.elapsed();
    book.note(
        scenario,
        "at the sink/s until all have arrived",
        name,
        count(wanted) / took.as_secs_f64(),
    );
    let more = arrivals.count() - before - wanted;
    if more > 0 {
        bail!("{name}: {more} arrived more than once");
    }
    Ok(())
}

/// What Cuebook's writer has done so far.
pub(super) struct Written {
    commits: f64,
    statements: f64,
}

impl Written {
    /// Asks.
    pub(super) fn ask(cuebook: &Cuebook) -> anyhow::Result<Self> {
        Ok(Self {
            commits: cuebook.metric("cuebook_store_commits_total")?,
            statements: cuebook.metric("cuebook_store_statements_total")?,
        })
    }

    /// Notes what `events` have cost since.
    pub(super) fn note(
        &self,
        book: &mut Book,
        scenario: &'static str,
        cuebook: &Cuebook,
        events: u64,
    ) -> anyhow::Result<()> {
        let now = Self::ask(cuebook)?;
        for (figure, before, after) in [
            ("commits an event", self.commits, now.commits),
            ("statements an event", self.statements, now.statements),
        ] {
            book.note(scenario, figure, CUEBOOK, (after - before) / count(events));
        }
        Ok(())
    }
}

/// A count as a number to divide by.
pub(super) fn count(number: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
    let number = number.max(1) as f64;
    number
}
