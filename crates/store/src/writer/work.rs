//! The open transaction, as transitions speak to it: counts statements, and on SQLite lets writes wait for each other.
//!
//! There each statement is a way to the thread that has the connection and back, which costs more than most statements do.
//! So a write whose result nobody needs is kept until a statement comes whose result is needed, and goes with it, in order;
//! what is left goes with the commit. An error of a write therefore shows later than where it was written, and still
//! before the commit: the group fails as it would have failed. The beginning and the end of the transaction are such
//! statements, too: a group that only writes is one way.

use std::mem;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use sea_orm::sea_query::Values;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, ExecResult,
    QueryResult, Statement, TransactionTrait,
};

use crate::metrics::Metrics;

/// SQLite takes 32,766 parameters in a statement, and so does what is sent at once.
const PARAMETERS: usize = 32_000;

/// Begins a transaction that writes, so that it never has to become one half-way.
const BEGIN: &str = "BEGIN IMMEDIATE";

/// An open transaction.
pub(crate) struct Work<'a> {
    db: Db<'a>,
    metrics: &'a Metrics,
    /// The writes that wait.
    waiting: Mutex<Waiting>,
}

/// What statements are sent to.
enum Db<'a> {
    /// The only connection of its pool. The transaction is begun and ended by statements like the others.
    Sqlite(&'a DatabaseConnection),
    Postgres(DatabaseTransaction),
}

#[derive(Default)]
struct Waiting {
    sql: String,
    values: Vec<sea_orm::Value>,
}

impl Waiting {
    fn add_text(&mut self, sql: &str) {
        if !self.sql.is_empty() {
            self.sql.push_str("; ");
        }
        self.sql.push_str(sql);
    }

    fn add(&mut self, statement: Statement) {
        self.add_text(&statement.sql);
        let Values(mut values) = statement.values.unwrap_or_else(|| Values(Vec::new()));
        self.values.append(&mut values);
    }

    /// All that waits, as one; `None` where nothing does.
    fn take(&mut self) -> Option<Statement> {
        let Self { sql, values } = mem::take(self);
        (!sql.is_empty()).then(|| {
            let values = Some(Values(values));
            Statement {
                sql,
                values,
                db_backend: DbBackend::Sqlite,
            }
        })
    }
}

impl<'a> Work<'a> {
    /// Begins a transaction on `db`, whose statements are counted in `metrics`. On SQLite `first` is said before it begins.
    pub(super) async fn begin(
        db: &'a DatabaseConnection,
        metrics: &'a Metrics,
        first: Option<&str>,
    ) -> Result<Self, DbErr> {
        let mut waiting = Waiting::default();
        let db = if db.get_database_backend() == DbBackend::Sqlite {
            if let Some(first) = first {
                waiting.add_text(first);
            }
            waiting.add_text(BEGIN);
            Db::Sqlite(db)
        } else {
            Db::Postgres(db.begin().await?)
        };
        Ok(Self {
            db,
            metrics,
            waiting: Mutex::new(waiting),
        })
    }

    /// Commits, with all that waits. Where that fails, also gives whether the transaction is known to be over and undone.
    pub(super) async fn commit(self) -> Result<(), (DbErr, bool)> {
        if matches!(self.db, Db::Sqlite(_)) {
            self.waiting().add_text("COMMIT");
            let Err(error) = self.flush().await else {
                return Ok(());
            };
            // It may be open still, as where one of the writes was refused.
            return Err((error, self.rollback().await.is_ok()));
        }
        match self.db {
            Db::Postgres(transaction) => transaction.commit().await.map_err(|error| (error, false)),
            Db::Sqlite(_) => Ok(()),
        }
    }

    /// Undoes all of it.
    pub(super) async fn rollback(self) -> Result<(), DbErr> {
        match self.db {
            Db::Postgres(transaction) => transaction.rollback().await,
            Db::Sqlite(db) => db.execute_unprepared("ROLLBACK").await.map(drop),
        }
    }

