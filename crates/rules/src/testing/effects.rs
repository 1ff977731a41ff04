//! What a test's runs did outside, to be compared from one time to the next.

use cuebook_core::value::Value;

use super::run_view::map;
use super::stage::Stage;

/// What a test's runs did: their ends, effects, log lines, and what is remembered.
pub(super) fn of(stage: &Stage) -> Value {
    let runs = stage.runs.iter().map(|run| {
        let sends = run.sends().map(|send| {
            let parts = send.parts.iter().map(|part| {
                map([
                    ("target", Value::from(part.target.as_str())),
                    ("key", Value::from(part.key.as_str())),
                    (
                        "body",
                        Value::from(String::from_utf8_lossy(&part.body).into_owned()),
                    ),
                ])
            });
            map([
                ("function", Value::from(send.question.function.as_str())),
                ("arguments", Value::Array(send.arguments.clone())),
                ("prepared", Value::Array(parts.collect())),
            ])
        });
        let writes = run.writes().map(|step| {
            map([
                ("function", Value::from(step.question.function.as_str())),
                ("arguments", Value::Array(step.arguments.clone())),
            ])
        });
        let logs = run
            .logs()
            .iter()
            .map(|line| Value::from(line.message.as_str()));
        map([
            ("rule", Value::from(run.rule().as_str())),
            ("state", Value::from(run.standing().state().as_str())),
            (
                "reason",
                run.standing().reason().map_or(Value::Unit, Value::from),
            ),
            ("sends", Value::Array(sends.collect())),
            ("requests", Value::Array(writes.collect())),
            ("logs", Value::Array(logs.collect())),
        ])
    });
    let remembered = stage.world.memory.values().map(|(key, value)| {
        map([
            ("scope", Value::from(key.scope.as_str())),
            ("key", Value::from(key.key.as_str())),
            ("value", value.clone()),
        ])
    });
    map([
        ("runs", Value::Array(runs.collect())),
        ("remembered", Value::Array(remembered.collect())),
    ])
}
