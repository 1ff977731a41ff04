//! The list of all pure functions, and their registration.

use std::collections::BTreeMap;
use std::sync::Arc;

use rhai::{Engine, Module};

use super::function::{Body, PureFunction};
use super::{
    PureContext, array, base64, calendar, crypto, csv, decimal, json, money, template, text, time,
    url,
};

/// Every pure function, in the order of the reference.
const ALL: &[PureFunction] = &[
    array::GROUP_BY,
    base64::ENCODE,
    base64::DECODE,
    calendar::EVENT,
    crypto::SHA256,
    crypto::MD5,
    crypto::HMAC_SHA256,
    csv::FORMAT,
    decimal::DECIMAL,
    json::PARSE,
    json::STRINGIFY,
    money::FORMAT,
    template::RENDER,
    text::JOIN,
    text::SPLIT,
    text::TRIM,
    text::LOWER,
    text::UPPER,
    text::SLUG,
    text::MATCHES,
    text::FIND,
    time::PARSE,
    time::FORMAT,
    time::ADD,
    time::AT,
    time::START_OF,
    url::ENCODE,
    url::QUERY,
];

/// Every pure function.
pub fn pure_functions() -> &'static [PureFunction] {
    ALL
}

/// Registers the pure functions.
pub(crate) fn register(engine: &mut Engine, context: &PureContext) {
    let context = Arc::new(context.clone());
    let mut modules: BTreeMap<&str, Module> = BTreeMap::new();
    let mut global = Module::new();
    for function in ALL {
        match (function.body, function.path().0) {
            (Body::Engine(register), _) => register(engine),
            (Body::Values(_), Some(namespace)) => {
                function.add_to(modules.entry(namespace).or_default(), &context);
            }
            (Body::Values(_), None) => function.add_to(&mut global, &context),
        }
    }
    engine.register_global_module(global.into());
    for (namespace, module) in modules {
        engine.register_static_module(namespace, module.into());
    }
}
