//! `secret("NAME")`: a secret by its name. What it stands for never comes into a script.

use rhai::{Engine, ImmutableString};

use crate::throw::{Thrown, invalid};
use crate::types::SecretHandle;

/// Registers it.
pub(crate) fn register(engine: &mut Engine) {
    engine.register_fn("secret", secret);
}

/// Whether there is such a secret shows where it is used: so a replay goes the same way whatever was stored meanwhile.
fn secret(name: ImmutableString) -> Result<SecretHandle, Thrown> {
    let valid = !name.is_empty()
        && name.len() <= 100
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'));
    if !valid {
        return Err(invalid(format!(
            "{:?} is no name of a secret: letters, digits, `_`, `-` and `.` only",
            name.as_str()
        )));
    }
    Ok(SecretHandle(name.as_str().into()))
}
