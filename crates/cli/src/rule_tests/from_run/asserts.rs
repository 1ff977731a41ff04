//! What the run did, as assertions.

use std::collections::BTreeMap;

use cuebook_core::Value;
use cuebook_core::function::FunctionDescriptor;
use cuebook_core::journal::StepKind;
use cuebook_core::run::RunState;
use cuebook_effects::kinds;
use cuebook_rules::testing::{literal, mail_of, pretty};
use cuebook_store::PastEffect;

use super::find::Past;

/// The parts of a mail that are compared.
const MAIL: [&str; 9] = [
    "to",
    "cc",
    "bcc",
    "from",
    "reply_to",
    "subject",
    "text",
    "html",
    "attachments",
];

/// The lines that demand what the run did.
pub(super) fn lines(past: &Past, with_senders: bool) -> Vec<String> {
    let run = &past.run.run;
    let mut lines = vec![equal("run.state", &Value::from(run.state.as_str()))];
    if let (RunState::Skipped, Some(reason)) = (run.state, &run.reason) {
        lines.push(equal("run.reason", &Value::from(reason.as_str())));
    }
    let mut effects: Vec<&PastEffect> = past.run.effects.iter().collect();
    effects.sort_by(|a, b| a.path.cmp(&b.path));
    let of_kind = |kind: &str| -> Vec<&PastEffect> {
        effects
            .iter()
            .filter(|effect| effect.kind == kind)
            .copied()
            .collect()
    };
    mails(&mut lines, &of_kind("email::send"), with_senders);
    requests(&mut lines, past);
    webhooks(&mut lines, &of_kind("webhook::send"));
    emitted(&mut lines, past, of_kind("emit").len());
    lines
}

fn equal(what: &str, value: &Value) -> String {
    format!("assert_eq({what}, {});", pretty(value))
}

fn count(lines: &mut Vec<String>, what: &str, number: usize) {
    lines.push(format!("assert_eq({what}.len(), {number});"));
}

fn mails(lines: &mut Vec<String>, mails: &[&PastEffect], with_senders: bool) {
    count(lines, "run.emails", mails.len());
    for (at, mail) in mails.iter().enumerate() {
        let Some(body) = &mail.body else {
            continue;
        };
        let shown = mail_of(&body.envelope, &body.body);
        for part in MAIL {
            if part == "from" && !with_senders {
                continue;
            }
            let value = shown.get(part);
            if let Some(value) = value.filter(|value| **value != Value::Array(Vec::new())) {
                lines.push(equal(&format!("run.emails[{at}].{part}"), value));
            }
        }
    }
}

fn requests(lines: &mut Vec<String>, past: &Past) {
    let writes = past.run.steps.values();
    let writes: Vec<_> = writes
        .filter(|step| step.entry.kind == StepKind::Write)
        .collect();
    count(lines, "run.requests", writes.len());
    for (at, step) in writes.into_iter().enumerate() {
        let function = step.entry.question.function.as_str();
        let request = format!("run.requests[{at}]");
        lines.push(equal(
            &format!("{request}.function"),
            &Value::from(function),
        ));
        for (name, value) in named(function, &step.arguments) {
            lines.push(equal(&format!("{request}.{name}"), value));
        }
    }
}

/// The arguments by the names of their parameters.
fn named<'a>(function: &str, arguments: &'a [Value]) -> Vec<(&'static str, &'a Value)> {
    let known: BTreeMap<&str, FunctionDescriptor> = kinds::descriptors()
        .into_iter()
        .map(|descriptor| (descriptor.name, descriptor))
        .collect();
    let parameters = known
        .get(function)
        .map_or(&[][..], |descriptor| descriptor.parameters);
    parameters
        .iter()
        .map(|parameter| parameter.name)
        .zip(arguments)
        .collect()
}

fn webhooks(lines: &mut Vec<String>, webhooks: &[&PastEffect]) {
    count(lines, "run.webhooks", webhooks.len());
    for (at, webhook) in webhooks.iter().enumerate() {
        let Some(body) = &webhook.body else {
            continue;
        };
        if let Some(url) = body.envelope.get("url").and_then(serde_json::Value::as_str) {
            lines.push(equal(&format!("run.webhooks[{at}].url"), &Value::from(url)));
        }
        let text = String::from_utf8_lossy(&body.body);
        let json = serde_json::from_str(&text).ok();
        let (member, value) = match json {
            Some(json) => ("json", Value::from_json(&json)),
            None => ("text", Value::from(text.into_owned())),
        };
        lines.push(equal(&format!("run.webhooks[{at}].{member}"), &value));
    }
}

/// The events that the run emitted. Other rules on the same event may have emitted some too: then only their number is known.
fn emitted(lines: &mut Vec<String>, past: &Past, number: usize) {
    count(lines, "run.emitted", number);
    if number != past.emitted.len() {
        return;
    }
    for (at, event) in past.emitted.iter().enumerate() {
        let name = event.event_type.as_ref().map_or("", |name| name.as_str());
        lines.push(equal(
            &format!("run.emitted[{at}].type"),
            &Value::from(name),
        ));
        let payload = event.payload_value();
        lines.push(format!(
            "assert_eq(run.emitted[{at}].payload, {});",
            literal(&payload)
        ));
    }
}
