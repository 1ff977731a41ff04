//! The types that scripts know beside Rhai's own: an instant, a secret by name, and the answer of an HTTP call.

use std::sync::{Arc, OnceLock};

use cuebook_core::clock::Timestamp;
use cuebook_core::failure::CallError;
use cuebook_core::json_guard;
use cuebook_core::value::{Value, rfc3339};
use rhai::{Dynamic, Engine, NativeCallContext};

use crate::convert::{to_dynamic, to_script};
use crate::host::current;
use crate::throw::{Thrown, throw};

/// An instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Time(pub(crate) Timestamp);

/// A secret, by name: what it stands for never comes into a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SecretHandle(pub(crate) Arc<str>);

/// The answer of an HTTP call: `status`, `headers`, `body`, and `json`, which is parsed when it is first asked for.
#[derive(Debug, Clone)]
pub(crate) struct HttpAnswer(Arc<HttpParts>);

/// What an [`HttpAnswer`] is made of.
#[derive(Debug)]
struct HttpParts {
    value: Value,
    json: OnceLock<Result<Value, CallError>>,
}

impl HttpAnswer {
    /// The answer as the journal has it.
    pub(crate) fn new(value: Value) -> Self {
        Self(Arc::new(HttpParts {
            value,
            json: OnceLock::new(),
        }))
    }

    /// The answer as the journal has it.
    pub(crate) fn value(&self) -> &Value {
        &self.0.value
    }

    /// A member, or `()`.
    fn member(&self, name: &str) -> Result<Dynamic, Thrown> {
        if name == "json" {
            return self.json();
        }
        Ok(self.0.value.get(name).map_or(Dynamic::UNIT, to_dynamic))
    }

    fn json(&self) -> Result<Dynamic, Thrown> {
        match self.0.json.get_or_init(|| parse(self.0.value.get("body"))) {
            Ok(value) => Ok(to_script(value)?),
            Err(error) => Err(throw(error)),
        }
    }
}

fn parse(body: Option<&Value>) -> Result<Value, CallError> {
    let bytes = match body {
        Some(Value::Text(text)) => text.as_bytes(),
        Some(Value::Bytes(bytes)) => bytes,
        _ => &[],
    };
    json_guard::check(bytes).map_err(|error| {
        CallError::new(
            "json",
            format!("the answer's body cannot be taken: {error}"),
        )
    })?;
    serde_json::from_slice(bytes)
        .map(|json: serde_json::Value| Value::from_json(&json))
        .map_err(|error| CallError::new("json", format!("the answer's body is not JSON: {error}")))
}

/// Registers the types with what can be done with them in general.
pub(crate) fn register(engine: &mut Engine) {
    engine
        .register_type_with_name::<Time>("time")
        .register_fn("to_string", |time: &mut Time| rfc3339(time.0))
        .register_fn("to_debug", |time: &mut Time| rfc3339(time.0))
        .register_fn("print", |time: &mut Time| rfc3339(time.0))
        .register_fn("debug", |time: &mut Time| rfc3339(time.0))
        .register_fn("==", |a: Time, b: Time| a == b)
        .register_fn("!=", |a: Time, b: Time| a != b)
        .register_fn("<", |a: Time, b: Time| a < b)
        .register_fn("<=", |a: Time, b: Time| a <= b)
        .register_fn(">", |a: Time, b: Time| a > b)
        .register_fn(">=", |a: Time, b: Time| a >= b);

    engine.register_type_with_name::<SecretHandle>("secret");
    for name in ["to_string", "to_debug", "print", "debug"] {
        engine.register_fn(name, secret_as_text);
    }
    engine
        .register_fn(
            "+",
            |context: NativeCallContext, _: SecretHandle, _: Dynamic| refuse_secret(&context),
        )
        .register_fn(
            "+",
            |context: NativeCallContext, _: Dynamic, _: SecretHandle| refuse_secret(&context),
        )
        .register_fn(
            "+=",
            |context: NativeCallContext, _: &mut Dynamic, _: SecretHandle| {
                refuse_secret(&context).map(drop)
            },
        );

    engine
        .register_type_with_name::<HttpAnswer>("answer")
        .register_get("status", |answer: &mut HttpAnswer| answer.member("status"))
        .register_get("headers", |answer: &mut HttpAnswer| {
            answer.member("headers")
        })
        .register_get("body", |answer: &mut HttpAnswer| answer.member("body"))
        .register_get("json", |answer: &mut HttpAnswer| answer.json())
        .register_indexer_get(|answer: &mut HttpAnswer, name: &str| answer.member(name))
        .register_fn("to_string", |answer: &mut HttpAnswer| {
            answer.value().to_json().to_string()
        })
        .register_fn("print", |answer: &mut HttpAnswer| {
            answer.value().to_json().to_string()
        });
}

#[expect(clippy::needless_pass_by_value, reason = "Rhai hands the context over")]
fn secret_as_text(context: NativeCallContext, _: &mut SecretHandle) -> Result<String, Thrown> {
    refuse_secret(&context).map(|_| String::new())
}

/// Ends the run: whoever turns a secret into text is about to let it out. Rhai swallows an error here, so it is the stop
/// flag that ends it.
fn refuse_secret(context: &NativeCallContext) -> Result<Dynamic, Thrown> {
    Err(current::broken(
        context,
        "a secret cannot become text: use it in `auth`, in headers, or as the key of an HMAC",
    ))
}
