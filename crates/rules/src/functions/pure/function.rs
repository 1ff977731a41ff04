//! What a pure function is: one descriptor, from which its registration, its checks and its page in the reference follow.

use std::any::TypeId;
use std::sync::Arc;

use cuebook_core::CallError;
use cuebook_core::function::Parameter;
use cuebook_core::value::Value;
use rhai::{Dynamic, Engine, FuncRegistration, Module, NativeCallContext, RhaiFunc};

use super::PureContext;
use super::arguments::Arguments;
use crate::convert::{to_script, to_value};
use crate::functions::arguments::check_parameters;
use crate::host::{current, gauge};
use crate::throw::{at, halt, throw};

/// The most arguments that a function is registered for: more than any takes.
const MOST_ARGUMENTS: usize = 6;

/// A function whose answer depends on its arguments alone.
#[derive(Debug, Clone, Copy)]
pub struct PureFunction {
    /// Its full name, such as `text::join`.
    pub name: &'static str,
    /// Its parameters in order; those that may be left out come last.
    pub parameters: &'static [Parameter],
    /// What it gives back, in a word.
    pub answer: &'static str,
    /// What it does, in sentences.
    pub doc: &'static str,
    /// An expression that uses it.
    pub example: &'static str,
    /// What the example gives, as a script writes it.
    pub gives: &'static str,
    /// How it is done.
    pub(super) body: Body,
}

/// How a pure function is done.
#[derive(Debug, Clone, Copy)]
pub(super) enum Body {
    /// From values to a value.
    Values(fn(&PureContext, Arguments<'_>) -> Result<Value, CallError>),
    /// With the engine's help, since it calls back into the script: it registers itself.
    Engine(fn(&mut Engine)),
}

impl PureFunction {
    /// How many arguments must be given.
    pub fn required(&self) -> usize {
        let required = |parameter: &&Parameter| parameter.required;
        self.parameters.iter().filter(required).count()
    }

    /// The namespace and the name in it; no namespace for a function that is called without one.
    pub(crate) fn path(&self) -> (Option<&'static str>, &'static str) {
        match self.name.split_once("::") {
            Some((namespace, name)) => (Some(namespace), name),
            None => (None, self.name),
        }
    }

    /// Puts the function into `module` for any number of arguments: a wrong number is told by name when it is called.
    pub(super) fn add_to(&'static self, module: &mut Module, context: &Arc<PureContext>) {
        let Body::Values(body) = self.body else {
            return;
        };
        for count in 0..=MOST_ARGUMENTS {
            let context = Arc::clone(context);
            let call = move |call: Option<NativeCallContext<'_>>, args: &mut [&mut Dynamic]| {
                if gauge::is_overdue() {
                    return Err(halt());
                }
                let line = call.as_ref().and_then(current::line);
                let answer = self.answer_to(body, &context, args, line);
                if gauge::is_stopped() {
                    return Err(halt());
                }
                let answer = answer.and_then(|value| Ok(to_script(&value)?));
                answer.map_err(|error| match &call {
                    Some(call) => at(call, throw(&error)),
                    None => throw(&error),
                })
            };
            FuncRegistration::new(self.path().1).set_into_module_raw(
                module,
                vec![TypeId::of::<Dynamic>(); count],
                RhaiFunc::Pure {
                    func: Arc::new(call),
                    has_context: true,
                    is_pure: true,
                    is_volatile: false,
                },
            );
        }
    }

    fn answer_to(
        &self,
        body: fn(&PureContext, Arguments<'_>) -> Result<Value, CallError>,
        context: &PureContext,
        args: &[&mut Dynamic],
        line: Option<u32>,
    ) -> Result<Value, CallError> {
        let values: Vec<Value> = args
            .iter()
            .map(|arg| to_value(arg))
            .collect::<Result<_, _>>()
            .map_err(|error| CallError::invalid(format!("{}: {error}", self.name)))?;
        check_parameters(self.name, self.parameters, &values)?;
        let arguments = Arguments {
            values: &values,
            line,
        };
        body(context, arguments).map_err(|error| CallError {
            message: format!("{}: {}", self.name, error.message),
            ..error
        })
    }
}
