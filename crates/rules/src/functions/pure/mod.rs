//! The pure functions: their answer depends on their arguments alone. One file a namespace.

mod arguments;
mod array;
mod base64;
mod calendar;
mod crypto;
mod csv;
mod decimal;
mod function;
mod json;
mod list;
mod money;
mod pattern;
mod slug;
mod template;
mod text;
mod time;
mod url;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use cuebook_core::secret::SecretLookup;

pub use function::PureFunction;
pub use list::pure_functions;
pub(crate) use list::register;
pub(crate) use template::template_name;

/// What pure functions may know. The templates and the moment of the current run are at
/// [`crate::host::current`].
#[derive(Clone)]
pub(crate) struct PureContext {
    /// The time zone where a script names none.
    pub(crate) timezone: chrono_tz::Tz,
    /// The locale where a script names none.
    pub(crate) default_locale: String,
    /// Finds the secret that is a key of an HMAC.
    pub(crate) secrets: Arc<dyn SecretLookup>,
}
