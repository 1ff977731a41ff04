//! The pure functions: their answer depends on their arguments alone.

use std::sync::Arc;

use cuebook_core::secret::SecretLookup;

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

/// Registers the pure functions, one line each.
pub(crate) fn register(engine: &mut rhai::Engine, context: &PureContext) {
    let _ = (engine, context);
}