    /// Writes something, in its order among the other statements. What it changes can be asked for at once; how much that is
    /// nobody learns.
    pub(crate) async fn write(&self, statement: Statement) -> Result<(), DbErr> {
        if self.get_database_backend() != DbBackend::Sqlite {
            self.execute_raw(statement).await?;
            return Ok(());
        }
        self.metrics.stated();
        if numbers_parameters(&statement.sql) {
            self.flush().await?;
            self.execute_now(statement).await?;
            return Ok(());
        }
        let more = statement.values.as_ref().map_or(0, |values| values.0.len());
        if self.waiting().values.len() + more > PARAMETERS {
            self.flush().await?;
        }
        self.waiting().add(statement);
        Ok(())
    }

    /// Lets no write wait any longer.
    pub(crate) async fn flush(&self) -> Result<(), DbErr> {
        let waiting = self.waiting().take();
        if let Some(statement) = waiting {
            self.execute_now(statement).await?;
        }
        Ok(())
    }

    /// The writes that wait and `statement` behind them, as one. Only for statements that give rows: those of the others
    /// are counted together.
    async fn with_waiting(&self, statement: Statement) -> Result<Statement, DbErr> {
        self.metrics.stated();
        let more = statement.values.as_ref().map_or(0, |values| values.0.len());
        if self.waiting().values.len() + more > PARAMETERS || numbers_parameters(&statement.sql) {
            self.flush().await?;
        }
        let mut waiting = self.waiting();
        if waiting.sql.is_empty() {
            return Ok(statement);
        }
        waiting.add(statement.clone());
        Ok(waiting.take().unwrap_or(statement))
    }

    async fn execute_now(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        match &self.db {
            Db::Sqlite(db) => db.execute_raw(statement).await,
            Db::Postgres(db) => db.execute_raw(statement).await,
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a statement numbers its parameters, as `$1`: behind others these would be the parameters of the first.
fn numbers_parameters(sql: &str) -> bool {
    let mut behind = sql.split('$').skip(1);
    behind.any(|text| text.starts_with(|next: char| next.is_ascii_digit()))
}

#[async_trait]
impl ConnectionTrait for Work<'_> {
    fn get_database_backend(&self) -> DbBackend {
        match self.db {
            Db::Sqlite(_) => DbBackend::Sqlite,
            Db::Postgres(_) => DbBackend::Postgres,
        }
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.flush().await?;
        self.metrics.stated();
        self.execute_now(statement).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.flush().await?;
        self.metrics.stated();
        match &self.db {
            Db::Sqlite(db) => db.execute_unprepared(sql).await,
            Db::Postgres(db) => db.execute_unprepared(sql).await,
        }
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        let statement = self.with_waiting(statement).await?;
        match &self.db {
            Db::Sqlite(db) => db.query_one_raw(statement).await,
            Db::Postgres(db) => db.query_one_raw(statement).await,
        }
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let statement = self.with_waiting(statement).await?;
        match &self.db {
            Db::Sqlite(db) => db.query_all_raw(statement).await,
            Db::Postgres(db) => db.query_all_raw(statement).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::{ConnectOptions, Database};

    use super::*;

    fn statement(sql: &str, value: i64) -> Statement {
        Statement::from_sql_and_values(DbBackend::Sqlite, sql, [value.into()])
    }

    #[tokio::test]
    async fn numbered_parameters_are_those_of_their_own_statement_whatever_waits_before_it() {
        let mut options = ConnectOptions::new("sqlite::memory:");
        options.max_connections(1);
        let db = Database::connect(options).await.unwrap();
        db.execute_unprepared("CREATE TABLE t (a INTEGER)")
            .await
            .unwrap();
        let metrics = Metrics::default();
        let work = Work::begin(&db, &metrics, None).await.unwrap();
        for (sql, value) in [
            ("INSERT INTO t VALUES (?)", 1),
            ("INSERT INTO t VALUES ($1)", 2),
            ("INSERT INTO t VALUES (?)", 3),
        ] {
            work.write(statement(sql, value)).await.unwrap();
        }
        let asked = statement("SELECT a FROM t WHERE a >= $1 ORDER BY a", 2);
        let rows = work.query_all_raw(asked).await.unwrap();
        let found: Vec<i64> = rows
            .iter()
            .map(|row| row.try_get_by_index(0).unwrap())
            .collect();
        assert_eq!(found, [2, 3]);
        work.rollback().await.unwrap();
    }
}
