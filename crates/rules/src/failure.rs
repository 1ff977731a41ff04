//! Why a script failed, in words: what happened, in which file and line.

use rhai::{AST, Dynamic, EvalAltResult, Position};

use crate::convert::to_value;
use crate::host::gauge::Tripped;
use crate::outcome::ScriptFailure;
use crate::program::Program;

/// The longest reason that is kept, in bytes.
const REASON: usize = 2_000;

impl ScriptFailure {
    /// The engine itself failed.
    pub(crate) fn panic(message: &str) -> Self {
        Self {
            code: "panic".to_owned(),
            reason: format!("the engine failed: {message}"),
            line: None,
        }
    }
}

/// A limit was passed.
pub(crate) fn limit(program: &Program, tripped: &Tripped) -> ScriptFailure {
    at_line(
        program,
        "limit",
        &format!("the script was stopped: {tripped}"),
        None,
    )
}

/// A failure in the rule's own file.
pub(crate) fn at_line(
    program: &Program,
    code: &str,
    message: &str,
    line: Option<u32>,
) -> ScriptFailure {
    failure(&format!("{}.rhai", program.rule), code, message, line)
}

/// An error that nothing caught.
pub(crate) fn script_error(program: &Program, error: EvalAltResult) -> ScriptFailure {
    let mut file = program.units.first().map_or("", |unit| &unit.path);
    let mut place = Position::NONE;
    let (error, own) = innermost(error, |name, position| {
        place = position;
        file = name.and_then(|name| file_of(program, name)).unwrap_or(file);
    });
    if !own.is_none() {
        place = own;
    }
    let line = place.line().and_then(|line| u32::try_from(line).ok());
    let (code, message) = explain(&error);
    failure(file, code, &message, line)
}

/// The error at the bottom, and its own place. On the way down `passed` is told of each call, by the name of the function, and of
/// each import.
pub(crate) fn innermost(
    mut error: EvalAltResult,
    mut passed: impl FnMut(Option<&str>, Position),
) -> (EvalAltResult, Position) {
    loop {
        error = match error {
            EvalAltResult::ErrorInFunctionCall(name, _, inner, position) => {
                passed(Some(&name), position);
                *inner
            }
            EvalAltResult::ErrorInModule(_, inner, position) => {
                passed(None, position);
                *inner
            }
            mut bottom => {
                let own = bottom.take_position();
                return (bottom, own);
            }
        };
    }
}

fn failure(file: &str, code: &str, message: &str, line: Option<u32>) -> ScriptFailure {
    let mut reason = match line {
        Some(line) => format!("{file}:{line}: {message}"),
        None => format!("{file}: {message}"),
    };
    reason.truncate(reason.floor_char_boundary(REASON));
    ScriptFailure {
        code: code.to_owned(),
        reason,
        line,
    }
}

/// The file that defines a function: where an error in it happened. Rhai names the caller's.
fn file_of<'a>(program: &'a Program, function: &str) -> Option<&'a str> {
    let defines = |ast: &AST| ast.iter_functions().any(|known| known.name == function);
    let mut files = program.units.iter().filter(|unit| defines(&unit.ast));
    let file = files.next()?;
    files.next().is_none().then_some(file.path.as_str())
}

/// The code and the message of an error.
pub(crate) fn explain(error: &EvalAltResult) -> (&'static str, String) {
    match error {
        EvalAltResult::ErrorRuntime(thrown, _) => thrown_text(thrown),
        EvalAltResult::ErrorTooManyOperations(_)
        | EvalAltResult::ErrorTooManyVariables(_)
        | EvalAltResult::ErrorTooManyModules(_)
        | EvalAltResult::ErrorStackOverflow(_)
        | EvalAltResult::ErrorDataTooLarge(..) => {
            ("limit", format!("the script was stopped: {error}"))
        }
        _ => ("script_error", error.to_string()),
    }
}

/// What a script threw: the message of an error map, a text, or else the value.
fn thrown_text(thrown: &Dynamic) -> (&'static str, String) {
    let text = |key: &str| {
        thrown.as_map_ref().ok().and_then(|map| {
            let member = map.get(key)?;
            member
                .as_immutable_string_ref()
                .ok()
                .map(|text| text.to_string())
        })
    };
    let code = match text("kind").as_deref() {
        Some("limit") => "limit",
        _ => "script_error",
    };
    if let Some(message) = text("message") {
        return (code, message);
    }
    let message = match thrown.as_immutable_string_ref() {
        Ok(text) => text.to_string(),
        Err(kind) => to_value(thrown).map_or_else(
            |_| format!("the script threw a {kind}"),
            |value| value.to_json().to_string(),
        ),
    };
    (code, message)
}
