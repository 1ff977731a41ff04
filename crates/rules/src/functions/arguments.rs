//! Checks a call's arguments by its descriptor.

use std::collections::BTreeMap;

use cuebook_core::failure::CallError;
use cuebook_core::function::{FunctionDescriptor, OptionKey, Parameter, ParameterKind};
use cuebook_core::value::Value;

use crate::{duration, suggest};

/// The options that carry secrets.
const CARRY_SECRETS: &[&str] = &["auth", "headers"];

/// Checks that `descriptor`'s function can be called with `arguments`. What may be left out may be `()`.
pub(crate) fn check(descriptor: &FunctionDescriptor, arguments: &[Value]) -> Result<(), CallError> {
    check_parameters(descriptor.name, descriptor.parameters, arguments)
}

/// Checks that the function called `name` can be called with `arguments`.
pub(crate) fn check_parameters(
    name: &str,
    parameters: &[Parameter],
    arguments: &[Value],
) -> Result<(), CallError> {
    let required = |parameter: &&Parameter| parameter.required;
    let least = parameters.iter().filter(required).count();
    let most = parameters.len();
    if arguments.len() < least || arguments.len() > most {
        return Err(CallError::invalid(format!(
            "{name} takes {}, and is given {}",
            range(least, most),
            arguments.len()
        )));
    }
    for (parameter, argument) in parameters.iter().zip(arguments) {
        if *argument == Value::Unit && !parameter.required {
            continue;
        }
        let place = format!("{name}: {}", parameter.name);
        check_kind(&place, parameter.kind, argument)?;
        if let (ParameterKind::Options(keys), Value::Map(options)) = (parameter.kind, argument) {
            check_options(name, keys, options)?;
        } else if !matches!(parameter.kind, ParameterKind::TextOrSecret) {
            refuse_secrets(&place, argument)?;
        }
    }
    Ok(())
}

/// How many arguments a function takes, in words.
pub(crate) fn range(least: usize, most: usize) -> String {
    match (least, most) {
        (0, 0) => "no arguments".to_owned(),
        (1, 1) => "one argument".to_owned(),
        (least, most) if least == most => format!("{most} arguments"),
        (least, most) => format!("{least} to {most} arguments"),
    }
}

fn check_kind(place: &str, kind: ParameterKind, value: &Value) -> Result<(), CallError> {
    if !kind.accepts(value) {
        return Err(CallError::invalid(format!(
            "{place} has to be a {}, and is {}",
            kind.label(),
            value.kind()
        )));
    }
    if let (ParameterKind::Duration, Value::Text(text)) = (kind, value) {
        duration::parse(text).map_err(|error| CallError::invalid(format!("{place}: {error}")))?;
    }
    Ok(())
}

fn check_options(
    name: &str,
    keys: &[OptionKey],
    options: &BTreeMap<String, Value>,
) -> Result<(), CallError> {
    for (key, value) in options {
        let Some(known) = keys.iter().find(|known| known.name == key) else {
            let names: Vec<&str> = keys.iter().map(|known| known.name).collect();
            let hint = suggest::help(key, &names, "it knows")
                .map(|hint| format!(" ({hint})"))
                .unwrap_or_default();
            return Err(CallError::invalid(format!(
                "{name} does not know the option `{}`{hint}",
                suggest::shown(key)
            )));
        };
        if *value == Value::Unit {
            continue;
        }
        let place = format!("{name}: {key}");
        check_kind(&place, known.kind, value)?;
        if let (ParameterKind::Options(keys), Value::Map(options)) = (known.kind, value) {
            check_options(&place, keys, options)?;
        } else if !CARRY_SECRETS.contains(&known.name)
            && !matches!(known.kind, ParameterKind::TextOrSecret)
        {
            refuse_secrets(&place, value)?;
        }
    }
    let missing = keys
        .iter()
        .find(|key| key.required && options.get(key.name).is_none_or(|v| *v == Value::Unit));
    match missing {
        Some(key) => Err(CallError::invalid(format!(
            "{name} needs the option `{}`: {}",
            key.name, key.doc
        ))),
        None => Ok(()),
    }
}

/// Refuses secrets where nobody expects them: they would become text there.
pub(crate) fn refuse_secrets(place: &str, value: &Value) -> Result<(), CallError> {
    match value {
        Value::Secret(secret) => Err(CallError::invalid(format!(
            "{place} cannot hold the secret {secret:?}: secrets go into `auth` and headers only"
        ))),
        Value::Array(items) => items
            .iter()
            .try_for_each(|item| refuse_secrets(place, item)),
        Value::Map(map) => map
            .values()
            .try_for_each(|member| refuse_secrets(place, member)),
        _ => Ok(()),
    }
}
