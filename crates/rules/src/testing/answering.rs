//! A test's mocks as the answers of its rehearsals.

use std::collections::BTreeMap;

use cuebook_core::failure::CallError;
use cuebook_core::function::{Answer, FunctionDescriptor};
use cuebook_core::journal::{StepAnswer, StepKind};
use cuebook_core::value::Value;
use rhai::{Dynamic, EvalAltResult, FnPtr, NativeCallContext};

use super::answer::{MockError, answer_of};
use super::current;
use super::failure::TestFailure;
use super::literal::literal;
use super::mocks::{Found, Mocks};
use crate::convert::{to_dynamic, to_value};
use crate::rehearse::{Answers, Asked};

/// So many characters of a call's arguments are shown.
const SHOWN: usize = 200;

/// Calls the closures of a test.
pub(super) struct Caller<'a> {
    pub(super) context: &'a NativeCallContext<'a>,
    /// How many parameters each function of the test's file has.
    pub(super) parameters: &'a BTreeMap<String, usize>,
}

/// A test's mocks as the answers of a rehearsal.
pub(super) struct Answering<'a, 'c> {
    mocks: &'a mut Mocks,
    functions: &'a [FunctionDescriptor],
    caller: &'a mut Caller<'c>,
    /// Why a call had no answer.
    pub(super) failure: Option<TestFailure>,
}

impl<'a, 'c> Answering<'a, 'c> {
    pub(super) fn new(
        mocks: &'a mut Mocks,
        functions: &'a [FunctionDescriptor],
        caller: &'a mut Caller<'c>,
    ) -> Self {
        Self {
            mocks,
            functions,
            caller,
            failure: None,
        }
    }

    fn call(&mut self, closure: &FnPtr, asked: &Asked<'_>) -> Option<StepAnswer> {
        let captured = closure.iter_curry().count();
        let takes = self.caller.parameters.get(closure.fn_name());
        let takes = takes.map_or(asked.arguments.len(), |count| {
            count.saturating_sub(captured)
        });
        let mut arguments: Vec<Dynamic> =
            asked.arguments.iter().take(takes).map(to_dynamic).collect();
        arguments.resize(takes, Dynamic::UNIT);
        let context = self.caller.context;
        let answer = current::asked_at(asked.now, || {
            closure.call_raw(context, None, &mut arguments)
        });
        if current::has_failed() {
            // The closure has said why.
            self.failure = Some(TestFailure::new("a mock has failed"));
            return None;
        }
        let answer = match answer.map(Dynamic::flatten) {
            Ok(answer) => self.read(&answer, asked),
            Err(error) => {
                thrown(&error).map_or_else(|| Err(error.to_string()), |error| Ok(Err(error)))
            }
        };
        match answer {
            Ok(answer) => Some(answer),
            Err(message) => {
                let message = format!("the mock of {} failed: {message}", asked.function);
                self.failure
                    .get_or_insert_with(|| TestFailure::new(message));
                None
            }
        }
    }

    fn read(&self, answer: &Dynamic, asked: &Asked<'_>) -> Result<StepAnswer, String> {
        if let Some(error) = answer.read_lock::<MockError>() {
            return Ok(Err(error.0.clone()));
        }
        match self
            .functions
            .iter()
            .find(|known| known.name == asked.function)
        {
            Some(descriptor) => answer_of(answer, descriptor).map(Ok),
            None => to_value(answer).map(Ok).map_err(|error| error.to_string()),
        }
    }

    fn unmocked(&self, asked: &Asked<'_>, has_others: bool) -> TestFailure {
        let line = asked
            .line
            .map_or_else(String::new, |line| format!(" in line {line} of the rule"));
        let function = asked.function;
        let shown = shown(asked.arguments);
        let message = if has_others {
            format!("{function}({shown}) was called{line}, and its mocks are for other arguments")
        } else {
            format!("{function}({shown}) was called{line} and has no mock")
        };
        let answer = self
            .functions
            .iter()
            .find(|known| known.name == function)
            .map_or("()", |descriptor| sample(descriptor.answer));
        let arguments = match asked.arguments.first() {
            Some(first) if has_others => format!(", [{}]", literal(first)),
            _ => String::new(),
        };
        TestFailure::new(message).with_help(format!(
            "write before it: `mock(\"{function}\"{arguments}, {answer});`"
        ))
    }
}

impl Answers for Answering<'_, '_> {
    fn answer(&mut self, asked: &Asked<'_>) -> Option<StepAnswer> {
        if self.failure.is_some() {
            return None;
        }
        match self.mocks.find(asked.function, asked.arguments) {
            Found::Answer(answer) => Some(answer),
            Found::Closure(closure) => self.call(&closure, asked),
            Found::UsedUp(count) => {
                let function = asked.function;
                let shown = shown(asked.arguments);
                let times = if count == 1 { "time" } else { "times" };
                self.failure = Some(
                    TestFailure::new(format!(
                        "{function}({shown}) was called once more than its mock has answers: {count} {times}"
                    ))
                    .with_help("add an answer to the mock's array, or mock it with one value, which is given each time"),
                );
                None
            }
            Found::OtherArguments | Found::Nothing if asked.kind == StepKind::Local => None,
            Found::OtherArguments => {
                self.failure = Some(self.unmocked(asked, true));
                None
            }
            Found::Nothing => {
                self.failure = Some(self.unmocked(asked, false));
                None
            }
        }
    }
}

/// A call's arguments as a script writes them, bounded.
pub(super) fn shown(arguments: &[Value]) -> String {
    let arguments: Vec<String> = arguments.iter().map(literal).collect();
    let text = arguments.join(", ");
    if text.chars().count() <= SHOWN {
        return text;
    }
    let start: String = text.chars().take(SHOWN).collect();
    format!("{start}…")
}

/// What an answer of this kind may look like.
fn sample(answer: Answer) -> &'static str {
    match answer {
        Answer::Http => "#{ status: 200, json: #{} }",
        Answer::Map => "#{}",
        Answer::Array => "[]",
        Answer::Text => "\"\"",
        Answer::Int => "0",
        Answer::Bool => "true",
        Answer::Time | Answer::Unit | Answer::Any => "()",
    }
}

/// The error that a mock's closure threw on purpose: `throw error("timeout")`, or a map with a kind.
fn thrown(error: &EvalAltResult) -> Option<CallError> {
    let mut error = error;
    while let EvalAltResult::ErrorInFunctionCall(_, _, inner, _) = error {
        error = inner;
    }
    let EvalAltResult::ErrorRuntime(thrown, _) = error else {
        return None;
    };
    if let Some(error) = thrown.read_lock::<MockError>() {
        return Some(error.0.clone());
    }
    let map = thrown.as_map_ref().ok()?;
    map.contains_key("kind").then_some(())?;
    let value = to_value(thrown).ok()?;
    super::answer::error_of(&value).ok()
}
