//! Secrets at rest: the key, sealing and opening, and the view that scripts look them up in.

/// The namespace of what signs messages to endpoints.
pub(crate) const ENDPOINT_NAMESPACE: &str = "endpoint";

mod script_secrets;
mod seal;
mod secret_key;

pub(crate) use script_secrets::{NAMESPACE as SCRIPT_NAMESPACE, ScriptSecrets};
pub(crate) use seal::{Sealed, seal, unseal};
pub use secret_key::{NotASecretKey, SecretKey};
