//! The answers that the run got, as mocks.

use std::collections::BTreeMap;

use cuebook_core::journal::{StepAnswer, StepKind, StepPath};
use cuebook_core::{CallError, Value};
use cuebook_rules::testing::{literal, pretty};
use cuebook_store::PastStep;

/// The answers to one function, by what it was asked with.
#[derive(Default)]
struct Asked<'a> {
    by_arguments: Vec<(&'a [Value], Vec<&'a StepAnswer>)>,
}

/// The lines that mock what the run asked for.
pub(super) fn lines(steps: &BTreeMap<StepPath, PastStep>, with_headers: bool) -> Vec<String> {
    let mut functions: Vec<(&str, Asked<'_>)> = Vec::new();
    for step in steps.values() {
        if !matches!(
            step.entry.kind,
            StepKind::Local | StepKind::Read | StepKind::Write
        ) {
            continue;
        }
        let Some(answer) = &step.entry.answer else {
            continue;
        };
        let name = step.entry.question.function.as_str();
        let at = functions.iter().position(|(known, _)| *known == name);
        let at = at.unwrap_or_else(|| {
            functions.push((name, Asked::default()));
            functions.len() - 1
        });
        let asked = &mut functions[at].1.by_arguments;
        match asked.iter_mut().find(|(known, _)| *known == given(step)) {
            Some((_, answers)) => answers.push(answer),
            None => asked.push((given(step), vec![answer])),
        }
    }
    functions
        .into_iter()
        .flat_map(|(name, asked)| of_function(name, &asked, with_headers))
        .collect()
}

/// What the script gave: of a local call, without what the host adds.
fn given(step: &PastStep) -> &[Value] {
    let most = match step.entry.question.function.as_str() {
        cuebook_core::remembering::GET => 3,
        cuebook_core::remembering::ONCE => 2,
        _ => step.arguments.len(),
    };
    step.arguments.get(..most).unwrap_or(&step.arguments)
}

fn of_function(name: &str, asked: &Asked<'_>, with_headers: bool) -> Vec<String> {
    let is_alone = asked.by_arguments.len() == 1;
    let one = |(arguments, answers): &(&[Value], Vec<&StepAnswer>)| {
        let name = literal(&Value::from(name));
        let shown: Vec<String> = answers
            .iter()
            .map(|answer| reply(answer, with_headers))
            .collect();
        let is_same = shown.iter().all(|answer| Some(answer) == shown.first());
        let is_array = matches!(answers.first(), Some(Ok(Value::Array(_))));
        let answer = match shown.as_slice() {
            [first, ..] if is_same && !is_array => first.clone(),
            _ => format!("[{}]", shown.join(", ")),
        };
        if is_alone {
            format!("mock({name}, {answer});")
        } else {
            let arguments = literal(&Value::Array(arguments.to_vec()));
            format!("mock({name}, {arguments}, {answer});")
        }
    };
    asked.by_arguments.iter().map(one).collect()
}

fn reply(answer: &StepAnswer, with_headers: bool) -> String {
    match answer {
        Ok(value) => pretty(&short(value, with_headers)),
        Err(error) => format!("error({})", literal(&error_map(error))),
    }
}

fn error_map(error: &CallError) -> Value {
    error.to_value()
}

/// An HTTP answer with its JSON as such, and without headers where they are not wanted; any other as it is.
fn short(value: &Value, with_headers: bool) -> Value {
    let Some(map) = value.as_map() else {
        return value.clone();
    };
    let is_http = map.len() == 3
        && ["status", "headers", "body"]
            .iter()
            .all(|key| map.contains_key(*key));
    if !is_http {
        return value.clone();
    }
    let mut shown = map.clone();
    if !with_headers {
        shown.remove("headers");
    }
    let body = value.get("body").and_then(Value::as_text);
    let json = body.and_then(|text| {
        let json: serde_json::Value = serde_json::from_str(text).ok()?;
        let value = Value::from_json(&json);
        // Only where the mock's text is the same to the letter.
        (json.is_object() || json.is_array()).then_some(())?;
        let written = value.to_json().to_string();
        (written == text).then_some(value)
    });
    match json {
        Some(json) => {
            shown.remove("body");
            shown.insert("json".to_owned(), json);
        }
        None if body == Some("") => {
            shown.remove("body");
        }
        None => {}
    }
    Value::Map(shown)
}
