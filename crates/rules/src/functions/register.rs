//! Registers all functions in an engine.

use std::sync::Arc;

use cuebook_core::function::FunctionDescriptor;

use super::pure::{self, PureContext};
use crate::engine::EngineError;
use crate::settings::Settings;

/// Registers all functions; gives back the descriptors of those that are journaled.
pub(crate) fn register(
    engine: &mut rhai::Engine,
    settings: &Arc<Settings>,
) -> Result<Vec<FunctionDescriptor>, EngineError> {
    pure::register(
        engine,
        &PureContext {
            timezone: settings.timezone,
            default_locale: settings.default_locale.clone(),
            secrets: Arc::clone(&settings.secrets),
        },
    );
    Ok(settings.functions.clone())
}
