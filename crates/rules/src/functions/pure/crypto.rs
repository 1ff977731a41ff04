//! `crypto::*`: digests and HMAC, as lower-case hex.

use cuebook_core::CallError;
use cuebook_core::function::{Answer, FunctionDescriptor, FunctionKind, Parameter, ParameterKind};
use cuebook_core::secret::SecretLookup;
use cuebook_core::value::Value;
use hmac::{Hmac, KeyInit, Mac};
use md5::Md5;
use sha2::{Digest, Sha256};

use super::PureContext;
use super::arguments::Arguments;
use super::function::{Body, PureFunction};
use crate::host::current;
use crate::host::function::{Function, Source};
use crate::host::step::Reply;

const DATA: Parameter = Parameter {
    name: "data",
    kind: ParameterKind::Any,
    required: true,
    doc: "A string (its UTF-8 bytes) or a blob.",
};

/// `crypto::sha256(data)`.
pub(super) const SHA256: PureFunction = PureFunction {
    name: "crypto::sha256",
    parameters: &[DATA],
    answer: "string",
    doc: "The SHA-256 digest of some data, in hex.",
    example: r#"crypto::sha256("abc")"#,
    gives: r#""ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad""#,
    body: Body::Values(|_, arguments| {
        let digest = Sha256::digest(arguments.bytes(0)?);
        Ok(hex::encode(digest).into())
    }),
};

/// `crypto::md5(data)`.
pub(super) const MD5: PureFunction = PureFunction {
    name: "crypto::md5",
    parameters: &[DATA],
    answer: "string",
    doc: "The MD5 digest of some data, in hex: for systems that ask for it. It protects nothing.",
    example: r#"crypto::md5("abc")"#,
    gives: r#""900150983cd24fb0d6963f7d28e17f72""#,
    body: Body::Values(|_, arguments| {
        let digest = Md5::digest(arguments.bytes(0)?);
        Ok(hex::encode(digest).into())
    }),
};

/// `crypto::hmac_sha256(key, data)`.
pub(super) const HMAC_SHA256: PureFunction = PureFunction {
    name: "crypto::hmac_sha256",
    parameters: &[
        Parameter {
            name: "key",
            kind: ParameterKind::TextOrSecret,
            required: true,
            doc: "The key: `secret(\"NAME\")` or a string.",
        },
        DATA,
    ],
    answer: "string",
    doc: "The HMAC-SHA-256 of some data under a key, in hex. Under a secret it is a step of the run and journaled: a replay gives the same, even if the secret was changed.",
    example: r#"crypto::hmac_sha256("key", "The quick brown fox jumps over the lazy dog")"#,
    gives: r#""f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8""#,
    body: Body::Values(hmac_sha256),
};

/// The HMAC under a secret, as a step of the run: what the secret is may change between two passes.
const KEYED: Function = Function {
    descriptor: FunctionDescriptor {
        name: HMAC_SHA256.name,
        kind: FunctionKind::Local,
        parameters: HMAC_SHA256.parameters,
        answer: Answer::Text,
        doc: HMAC_SHA256.doc,
        example: HMAC_SHA256.example,
    },
    source: Source::Here(|moment, arguments| keyed(moment.secrets, arguments)),
};

fn hmac_sha256(context: &PureContext, arguments: Arguments<'_>) -> Result<Value, CallError> {
    let data = arguments.bytes(1)?;
    let Value::Secret(_) = arguments.value(0) else {
        return mac(arguments.bytes(0)?, data);
    };
    let values = arguments.values.to_vec();
    match current::with(|host| host.step(&KEYED, values, arguments.line)) {
        Ok(Reply::Answer(answer)) => answer,
        Ok(Reply::Stop(stop)) => {
            drop(current::stop(stop));
            Err(CallError::invalid("the script must not go on"))
        }
        // Outside of a run nothing is replayed.
        Err(_) => keyed(context.secrets.as_ref(), arguments.values),
    }
}

fn keyed(secrets: &dyn SecretLookup, arguments: &[Value]) -> Result<Value, CallError> {
    let arguments = Arguments {
        values: arguments,
        line: None,
    };
    let Value::Secret(name) = arguments.value(0) else {
        return Err(CallError::invalid("the key is no secret"));
    };
    let Some(secret) = secrets.lookup(name) else {
        return Err(CallError::new(
            "secret",
            format!("there is no secret called {name:?}"),
        ));
    };
    mac(secret.reveal().as_bytes(), arguments.bytes(1)?)
}

fn mac(key: &[u8], data: &[u8]) -> Result<Value, CallError> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key)
        .map_err(|error| CallError::invalid(format!("the key cannot be used: {error}")))?;
    mac.update(data);
    Ok(hex::encode(mac.finalize().into_bytes()).into())
}
