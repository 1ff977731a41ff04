//! Registers all functions in an engine.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use cuebook_core::function::{FunctionDescriptor, FunctionKind};
use rhai::{Dynamic, FuncRegistration, Module, NativeCallContext};

use super::host;
use super::pure::{self, PureContext};
use crate::engine::EngineError;
use crate::host::ask::ask;
use crate::host::event_view;
use crate::host::function::{Function, Source};
use crate::settings::Settings;
use crate::types;

/// The most arguments that a function is registered for. One more than any takes, so that a wrong number can be told.
const MOST_ARGUMENTS: usize = 6;

/// Registers all functions; gives back the descriptors of those that are journaled.
pub(crate) fn register(
    engine: &mut rhai::Engine,
    settings: &Arc<Settings>,
) -> Result<Vec<FunctionDescriptor>, EngineError> {
    types::register(engine);
    event_view::register(engine);
    host::ends::register(engine);
    host::log::register(engine);
    host::parallel::register(engine);
    host::secret::register(engine);
    pure::register(
        engine,
        &PureContext {
            timezone: settings.timezone,
            default_locale: settings.default_locale.clone(),
            secrets: Arc::clone(&settings.secrets),
        },
    );
    let functions = journaled(settings)?;
    register_journaled(engine, &functions);
    for function in &functions {
        check_name(engine, function.descriptor.name)?;
    }
    Ok(functions
        .iter()
        .map(|function| function.descriptor)
        .collect())
}

/// Those from outside, then our own; each name once.
fn journaled(settings: &Settings) -> Result<Vec<Function>, EngineError> {
    let outside = settings.functions.iter().map(|descriptor| Function {
        descriptor: *descriptor,
        source: Source::Outside,
    });
    let all: Vec<Function> = outside.chain(host::JOURNALED.iter().copied()).collect();
    let mut names = BTreeSet::new();
    for function in &all {
        let name = function.descriptor.name;
        if !names.insert(name) {
            return Err(EngineError::Twice(name));
        }
        let kind = function.descriptor.kind;
        if matches!(function.source, Source::Outside)
            && matches!(kind, FunctionKind::Local | FunctionKind::Wait)
        {
            return Err(EngineError::NotOutside(name));
        }
    }
    Ok(all)
}

fn register_journaled(engine: &mut rhai::Engine, functions: &[Function]) {
    let mut modules: BTreeMap<&str, Module> = BTreeMap::new();
    let mut global = Module::new();
    for function in functions {
        match function.descriptor.name.split_once("::") {
            Some((namespace, name)) => set(modules.entry(namespace).or_default(), name, *function),
            None => set(&mut global, function.descriptor.name, *function),
        }
    }
    engine.register_global_module(global.into());
    for (namespace, module) in modules {
        engine.register_static_module(namespace, module.into());
    }
}

/// Sets `function` into `module` for any number of arguments: how many it takes is checked when it is called, so that a
/// wrong number is told by name.
fn set(module: &mut Module, name: &str, function: Function) {
    macro_rules! arity {
        ($($argument:ident)*) => {
            FuncRegistration::new(name).with_volatility(true).set_into_module(
                module,
                move |context: NativeCallContext, $($argument: Dynamic),*| {
                    ask(&context, &function, &[$($argument),*])
                },
            );
        };
    }
    arity!();
    arity!(a);
    arity!(a b);
    arity!(a b c);
    arity!(a b c d);
    arity!(a b c d e);
    arity!(a b c d e f);
    debug_assert!(function.descriptor.parameters.len() <= MOST_ARGUMENTS);
}

/// Rhai reserves names that look free (`debug`, `case`, `public`): a call of each is parsed.
fn check_name(engine: &rhai::Engine, name: &'static str) -> Result<(), EngineError> {
    let probe = format!("let answer = {name}();");
    let is_name = name.split("::").all(rhai::is_valid_identifier);
    if !is_name || engine.compile(probe).is_err() {
        return Err(EngineError::Name(name));
    }
    Ok(())
}
