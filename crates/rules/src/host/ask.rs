//! How a script asks: from a call in Rhai to a step, and from its answer back.

use cuebook_core::function::Answer;
use cuebook_core::value::Value;
use rhai::{Dynamic, NativeCallContext};

use super::function::Function;
use super::step::Reply;
use super::{current, gauge};
use crate::convert::{check, to_script, to_value};
use crate::functions::arguments;
use crate::throw::{Thrown, at, halt, invalid, throw};
use crate::types::HttpAnswer;

/// Takes the step that a script asks for by calling `function` with `arguments`.
pub(crate) fn ask(
    context: &NativeCallContext,
    function: &Function,
    arguments: &[Dynamic],
) -> Result<Dynamic, Thrown> {
    take_step(context, function, arguments).map_err(|error| at(context, error))
}

fn take_step(
    context: &NativeCallContext,
    function: &Function,
    arguments: &[Dynamic],
) -> Result<Dynamic, Thrown> {
    if gauge::is_stopped() {
        return Err(halt());
    }
    let arguments = values(function.descriptor.name, arguments)?;
    arguments::check(&function.descriptor, &arguments).map_err(|error| throw(&error))?;
    let line = current::line(context);
    match current::with(|host| host.step(function, arguments, line))? {
        Reply::Answer(Ok(value)) => answer(function.descriptor.answer, value),
        Reply::Answer(Err(error)) => Err(throw(&error)),
        Reply::Stop(stop) => Err(current::stop(stop)),
    }
}

/// The values of a call's arguments.
pub(crate) fn values(function: &str, arguments: &[Dynamic]) -> Result<Vec<Value>, Thrown> {
    let value =
        |argument| to_value(argument).map_err(|error| invalid(format!("{function}: {error}")));
    arguments.iter().map(value).collect()
}

fn answer(kind: Answer, value: Value) -> Result<Dynamic, Thrown> {
    match kind {
        Answer::Http => {
            check(&value)?;
            Ok(Dynamic::from(HttpAnswer::new(value)))
        }
        _ => Ok(to_script(&value)?),
    }
}
