//! `log::trace|info|warn|error(message[, fields])`: lines beside the run, for whoever reads it later.

use cuebook_core::log_line::LogLevel;
use cuebook_core::value::Value;
use rhai::{Dynamic, Engine, FuncRegistration, Module, NativeCallContext};

use crate::functions::arguments::refuse_secrets;
use crate::host::{ask, current, gauge};
use crate::throw::{Thrown, at, halt, invalid, throw};

const LEVELS: [LogLevel; 4] = [
    LogLevel::Trace,
    LogLevel::Info,
    LogLevel::Warn,
    LogLevel::Error,
];

/// Registers them.
pub(crate) fn register(engine: &mut Engine) {
    let mut module = Module::new();
    for level in LEVELS {
        let registration = || FuncRegistration::new(level.as_str()).with_volatility(true);
        registration().set_into_module(
            &mut module,
            move |context: NativeCallContext, message: Dynamic| {
                log(&context, level, &[message]).map_err(|error| at(&context, error))
            },
        );
        registration().set_into_module(
            &mut module,
            move |context: NativeCallContext, message: Dynamic, fields: Dynamic| {
                log(&context, level, &[message, fields]).map_err(|error| at(&context, error))
            },
        );
    }
    engine.register_static_module("log", module.into());
    engine.on_print(|text| {
        // A script that may not log any more finds out at its next `log::…`.
        let _ = current::with(|host| host.log(LogLevel::Trace, text.to_owned(), Value::Unit, None));
    });
}

fn log(context: &NativeCallContext, level: LogLevel, arguments: &[Dynamic]) -> Result<(), Thrown> {
    if gauge::is_stopped() {
        return Err(halt());
    }
    let name = format!("log::{level}");
    let mut values = ask::values(&name, arguments)?.into_iter();
    let message = values.next().unwrap_or_default();
    let fields = values.next().unwrap_or_default();
    for value in [&message, &fields] {
        refuse_secrets(&name, value).map_err(|error| throw(&error))?;
    }
    if !matches!(fields, Value::Unit | Value::Map(_)) {
        return Err(invalid(format!(
            "{name}: fields has to be a map, and is {}",
            fields.kind()
        )));
    }
    let message = match message {
        Value::Text(text) => text,
        other => other.to_json().to_string(),
    };
    let line = current::line(context);
    current::with(|host| host.log(level, message, fields, line))?.map_err(|error| throw(&error))
}
