//! Since when events may still be waited for, whoever they are about: `wait_for` names a booking or a person of its own
//! choice, and looks at what came after the run's own event.
//!
//! Only runs of rules with `wait_for` in one of their files count, so that one that merely sleeps for long does not have
//! everything kept. A run that has not begun has no version yet, and counts as well.

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};

use crate::error::StoreError;

/// When the oldest run was made that is not over and may still wait for any event.
pub(super) async fn awaited_since(db: &DatabaseConnection) -> Result<Option<i64>, StoreError> {
    let backend = db.get_database_backend();
    let waits = if backend == DbBackend::Postgres {
        "position('wait_for'::bytea in f.content) > 0"
    } else {
        "instr(f.content, CAST('wait_for' AS BLOB)) > 0"
    };
    // By the partial indexes of what is open; of each version once.
    let sql = format!(
        "SELECT MIN(since) FROM ( \
            SELECT rule_version AS version, MIN(created_at) AS since FROM runs \
            WHERE state = 'waiting' OR state = 'ready' OR state = 'running' GROUP BY rule_version \
        ) AS unfinished \
        WHERE version IS NULL \
        OR NOT EXISTS (SELECT 1 FROM rule_version_files v WHERE v.version_hash = version) \
        OR EXISTS (SELECT 1 FROM rule_version_files v JOIN rule_files f ON f.hash = v.file_hash \
            WHERE v.version_hash = version AND {waits})"
    );
    let row = db
        .query_one_raw(Statement::from_string(backend, sql))
        .await?;
    Ok(match row {
        Some(row) => row.try_get_by_index(0)?,
        None => None,
    })
}
