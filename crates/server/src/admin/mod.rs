//! The admin API: one folder or file a resource, all behind one guard.

mod alerts;
mod api;
mod audit;
mod bulk;
mod doctor;
mod download;
mod dry_run;
mod effects;
mod endpoints;
mod events;
mod few;
mod given;
mod guard;
mod hook_tokens;
mod keys;
mod login;
mod operations;
mod page;
mod pauses;
mod privacy;
mod reconciliations;
mod repeatable;
mod replays;
mod rule_sets;
mod rules;
mod runs;
mod sample;
mod seats;
mod secrets;
mod stats;
mod system;
mod tag;
mod value;
mod writing;

pub(crate) use api::{AdminApi, PREFIX, endpoint};
pub(crate) use repeatable::{IDEMPOTENCY_KEY, LONGEST, REPLAYED};
