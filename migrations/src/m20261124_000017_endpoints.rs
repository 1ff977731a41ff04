//! Endpoints that messages are forwarded to. A delivery is a row of the ledger behind which there is no run: from now on
//! an effect may be without one, and names its endpoint instead.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, integer_null, text, text_null, uuid, uuid_null,
};
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend, Statement};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// Written out, since the builder knows no partial indexes.
const DELIVERIES: [&str; 2] = [
    // The deliveries of an endpoint.
    "CREATE INDEX effects_by_endpoint ON effects (endpoint_id, id) WHERE endpoint_id IS NOT NULL",
    // Those of an event: what a run wanted is found by its run.
    "CREATE INDEX effects_forwarded ON effects (event_id) WHERE endpoint_id IS NOT NULL",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(endpoints()).await?;
        let endpoint = Table::alter()
            .table("effects")
            .add_column(uuid_null("endpoint_id"))
            .to_owned();
        manager.alter_table(endpoint).await?;
        let db = manager.get_connection();
        match db.get_database_backend() {
            DbBackend::Postgres => {
                let sql = "ALTER TABLE effects ALTER COLUMN run_id DROP NOT NULL";
                db.execute_unprepared(sql).await?;
            }
            _ => without_run(db).await?,
        }
        for index in DELIVERIES {
            db.execute_unprepared(index).await?;
        }
        Ok(())
    }
}

fn endpoints() -> TableCreateStatement {
    Table::create()
        .table("endpoints")
        .col(uuid("id").primary_key())
        .col(text("account"))
        .col(text("url"))
        .col(text("description"))
        // A JSON list; empty for all.
        .col(text("types"))
        // A JSON list.
        .col(text("origins"))
        // `enabled`, `paused` or `disabled`.
        .col(text("state"))
        .col(text_null("reason"))
        .col(integer_null("rate"))
        .col(big_integer("created_at"))
        .col(big_integer("updated_at"))
        .col(big_integer_null("failing_since"))
        .col(big_integer_null("paused_at"))
        .col(big_integer_null("former_secret_until"))
        // Its deliveries stay, and have to name something.
        .col(big_integer_null("deleted_at"))
        .to_owned()
}

/// SQLite cannot take a NOT NULL back by a statement of its own; the table's text is changed as its manual says (section 7
/// of <https://sqlite.org/lang_altertable.html>), since what is stored stays as it is.
async fn without_run(db: &SchemaManagerConnection<'_>) -> Result<(), DbErr> {
    let version = db
        .query_one_raw(Statement::from_string(
            DbBackend::Sqlite,
            "PRAGMA schema_version",
        ))
        .await?
        .ok_or_else(|| DbErr::Migration("the schema has no version".to_owned()))?
        .try_get_by_index::<i64>(0)?;
    let sql = format!(
        "PRAGMA writable_schema = ON; \
         UPDATE sqlite_schema SET sql = replace(sql, '\"run_id\" uuid_text NOT NULL', '\"run_id\" uuid_text NULL') \
         WHERE type = 'table' AND name = 'effects'; \
         PRAGMA schema_version = {}; \
         PRAGMA writable_schema = OFF",
        version + 1
    );
    db.execute_unprepared(&sql).await?;
    Ok(())
}
