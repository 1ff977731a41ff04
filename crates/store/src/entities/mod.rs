//! The tables as SeaORM sees them, one file each. Private: what leaves this crate are the types of `core` and of this
//! crate's transitions and queries.

pub(crate) mod api_keys;
pub(crate) mod audit_log;
pub(crate) mod claims;
pub(crate) mod effect_attempts;
pub(crate) mod effect_bodies;
pub(crate) mod effects;
pub(crate) mod endpoints;
pub(crate) mod events;
pub(crate) mod hook_tokens;
pub(crate) mod idempotency_keys;
pub(crate) mod installation;
pub(crate) mod logs;
pub(crate) mod nodes;
pub(crate) mod rule_files;
pub(crate) mod rule_set_files;
pub(crate) mod rule_set_rules;
pub(crate) mod rule_sets;
pub(crate) mod rule_version_files;
pub(crate) mod rule_versions;
pub(crate) mod runs;
pub(crate) mod secrets;
pub(crate) mod state;
pub(crate) mod steps;
pub(crate) mod stops;
pub(crate) mod timetables;
pub(crate) mod waits;
