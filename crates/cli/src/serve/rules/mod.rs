//! The rules that run: from the folder of this machine, or from the database, where all nodes find the same.

mod database;
mod folder;
mod in_force;
mod reload_metrics;
mod source;
mod unusable;
mod watch_folder;

pub(super) use in_force::InForce;
pub(super) use reload_metrics::ReloadMetrics;
pub(super) use source::Source;
pub(super) use unusable::Unusable;
