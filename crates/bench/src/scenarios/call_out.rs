//! A rule with one `webhook::send` to the sink: the whole way of an event, durable at each step.

use std::time::{Duration, Instant};

use super::plan::Plan;
use super::stage::{CUEBOOK, Written, await_arrivals, count, drive};
use crate::arguments::CeilingKind;
use crate::load::{Latencies, open};
use crate::report::{Book, Wanted};
use crate::sinks::HttpSink;
use crate::subjects::{Recipe, Running, ceiling};

const NAME: &str = "call-out";
const JOB: &str = "job ceiling";
const DURABLE: &str = "durable ceiling";
/// The load of the closed loop.
const CONNECTIONS: usize = 128;
/// The load of the open loop, webhooks a second.
const RATE: u32 = 500;
const AT_THE_SINK: &str = "at the sink/s until all have arrived";

/// The rule: filters, builds a text, sends it.
pub(super) fn rule(sink: &HttpSink) -> String {
    format!(
        "//! Tells the other system.\n\
         if event.payload.booking_pid.len() == 0 {{ skip(\"no booking\"); }}\n\
         webhook::send(\"http://{}/sink\", `booking ${{event.payload.booking_pid}}`);\n",
        sink.address
    )
}

/// Measures once.
pub(super) fn measure(plan: &Plan, book: &mut Book) -> anyhow::Result<()> {
    {
        let sink = HttpSink::start()?;
        let durable = ceiling(plan, CeilingKind::Durable, sink.address)?;
        let shown = open(&durable.target, RATE, plan.seconds, 0)?;
        note_answers(book, DURABLE, shown.answered);
    }
    {
        let sink = HttpSink::start()?;
        let job = ceiling(plan, CeilingKind::Job, sink.address)?;
        closed_loop(plan, book, JOB, &job, &sink)?;
        open_loop(plan, book, JOB, &job, &sink)?;
    }
    let sink = HttpSink::start()?;
    let recipe = Recipe::new(plan, &[("new-booking/tell.rhai", rule(&sink))])?;
    let cuebook = recipe.start()?;
    let written = Written::ask(&cuebook)?;
    let events = closed_loop(plan, book, CUEBOOK, &cuebook.running, &sink)?;
    cuebook.wait_until_processed(Duration::from_secs(20))?;
    written.note(book, NAME, &cuebook, events)?;
    open_loop(plan, book, CUEBOOK, &cuebook.running, &sink)?;
    book.ratio(NAME, AT_THE_SINK, JOB, Some(Wanted::AtLeast(0.5)));
    let figure = |what| format!("{what}, {RATE}/s");
    book.ratio(
        NAME,
        &figure("hook to sink p50 ms"),
        JOB,
        Some(Wanted::AtMost(6.0)),
    );
    book.ratio(NAME, &figure("hook to sink p99 ms"), JOB, None);
    book.ratio(
        NAME,
        &figure("answered p50 ms"),
        DURABLE,
        Some(Wanted::AtMost(4.0)),
    );
    Ok(())
}

/// Gives how many events went through.
fn closed_loop(
    plan: &Plan,
    book: &mut Book,
    name: &'static str,
    subject: &Running,
    sink: &HttpSink,
) -> anyhow::Result<u64> {
    let begun = Instant::now();
    let load = (CONNECTIONS, plan.seconds);
    let shown = drive(book, (NAME, name), subject, load, 0)?;
    let during = count(sink.arrivals.count()) / begun.elapsed().as_secs_f64();
    book.note(NAME, "at the sink/s under load", name, during);
    let wanted = (0, shown.acknowledged);
    await_arrivals(book, (NAME, name), &sink.arrivals, wanted, begun)?;
    book.note(
        NAME,
        "memory MB after the load",
        name,
        subject.process.memory()?,
    );
    Ok(shown.acknowledged)
}

fn open_loop(
    plan: &Plan,
    book: &mut Book,
    name: &'static str,
    subject: &Running,
    sink: &HttpSink,
) -> anyhow::Result<()> {
    let first = 1_000_000_000;
    let before = sink.arrivals.count();
    sink.arrivals.time();
    let shown = open(&subject.target, RATE, plan.seconds, first)?;
    let sent = u64::try_from(shown.due.len())?;
    sink.arrivals
        .wait_for(before + sent, Duration::from_secs(5));
    let mut to_the_sink = Latencies::default();
    for (number, at) in sink.arrivals.times() {
        let place = number
            .checked_sub(first)
            .and_then(|place| usize::try_from(place).ok());
        if let Some(due) = place.and_then(|place| shown.due.get(place)) {
            to_the_sink.note(at.saturating_duration_since(*due));
        }
    }
    if u64::try_from(to_the_sink.len())? != sent || shown.refused > 0 {
        anyhow::bail!("{name}: {} of {sent} arrived", to_the_sink.len());
    }
    for (what, part) in [("p50", 0.5), ("p99", 0.99)] {
        let figure = format!("hook to sink {what} ms, {RATE}/s");
        book.note(NAME, &figure, name, to_the_sink.quantile(part));
    }
    note_answers(book, name, shown.answered);
    Ok(())
}

fn note_answers(book: &mut Book, name: &'static str, mut answered: Latencies) {
    for (what, part) in [("p50", 0.5), ("p99", 0.99)] {
        let figure = format!("answered {what} ms, {RATE}/s");
        book.note(NAME, &figure, name, answered.quantile(part));
    }
}
