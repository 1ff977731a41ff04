//! A text of a request that may be a secret: by name until the request is made.

use cuebook_core::Value;
use cuebook_core::failure::CallError;
use cuebook_core::secret::{SecretLookup, SecretText};
use serde::{Deserialize, Serialize};

use super::failure::Failure;

/// A text, or the name of a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Credential {
    /// The text itself.
    Text(String),
    /// The secret of this name.
    Secret(String),
}

/// How a request proves who sends it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Auth {
    /// `Authorization: Bearer …`
    Bearer(Credential),
    /// `Authorization: Basic …`, of user and password.
    Basic(Credential, Credential),
}

impl Credential {
    /// Reads `value`, which `what` names in messages.
    pub(crate) fn read(value: &Value, what: &str) -> Result<Self, CallError> {
        match value {
            Value::Text(text) => Ok(Self::Text(text.clone())),
            Value::Int(int) => Ok(Self::Text(int.to_string())),
            Value::Decimal(decimal) => Ok(Self::Text(decimal.to_string())),
            Value::Bool(yes) => Ok(Self::Text(yes.to_string())),
            Value::Secret(name) => Ok(Self::Secret(name.clone())),
            other => Err(CallError::invalid(format!(
                "{what} is a string or a secret, not {}",
                other.kind()
            ))),
        }
    }

    /// The text behind it.
    pub(crate) fn resolve(&self, secrets: &dyn SecretLookup) -> Result<SecretText, Failure> {
        match self {
            Self::Text(text) => Ok(SecretText::new(text.as_str())),
            Self::Secret(name) => secrets
                .lookup(name)
                .ok_or_else(|| Failure::NoSecret(name.clone())),
        }
    }
}

impl Auth {
    /// Reads `#{bearer: …}` or `#{basic: [user, password]}`.
    pub(crate) fn read(value: &Value) -> Result<Self, CallError> {
        let form = || {
            CallError::invalid(
                "auth is #{bearer: secret(\"NAME\")} or #{basic: [\"user\", secret(\"NAME\")]}",
            )
        };
        let map = value
            .as_map()
            .filter(|map| map.len() == 1)
            .ok_or_else(form)?;
        if let Some(bearer) = map.get("bearer") {
            return Ok(Self::Bearer(Credential::read(bearer, "auth.bearer")?));
        }
        match map.get("basic").and_then(Value::as_array) {
            Some([user, password]) => Ok(Self::Basic(
                Credential::read(user, "the user in auth.basic")?,
                Credential::read(password, "the password in auth.basic")?,
            )),
            _ => Err(form()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_auth_are_read() {
        let bearer = Value::from([("bearer", Value::Secret("CRM".to_owned()))]);
        assert_eq!(
            Auth::read(&bearer),
            Ok(Auth::Bearer(Credential::Secret("CRM".to_owned())))
        );
        let basic = Value::from([(
            "basic",
            Value::Array(vec![Value::from("tom"), Value::Secret("PW".to_owned())]),
        )]);
        assert_eq!(
            Auth::read(&basic),
            Ok(Auth::Basic(
                Credential::Text("tom".to_owned()),
                Credential::Secret("PW".to_owned())
            ))
        );
    }

    #[test]
    fn other_forms_of_auth_say_how_to_write_it() {
        for value in [
            Value::from("token"),
            Value::from([("bearer", Value::Unit)]),
            Value::from([("basic", Value::from("tom"))]),
            Value::from([("token", Value::from("x"))]),
            Value::from([("bearer", Value::from("x")), ("basic", Value::from("y"))]),
        ] {
            assert_eq!(Auth::read(&value).unwrap_err().kind, "invalid", "{value:?}");
        }
    }
}
