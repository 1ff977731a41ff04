//! Who asks, and what they may do: keys, scopes, and the masking of personal data.

mod allowed;
mod authenticate;
mod caller;
mod masking;
mod scope;

pub(crate) use allowed::{Admin, Allowed, Read, Write, required_scope};
pub(crate) use authenticate::authenticate;
pub(crate) use caller::Caller;
pub(crate) use masking::Masking;
pub use scope::Scope;
