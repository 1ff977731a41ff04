//! Webhooks that no rule is for: what it costs to receive and keep one.

use super::plan::Plan;
use super::stage::{CUEBOOK, Written, drive};
use crate::arguments::CeilingKind;
use crate::report::{Book, Wanted};
use crate::sinks::HttpSink;
use crate::subjects::{Recipe, ceiling};

const NAME: &str = "ingest";
const HTTP: &str = "HTTP ceiling";
const DURABLE: &str = "durable ceiling";

/// Measures once.
pub(super) fn measure(plan: &Plan, book: &mut Book) -> anyhow::Result<()> {
    let sink = HttpSink::start()?;
    for (kind, name) in [(CeilingKind::Http, HTTP), (CeilingKind::Durable, DURABLE)] {
        let subject = ceiling(plan, kind, sink.address)?;
        let mut first = 0;
        for connections in [32, 128] {
            let load = (connections, plan.seconds);
            first += drive(book, (NAME, name), &subject, load, first)?.acknowledged;
        }
    }
    let cuebook = Recipe::new(plan, &[])?;
    let cuebook_running = cuebook.start()?;
    let written = Written::ask(&cuebook_running)?;
    let mut first = 0;
    for connections in [32, 128] {
        let load = (connections, plan.seconds);
        let subject = &cuebook_running.running;
        first += drive(book, (NAME, CUEBOOK), subject, load, first)?.acknowledged;
    }
    written.note(book, NAME, &cuebook_running, first)?;
    for connections in ["32 connections", "128 connections"] {
        let wanted = |wanted| (connections == "32 connections").then_some(wanted);
        let rate = format!("acknowledged/s, {connections}");
        book.ratio(NAME, &rate, DURABLE, wanted(Wanted::AtLeast(0.7)));
        let slowest = format!("p99 ms, {connections}");
        book.ratio(NAME, &slowest, DURABLE, wanted(Wanted::AtMost(2.0)));
    }
    Ok(())
}
