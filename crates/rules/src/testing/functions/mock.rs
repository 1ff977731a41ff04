//! `mock` and `error`: what calls are answered with.

use cuebook_core::failure::CallError;
use cuebook_core::function::{FunctionDescriptor, FunctionKind};
use cuebook_core::value::Value;
use rhai::{Dynamic, Engine, NativeCallContext};

use crate::convert::{kind_of, to_value};
use crate::suggest;
use crate::testing::answer::{MockError, error_of};
use crate::testing::current;
use crate::testing::failure::{TestFailure, fail};
use crate::testing::mocks::Reply;
use crate::throw::Thrown;

pub(super) fn register(engine: &mut Engine) {
    engine
        .register_type_with_name::<MockError>("error")
        .register_fn(
            "mock",
            |context: NativeCallContext, function: &str, answer: Dynamic| {
                mock(&context, function, None, &answer)
            },
        )
        .register_fn(
            "mock",
            |context: NativeCallContext, function: &str, arguments: Dynamic, answer: Dynamic| {
                mock(&context, function, Some(&arguments), &answer)
            },
        )
        .register_fn("error", |context: NativeCallContext, what: Dynamic| {
            let value = to_value(&what).map_err(|error| error.to_string());
            value
                .and_then(|value| error_of(&value))
                .map(MockError)
                .map_err(|message| fail(&context, TestFailure::new(message)))
        })
        .register_fn("error", |kind: &str, message: &str| {
            MockError(CallError::new(kind, message).after(1))
        });
}

fn mock(
    context: &NativeCallContext,
    function: &str,
    arguments: Option<&Dynamic>,
    answer: &Dynamic,
) -> Result<(), Thrown> {
    let functions = current::with(|stage| stage.engine.clone())?;
    let made = described(functions.functions(), function).and_then(|descriptor| {
        let arguments = arguments.map(list).transpose()?;
        let reply = Reply::of(answer, descriptor).map_err(TestFailure::new)?;
        Ok((arguments, reply))
    });
    match made {
        Ok((arguments, reply)) => {
            current::with(|stage| stage.mocks.add(function, arguments, reply))
        }
        Err(failure) => Err(fail(context, failure)),
    }
}

fn list(given: &Dynamic) -> Result<Vec<Value>, TestFailure> {
    match to_value(given) {
        Ok(Value::Array(items)) => Ok(items),
        Ok(_) => Err(TestFailure::new(format!(
            "the arguments of a call are an array such as [\"7\"], not {}",
            kind_of(given)
        ))
        .with_help(
            "`mock(function, answer)` answers all calls, `mock(function, arguments, answer)` some",
        )),
        Err(error) => Err(TestFailure::new(error.to_string())),
    }
}

/// The function that is mocked, if it is one that asks for something.
fn described<'a>(
    functions: &'a [FunctionDescriptor],
    name: &str,
) -> Result<&'a FunctionDescriptor, TestFailure> {
    let Some(descriptor) = functions.iter().find(|known| known.name == name) else {
        let message = format!("there is no function {:?} to mock", suggest::shown(name));
        let mockable = functions
            .iter()
            .filter(|known| !matches!(known.kind, FunctionKind::Send(_) | FunctionKind::Wait));
        let near = suggest::nearest(name, mockable.map(|known| known.name));
        let failure = TestFailure::new(message);
        return Err(match near {
            Some(near) => failure.with_help(format!("did you mean `{near}`?")),
            None => failure,
        });
    };
    match descriptor.kind {
        FunctionKind::Send(_) => Err(TestFailure::new(format!(
            "{name} needs no mock: nothing of it leaves, and the script gets no answer"
        ))
        .with_help("look at what it sent in `run.emails`, `run.webhooks`, `run.emitted` or `remembered(…)`")),
        FunctionKind::Wait => Err(TestFailure::new(format!(
            "{name} needs no mock: it waits for the test's clock"
        ))
        .with_help("use `advance(\"3d\")`, and `trigger(…)` for the event that it waits for")),
        FunctionKind::Local | FunctionKind::Read | FunctionKind::Write => Ok(descriptor),
    }
}
