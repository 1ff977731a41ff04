//! The text of the test.

use std::time::Duration;

use cuebook_core::event::Origin;

use super::find::Past;
use super::place::Place;
use super::{asserts, mocks, timeline};

/// How much a test holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Detail {
    /// HTTP answers with their headers.
    pub(super) headers: bool,
    /// The senders of mails.
    pub(super) senders: bool,
}

impl Detail {
    /// In the order in which they are tried: few rules look at the headers of an answer, and a sender may be the
    /// configured one, which is another here.
    pub(super) const TRIED: [Self; 4] = [
        Self::new(false, true),
        Self::new(true, true),
        Self::new(false, false),
        Self::new(true, false),
    ];

    const fn new(headers: bool, senders: bool) -> Self {
        Self { headers, senders }
    }
}

/// The test of a run.
pub(super) fn test(
    past: &Past,
    place: &Place,
    debounce: Option<Duration>,
    detail: Detail,
) -> String {
    let mut lines = vec![timeline::advance(past.event.received_at)];
    lines.extend(mocks::lines(&past.run.steps, detail.headers));
    lines.push(String::new());
    lines.push(first(past));
    if let Some(quiet) = debounce.filter(|_| past.event.subject.is_some()) {
        lines.push(format!("advance(\"{}s\");", quiet.as_secs()));
    }
    lines.extend(timeline::lines(past));
    lines.push(String::new());
    lines.extend(asserts::lines(past, detail.senders));
    let run = &past.run.run;
    let mut text = format!(
        "// Written from the run {} by `cuebook test --from-run`.\n\
         // It holds the data of its event and of the answers that it got.\n\
         fn {}() {{\n",
        run.id, place.name
    );
    for line in lines.iter().flat_map(|line| line.split('\n')) {
        let indented = format!("    {line}");
        text.push_str(indented.trim_end());
        text.push('\n');
    }
    text.push_str("}\n");
    text
}

/// The line with which the run begins. A rule that is run by name was asked for.
fn first(past: &Past) -> String {
    let line = timeline::trigger(&past.event, "let run = ");
    match past.event.origin {
        Origin::Emit | Origin::Schedule => {
            let origin = past.event.origin;
            let end = line.strip_suffix(");").unwrap_or(&line);
            format!("{end}, #{{ origin: \"{origin}\" }});")
        }
        _ => line,
    }
}
