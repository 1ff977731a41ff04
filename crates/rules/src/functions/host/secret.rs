//! `secret("NAME")`: a secret by its name. What it stands for never comes into a script.

use rhai::Engine;

use crate::throw::{Thrown, invalid};
use crate::types::SecretHandle;

/// Registers it.
pub(crate) fn register(engine: &mut Engine) {
    engine.register_fn("secret", secret);
}

/// Whether there is such a secret shows where it is used: so a replay goes the same way whatever was stored meanwhile.
fn secret(name: &str) -> Result<SecretHandle, Thrown> {
    let valid = !name.is_empty()
        && name.len() <= 100
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'));
    if !valid {
        return Err(invalid(format!(
            "{name:?} is no name of a secret: letters, digits, `_`, `-` and `.` only"
        )));
    }
    Ok(SecretHandle(name.into()))
}
