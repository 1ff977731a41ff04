//! Tells what came of an injected event: each run with its steps, logs and effects.

use std::fmt::Write;

use chrono::{DateTime, Utc};
use mail_parser::MessageParser;
use serde_json::{Value as Json, json};

use super::follow::Followed;
use super::views::{Effect, LogLine, Run, Step};
use crate::client::ApiClient;
use crate::output::Colour;

/// The longest text of arguments or fields that is shown.
const SHOWN: usize = 100;

/// The report for people.
pub(crate) async fn report(followed: &Followed, client: &ApiClient, colour: Colour) -> String {
    let event = &followed.event;
    let event_type = event.wire_type.as_deref().unwrap_or("?");
    let subject = event.subject.as_deref().unwrap_or("none");
    let mut text = format!("event {} ({event_type}), subject {subject}\n", event.id);
    if followed.runs.is_empty() {
        let _ = writeln!(
            text,
            "\nno enabled rule is for {event_type}: {}",
            event.state
        );
    }
    for run in &followed.runs {
        text.push('\n');
        whole(&mut text, run, client, colour).await;
    }
    text
}

/// The report on one run, as the API answered it.
pub(crate) async fn report_run(
    answer: Json,
    client: &ApiClient,
    colour: Colour,
) -> anyhow::Result<String> {
    let run: Run = serde_json::from_value(answer)?;
    let mut text = String::new();
    whole(&mut text, &run, client, colour).await;
    Ok(text)
}

async fn whole(text: &mut String, run: &Run, client: &ApiClient, colour: Colour) {
    head(text, run, colour);
    steps(text, &run.steps, colour);
    logs(text, &run.logs, colour);
    effects(text, &run.effects, client, colour).await;
}

impl Followed {
    /// The report for tools.
    pub(crate) fn to_json(&self) -> Json {
        json!({"event": self.raw_event, "runs": self.raw, "cut_short": self.cut_short})
    }
}

pub(super) fn head(text: &mut String, run: &Run, colour: Colour) {
    let code = match run.state.as_str() {
        "completed" => "32",
        "failed" | "blocked" => "31",
        _ => "33",
    };
    let took = took(run.started_at, run.ended_at);
    let _ = writeln!(
        text,
        "{} {}{took}",
        colour.paint("1", &run.rule),
        colour.paint(code, &run.state),
    );
    if let Some(reason) = &run.reason {
        let _ = writeln!(text, "  {reason}");
    }
    let _ = writeln!(text, "  {}", colour.paint("2", &format!("run {}", run.id)));
}

pub(super) fn steps(text: &mut String, steps: &[Step], colour: Colour) {
    for step in steps {
        let arguments: Vec<String> = step.arguments.iter().map(Json::to_string).collect();
        // What a send was given stands in its effect.
        let call = match step.kind.as_str() {
            "send" => step.function.clone(),
            _ => format!("{}({})", step.function, short(&arguments.join(", "))),
        };
        let line = line(step.line);
        let took = took(step.started_at, step.ended_at);
        let _ = writeln!(
            text,
            "  {:>4}  {call}{}{took}",
            step.path,
            colour.paint("2", &line)
        );
        if let Some(error) = step.error.as_ref().filter(|error| !error.is_null()) {
            let message = error["message"].as_str().map(str::to_owned);
            let message = message.unwrap_or_else(|| error.to_string());
            let _ = writeln!(text, "        {}", colour.paint("31", &message));
        }
    }
}

pub(super) fn logs(text: &mut String, logs: &[LogLine], colour: Colour) {
    for log in logs {
        let fields = match &log.fields {
            Json::Null => String::new(),
            fields => format!(" {}", short(&fields.to_string())),
        };
        let line = line(log.line);
        let _ = writeln!(
            text,
            "   {:>5}  {}{fields}{}",
            log.level,
            log.message,
            colour.paint("2", &line)
        );
    }
}

pub(super) async fn effects(
    text: &mut String,
    effects: &[Effect],
    client: &ApiClient,
    colour: Colour,
) {
    for effect in effects {
        let code = match effect.state.as_str() {
            "done" | "captured" => "32",
            "failed" | "unknown" => "31",
            _ => "33",
        };
        let _ = writeln!(
            text,
            "  {} {} to {}",
            effect.kind,
            colour.paint(code, &effect.state),
            effect.target
        );
        if effect.kind == "email::send" {
            let path = format!("effects/{}/message", effect.id);
            if let Ok(mail) = client.bytes(&path).await
                && let Some(subject) = subject(&mail)
            {
                let _ = writeln!(text, "        subject: {subject}");
            }
            let _ = writeln!(text, "        message: {}/api/v1/{path}", client.url());
        }
    }
}

fn subject(mail: &[u8]) -> Option<String> {
    MessageParser::default()
        .parse_headers(mail)?
        .subject()
        .map(str::to_owned)
}

fn line(line: Option<u32>) -> String {
    line.map(|line| format!("  line {line}"))
        .unwrap_or_default()
}

fn took(from: Option<DateTime<Utc>>, to: Option<DateTime<Utc>>) -> String {
    match (from, to) {
        (Some(from), Some(to)) => match (to - from).num_milliseconds() {
            0 => String::new(),
            milliseconds => format!("  {milliseconds} ms"),
        },
        _ => String::new(),
    }
}

fn short(text: &str) -> String {
    if text.chars().count() <= SHOWN {
        return text.to_owned();
    }
    let kept: String = text.chars().take(SHOWN).collect();
    format!("{kept}…")
}
