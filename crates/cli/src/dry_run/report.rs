//! A dry run for people.

use std::fmt::Write as _;

use chrono::TimeDelta;
use cuebook_core::journal::StepKind;
use cuebook_core::{Timestamp, Value};
use cuebook_rules::rehearse::{Rehearsal, Standing};
use serde_json::Value as Json;

use super::answers::Answering;
use super::json::{Effect, effects_of, state};
use super::play::Happened;
use crate::output::Colour;

/// The longest text of arguments that is shown.
const SHOWN: usize = 100;
/// How many lines of a text are shown.
const LINES: usize = 12;

/// The report.
pub(crate) fn report(
    run: &Rehearsal,
    answers: &Answering<'_>,
    happened: &[Happened],
    colour: Colour,
) -> String {
    let mut text = String::new();
    head(&mut text, run, colour);
    steps(&mut text, run, answers, happened, colour);
    for line in run.logs() {
        let fields = match &line.fields {
            Value::Unit => String::new(),
            fields => format!(" {}", short(&fields.to_json().to_string())),
        };
        let place = place(line.line);
        add(
            &mut text,
            format_args!(
                "  {:>6}  {}{fields}{}\n",
                line.level.as_str(),
                line.message,
                colour.paint("2", &place)
            ),
        );
    }
    let effects = effects_of(run);
    if !effects.is_empty() {
        add(
            &mut text,
            format_args!("\n{}\n", colour.paint("1", "would be done")),
        );
    }
    for effect in &effects {
        self::effect(&mut text, effect, colour);
    }
    unanswered(&mut text, run.standing(), colour);
    text
}

fn head(text: &mut String, run: &Rehearsal, colour: Colour) {
    let standing = run.standing();
    let word = state(standing);
    let code = match word {
        "completed" => "32",
        "failed" | "blocked" | "unanswered" => "31",
        _ => "33",
    };
    let event = run.event();
    let event_type = event.event_type.as_ref().map_or("?", |name| name.as_str());
    let subject = event.subject.as_ref().map_or("none", |pid| pid.as_str());
    add(
        text,
        format_args!(
            "{} {}, a dry run: nothing was performed\n",
            colour.paint("1", run.rule().as_str()),
            colour.paint(code, word)
        ),
    );
    if let Some(reason) = standing.reason() {
        add(text, format_args!("  {reason}\n"));
    }
    let told = format!("{event_type}, subject {subject}, event {}", event.id);
    add(text, format_args!("  {}\n", colour.paint("2", &told)));
}

fn steps(
    text: &mut String,
    run: &Rehearsal,
    answers: &Answering<'_>,
    happened: &[Happened],
    colour: Colour,
) {
    let begun = run.created_at();
    let mut waits = happened.iter();
    for (path, step) in run.steps() {
        let arguments: Vec<String> = step
            .arguments
            .iter()
            .map(|argument| argument.to_json().to_string())
            .collect();
        let call = match step.kind {
            StepKind::Send => step.question.function.clone(),
            _ => format!(
                "{}({})",
                step.question.function,
                short(&arguments.join(", "))
            ),
        };
        let source = answers
            .sources
            .get(path)
            .map_or_else(String::new, |source| format!("  {}", source.label()));
        let place = place(step.line);
        let since = since(begun, step.started_at);
        add(
            text,
            format_args!(
                "  {since:>7} {path:>4}  {call}{}{}\n",
                colour.paint("2", &place),
                colour.paint("2", &source)
            ),
        );
        match (&step.answer, step.kind) {
            (Some(Err(error)), _) => {
                add(
                    text,
                    format_args!("                {}\n", colour.paint("31", &error.message)),
                );
            }
            (Some(Ok(answer)), StepKind::Read | StepKind::Write | StepKind::Local) => {
                let answer = short(&answer.to_json().to_string());
                add(text, format_args!("                → {answer}\n"));
            }
            _ => {}
        }
        if step.kind == StepKind::Wait
            && let Some(wait) = waits.next()
        {
            let since = self::since(begun, wait.at);
            add(text, format_args!("  {since:>7}       {}\n", wait.what));
        }
    }
}

fn effect(text: &mut String, effect: &Effect, colour: Colour) {
    let target = match effect.target.as_str() {
        "" => String::new(),
        target => format!(" to {target}"),
    };
    let place = place(effect.line);
    add(
        text,
        format_args!(
            "  {}{target}{}\n",
            colour.paint("32", &effect.function),
            colour.paint("2", &place)
        ),
    );
    for (name, value) in &effect.fields {
        let shown = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        let mut lines = shown.lines();
        let first = lines.next().unwrap_or_default();
        add(text, format_args!("      {name}: {}\n", short(first)));
        for line in lines.by_ref().take(LINES) {
            add(
                text,
                format_args!("      {:width$}  {}\n", "", short(line), width = name.len()),
            );
        }
        let left = lines.count();
        if left > 0 {
            add(
                text,
                format_args!(
                    "      {:width$}  … {left} lines more\n",
                    "",
                    width = name.len()
                ),
            );
        }
    }
}

/// What nobody has answered, and how to.
fn unanswered(text: &mut String, standing: &Standing, colour: Colour) {
    let Standing::Unanswered { calls } = standing else {
        return;
    };
    add(
        text,
        format_args!("\n{}\n", colour.paint("1", "nobody has an answer to")),
    );
    for call in calls {
        let arguments: Vec<String> = call
            .arguments
            .iter()
            .map(|argument| argument.to_json().to_string())
            .collect();
        let function = &call.question.function;
        let place = place(call.line);
        add(
            text,
            format_args!("  {function}({}){place}\n", short(&arguments.join(", "))),
        );
        let example = match function.split_once("::") {
            Some(("http", _)) => Json::from_iter([("status".to_owned(), 200)]),
            _ => Json::from_iter([("pid".to_owned(), "7")]),
        };
        add(
            text,
            format_args!("      give one: --answer '{function}={example}', or ask: --live-reads\n"),
        );
    }
}

/// How long after the beginning.
fn since(begun: Timestamp, at: Timestamp) -> String {
    let passed = at - begun;
    let parts = [
        (passed.num_days(), "d"),
        (passed.num_hours(), "h"),
        (passed.num_minutes(), "m"),
    ];
    let largest = parts.into_iter().find(|(number, _)| *number > 0);
    match largest {
        Some((number, unit)) => format!("+{number} {unit}"),
        None if passed < TimeDelta::zero() => "+0 s".to_owned(),
        None => format!("+{} s", passed.num_seconds()),
    }
}

fn place(line: Option<u32>) -> String {
    line.map(|line| format!("  line {line}"))
        .unwrap_or_default()
}

fn short(text: &str) -> String {
    if text.chars().count() <= SHOWN {
        return text.to_owned();
    }
    let kept: String = text.chars().take(SHOWN).collect();
    format!("{kept}…")
}

fn add(text: &mut String, more: std::fmt::Arguments<'_>) {
    // Writing to a string does not fail.
    let _ = text.write_fmt(more);
}
