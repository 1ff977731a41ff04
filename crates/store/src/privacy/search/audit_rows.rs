//! The audit log holds nothing personal by itself; but a reason is whatever somebody wrote. What names somebody there is
//! blanked, and the row stays. The database refuses every change of the log: it is told to let this one pass, within the
//! transaction that makes it.

use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder, QueryResult,
    QuerySelect, Statement,
};
use uuid::Uuid;

use super::super::ERASED;
use super::super::looking::Matcher;
use crate::entities::audit_log::{Column, Entity, Model};
use crate::error::StoreError;
use crate::store::Store;
use crate::writer::{Applied, Order, Transition, Tx};

/// How many are looked at together.
const ROWS: u64 = 500;
/// What keeps the log as it is, on SQLite.
const GUARD: &str = "audit_log_no_update";

/// The rows of the audit log that name somebody.
pub(in crate::privacy) async fn named_audit_rows(
    store: &Store,
    matcher: &Matcher,
) -> Result<Vec<Model>, StoreError> {
    let mut named = Vec::new();
    let mut after: Option<Uuid> = None;
    loop {
        let mut select = Entity::find().order_by_asc(Column::Id).limit(ROWS);
        if let Some(after) = after {
            select = select.filter(Column::Id.gt(after));
        }
        let rows = select.all(store.readers()).await?;
        let Some(last) = rows.last() else {
            return Ok(named);
        };
        after = Some(last.id);
        named.extend(rows.into_iter().filter(|row| names(matcher, row)));
    }
}

fn names(matcher: &Matcher, row: &Model) -> bool {
    let plain = [&row.reason, &row.target_id].into_iter().flatten();
    let json = [&row.before, &row.after].into_iter().flatten();
    plain
        .into_iter()
        .any(|text| matcher.text(text.as_bytes()).any())
        || json
            .into_iter()
            .any(|text| matcher.document(text.as_bytes(), "").any())
}

/// A request to blank rows of the audit log.
pub(in crate::privacy) struct BlankAudit {
    pub(in crate::privacy) matcher: Matcher,
    pub(in crate::privacy) rows: Vec<Model>,
}

impl Transition for BlankAudit {
    type Output = ();
    const ORDER: Order = Order::Admin;

    async fn apply(batch: &[Self], tx: &Tx<'_>) -> Applied<()> {
        let guard = lift_guard(tx).await?;
        for request in batch {
            for row in &request.rows {
                blank(tx, &request.matcher, row).await?;
            }
        }
        tx.db.execute_unprepared(&guard).await?;
        Ok(batch.iter().map(|_| Ok(())).collect())
    }
}

/// Lets changes pass, and gives the statement that has them refused again.
async fn lift_guard(tx: &Tx<'_>) -> Result<String, StoreError> {
    let switch = |what: &str| format!("ALTER TABLE audit_log {what} TRIGGER audit_log_append_only");
    if tx.db.get_database_backend() == DbBackend::Postgres {
        tx.db.execute_unprepared(&switch("DISABLE")).await?;
        return Ok(switch("ENABLE"));
    }
    let found: Option<QueryResult> = tx
        .db
        .query_one_raw(Statement::from_sql_and_values(
            DbBackend::Sqlite,
            "SELECT sql FROM sqlite_schema WHERE type = 'trigger' AND name = ?",
            [GUARD.into()],
        ))
        .await?;
    let guard: String = match found {
        Some(row) => row.try_get_by_index(0)?,
        None => return Err(StoreError::Invalid(format!("{GUARD} is not there"))),
    };
    tx.db
        .execute_unprepared(&format!("DROP TRIGGER {GUARD}"))
        .await?;
    Ok(guard)
}

async fn blank(tx: &Tx<'_>, matcher: &Matcher, row: &Model) -> Result<(), StoreError> {
    let mut update = Entity::update_many().filter(Column::Id.eq(row.id));
    for (column, text) in [
        (Column::Reason, &row.reason),
        (Column::TargetId, &row.target_id),
    ] {
        let is_named = |text: &String| matcher.text(text.as_bytes()).any();
        if text.as_ref().is_some_and(is_named) {
            update = update.col_expr(column, Expr::value(ERASED));
        }
    }
    for (column, text) in [(Column::Before, &row.before), (Column::After, &row.after)] {
        let is_named = |text: &String| matcher.document(text.as_bytes(), "").any();
        if text.as_ref().is_some_and(is_named) {
            update = update.col_expr(column, Expr::value(format!("\"{ERASED}\"")));
        }
    }
    update.exec(tx.db).await?;
    Ok(())
}
