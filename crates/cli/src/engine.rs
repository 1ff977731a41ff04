//! Makes the rules' engine: hands it the functions of the effects, the settings and the measure of memory.

use std::sync::Arc;

use chrono_tz::Tz;
use cuebook_core::secret::{NoSecrets, SecretLookup};
use cuebook_rules::{Engine, EngineError, Limits, Settings};

use crate::config::Config;
use crate::memory;

/// The engine of a server.
pub(crate) fn for_server(
    config: &Config,
    secrets: Arc<dyn SecretLookup>,
) -> Result<Engine, EngineError> {
    Engine::new(Settings {
        functions: cuebook_effects::kinds::descriptors(),
        timezone: config.timezone,
        default_locale: config.default_locale.clone(),
        default_from: sender(config),
        secrets,
        memory: Some(memory::held),
        limits: Limits::default(),
    })
}

/// The sender of mails where a rule names none. Without a mail server mails are only captured, and need no real one.
fn sender(config: &Config) -> Option<String> {
    let captured = || cuebook_effects::CAPTURED_SENDER.to_owned();
    let from = config.smtp.from.clone();
    from.or_else(|| config.smtp.url.is_none().then(captured))
}

/// The engine for checking rules without running them.
pub(crate) fn for_checks(config: &Config) -> Result<Engine, EngineError> {
    for_server(config, Arc::new(NoSecrets))
}

/// The engine for the tests of rules: mails have a sender whatever is configured, and secrets are only names.
pub(crate) fn for_tests(config: &Config) -> Result<Engine, EngineError> {
    let from = sender(config).unwrap_or_else(|| cuebook_effects::CAPTURED_SENDER.to_owned());
    Engine::new(Settings {
        functions: cuebook_effects::kinds::descriptors(),
        timezone: config.timezone,
        default_locale: config.default_locale.clone(),
        default_from: Some(from),
        secrets: Arc::new(NoSecrets),
        memory: Some(memory::held),
        limits: Limits::default(),
    })
}

/// The engine for describing its functions: no configuration is needed.
pub(crate) fn bare() -> Result<Engine, EngineError> {
    Engine::new(Settings {
        functions: cuebook_effects::kinds::descriptors(),
        timezone: Tz::Europe__Zurich,
        default_locale: "de".to_owned(),
        default_from: None,
        secrets: Arc::new(NoSecrets),
        memory: Some(memory::held),
        limits: Limits::default(),
    })
}
