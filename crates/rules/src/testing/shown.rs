//! What a test's runs did, line by line: for whoever looks at why it failed.

use cuebook_core::journal::StepKind;

use super::answering::shown;
use super::stage::Stage;
use crate::rehearse::Rehearsal;

/// So many lines are shown at most.
const MOST: usize = 200;

/// What the runs did.
pub(super) fn log(stage: &Stage) -> Vec<String> {
    let mut lines = Vec::new();
    for run in &stage.runs {
        lines.push(title(run));
        lines.extend(steps(run));
    }
    let more = lines.len().saturating_sub(MOST);
    lines.truncate(MOST);
    if more > 0 {
        lines.push(format!("… and {more} lines more"));
    }
    lines
}

fn title(run: &Rehearsal) -> String {
    let event = run.event();
    let name = event.event_type.as_ref().map_or("?", |name| name.as_str());
    let subject = event
        .subject
        .as_ref()
        .map_or_else(String::new, |subject| format!(" about {subject}"));
    let standing = run.standing();
    let reason = standing
        .reason()
        .map_or_else(String::new, |reason| format!(": {reason}"));
    format!(
        "{} on {name}{subject} is {}{reason}",
        run.rule(),
        standing.state()
    )
}

/// The steps and log lines of a run, by the lines of the script within each moment.
fn steps(run: &Rehearsal) -> Vec<String> {
    let mut shown_lines: Vec<(chrono::DateTime<chrono::Utc>, Option<u32>, String)> = Vec::new();
    for (_, step) in run.steps() {
        if step.kind == StepKind::Send {
            continue;
        }
        let answer = match &step.answer {
            Some(Ok(value)) => shown(std::slice::from_ref(value)),
            Some(Err(error)) => format!("error {}: {}", error.kind, error.message),
            None => "…".to_owned(),
        };
        let asked = format!("{}({})", step.question.function, shown(&step.arguments));
        shown_lines.push((step.started_at, step.line, format!("{asked} → {answer}")));
    }
    for segment in run.segments() {
        for send in &segment.sends {
            let sent = format!("{}({})", send.question.function, shown(&send.arguments));
            shown_lines.push((segment.at, send.line, sent));
        }
    }
    for logged in run.logs() {
        let line = format!("log {}: {}", logged.level, logged.message);
        shown_lines.push((logged.at, logged.line, line));
    }
    shown_lines.sort_by_key(|(at, line, _)| (*at, line.unwrap_or(0)));
    shown_lines
        .into_iter()
        .map(|(_, line, text)| match line {
            Some(line) => format!("  line {line}: {text}"),
            None => format!("  {text}"),
        })
        .collect()
}
