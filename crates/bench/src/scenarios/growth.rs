//! What many stored events cost: receiving, the whole way of an event, the API's lists, and the start, compared with an
//! empty database in the same run.

use std::time::{Duration, Instant};

use super::call_out;
use super::plan::Plan;
use super::stage::{CUEBOOK, await_arrivals, count, drive, drive_at};
use super::start_up::milliseconds;
use crate::load::{Latencies, closed};
use crate::report::{Book, Wanted};
use crate::sinks::HttpSink;
use crate::subjects::{Cuebook, Recipe};

const INGEST: &str = "growth";
const CALL_OUT: &str = "growth, call-out";
const EMPTY: &str = "empty";
const QUERIES: &[&str] = &[
    "/api/v1/events?limit=100",
    "/api/v1/events?type=new-booking&limit=100",
    "/api/v1/events?subject=000000000042",
    "/api/v1/events?state=no_rule&limit=100",
    "/api/v1/runs?limit=100",
    "/api/v1/effects?limit=100",
];
/// How often each query is asked.
const TIMES: u32 = 20;

/// Measures once.
pub(super) fn measure(plan: &Plan, book: &mut Book) -> anyhow::Result<()> {
    let sink = HttpSink::start()?;
    let rule = ("bench-call/tell.rhai", call_out::rule(&sink));
    {
        let recipe = Recipe::new(plan, std::slice::from_ref(&rule))?;
        let cuebook = recipe.start()?;
        both(plan, book, EMPTY, (&cuebook, &sink), 0)?;
    }
    let recipe = Recipe::new(plan, &[rule])?;
    let mut cuebook = recipe.start()?;
    let mut events = 0;
    while events < plan.growth_events {
        let part = (Duration::ZERO, Duration::from_secs(5));
        events += closed(&cuebook.running.target, 128, part, events)?.acknowledged;
    }
    book.note(INGEST, "events stored", CUEBOOK, count(events));
    cuebook.running.process.kill()?;
    let cuebook = recipe.start()?;
    book.note(
        INGEST,
        "ready ms",
        CUEBOOK,
        milliseconds(cuebook.ready_after),
    );
    both(plan, book, CUEBOOK, (&cuebook, &sink), events)?;
    let mut latencies = Latencies::default();
    for query in QUERIES {
        let mut of_one = Latencies::default();
        for _ in 0..TIMES {
            let begun = Instant::now();
            cuebook.get(query)?;
            of_one.note(begun.elapsed());
        }
        book.note(
            INGEST,
            &format!("p99 ms of {query}"),
            CUEBOOK,
            of_one.quantile(0.99),
        );
        latencies.absorb(of_one);
    }
    book.note(
        INGEST,
        "p99 ms of all queries",
        CUEBOOK,
        latencies.quantile(0.99),
    );
    book.note(
        INGEST,
        "memory MB",
        CUEBOOK,
        cuebook.running.process.memory()?,
    );
    let at_least = Some(Wanted::AtLeast(0.9));
    book.ratio(INGEST, "acknowledged/s, 32 connections", EMPTY, at_least);
    let figure = "at the sink/s until all have arrived";
    book.ratio(CALL_OUT, figure, EMPTY, at_least);
    Ok(())
}

/// Drives first without a rule, then with one.
fn both(
    plan: &Plan,
    book: &mut Book,
    name: &'static str,
    (cuebook, sink): (&Cuebook, &HttpSink),
    first: u64,
) -> anyhow::Result<()> {
    let load = (32, plan.seconds);
    let ingested = drive(book, (INGEST, name), &cuebook.running, load, first)?;
    let before = sink.arrivals.count();
    let begun = Instant::now();
    let subject = &cuebook.running;
    let target = subject.target.of_type("bench-call");
    let load = (128, plan.seconds);
    let first = first + ingested.acknowledged;
    let shown = drive_at(book, (CALL_OUT, name), subject, &target, load, first)?;
    let wanted = (before, shown.acknowledged);
    await_arrivals(book, (CALL_OUT, name), &sink.arrivals, wanted, begun)
}
