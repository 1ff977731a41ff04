//! The schema of Cuebook's database, one file a migration, the same for SQLite and Postgres.
//!
//! Instants are whole microseconds since 1970 in 64 bits, ids are UUIDs (a blob on SQLite), bodies and journaled values
//! are bytes and never the database's own JSON, which refuses `\u0000`. A migration that has been released never
//! changes; a change is a new file and a line in the list. Nodes of two versions
//! run on one database, so a release either expands (new tables, columns with a default, indexes) or contracts (takes away what
//! the version before no longer needs): the name of a contracting migration ends with `_needs_` and the number of the migration
//! that a version has to know to do without. This crate must not know what the tables are used for: that
//! is the store's.

use sea_orm_migration::prelude::{MigrationTrait, MigratorTrait};

mod m20261124_000001_events;
mod m20261124_000002_runs;
mod m20261124_000003_effects;
mod m20261124_000004_rules;
mod m20261124_000005_access;
mod m20261124_000006_nodes;
mod m20261124_000007_waits;
mod m20261124_000008_stops;
mod m20261124_000009_state;
mod m20261124_000010_descendants;
mod m20261124_000011_run_options;
mod m20261124_000012_budgets;
mod m20261124_000013_audit;
mod m20261124_000014_timetables;
mod m20261124_000015_installation;
mod m20261124_000015_trust;
mod m20261124_000016_reconciliations;
mod m20261124_000017_endpoints;
mod m20261124_000018_privacy;
mod m20261124_000019_replays;
mod m20261124_000020_retention;
mod m20261124_000021_alerts;

/// Brings a database up to this version's schema.
#[derive(Debug)]
pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261124_000001_events::Migration),
            Box::new(m20261124_000002_runs::Migration),
            Box::new(m20261124_000003_effects::Migration),
            Box::new(m20261124_000004_rules::Migration),
            Box::new(m20261124_000005_access::Migration),
            Box::new(m20261124_000006_nodes::Migration),
            Box::new(m20261124_000007_waits::Migration),
            Box::new(m20261124_000008_stops::Migration),
            Box::new(m20261124_000009_state::Migration),
            Box::new(m20261124_000010_descendants::Migration),
            Box::new(m20261124_000011_run_options::Migration),
            Box::new(m20261124_000012_budgets::Migration),
            Box::new(m20261124_000013_audit::Migration),
            Box::new(m20261124_000014_timetables::Migration),
            Box::new(m20261124_000015_installation::Migration),
            Box::new(m20261124_000015_trust::Migration),
            Box::new(m20261124_000016_reconciliations::Migration),
            Box::new(m20261124_000017_endpoints::Migration),
            Box::new(m20261124_000018_privacy::Migration),
            Box::new(m20261124_000019_replays::Migration),
            Box::new(m20261124_000020_retention::Migration),
            Box::new(m20261124_000021_alerts::Migration),
        ]
    }
}
