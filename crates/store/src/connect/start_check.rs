//! The look at a file before it is used. As much of it as can be looked at in a moment: the start must not take the longer the
//! more there is. What is damaged further on is refused where it is read, and found by `cuebook doctor`, which looks at all.

use std::time::{Duration, Instant};

use sea_orm::sqlx::error::DatabaseError;
use sea_orm::sqlx::{self, Error as SqlxError, Sqlite, pool::PoolConnection};
use sea_orm::{DatabaseConnection, DbErr, RuntimeErr};

use crate::error::StoreError;

/// So long is a moment.
const MOMENT: Duration = Duration::from_millis(200);
/// After so many steps of SQLite's the time is looked at.
const STEPS: i32 = 1000;
/// SQLite's code for what was interrupted, <https://sqlite.org/rescode.html#interrupt>.
const INTERRUPTED: &str = "9";

/// Refuses a file that is seen to be damaged.
pub(super) async fn check_file(db: &DatabaseConnection) -> Result<(), StoreError> {
    check_for(db, MOMENT).await
}

async fn check_for(db: &DatabaseConnection, moment: Duration) -> Result<(), StoreError> {
    let pool = db.get_sqlite_connection_pool();
    let mut connection = pool.acquire().await.map_err(failed)?;
    let until = Instant::now() + moment;
    let goes_on = move || Instant::now() < until;
    let mut handle = connection.lock_handle().await.map_err(failed)?;
    handle.set_progress_handler(STEPS, goes_on);
    drop(handle);
    let found = first_complaint(&mut connection).await;
    let mut handle = connection.lock_handle().await.map_err(failed)?;
    handle.remove_progress_handler();
    drop(handle);
    match found {
        Ok(text) if text == "ok" => Ok(()),
        Ok(complaint) => Err(StoreError::Corrupt(complaint)),
        Err(error) if is_interrupted(&error) => {
            tracing::debug!("the database is too large to be looked at as a whole at the start");
            Ok(())
        }
        Err(error) => Err(failed(error)),
    }
}

async fn first_complaint(connection: &mut PoolConnection<Sqlite>) -> Result<String, SqlxError> {
    let complaint = sqlx::query_scalar("PRAGMA quick_check(1)");
    complaint.fetch_one(&mut **connection).await
}

fn is_interrupted(error: &SqlxError) -> bool {
    let code = error.as_database_error().and_then(DatabaseError::code);
    code.as_deref() == Some(INTERRUPTED)
}

fn failed(cause: SqlxError) -> StoreError {
    StoreError::from(DbErr::Query(RuntimeErr::SqlxError(cause.into())))
}

#[cfg(test)]
mod tests {
    use sea_orm::{ConnectOptions, ConnectionTrait, Database};

    use super::*;

    #[tokio::test]
    async fn what_is_too_much_for_the_time_is_let_in_and_the_connection_goes_on() {
        let mut options = ConnectOptions::new("sqlite::memory:");
        options.max_connections(1);
        let db = Database::connect(options).await.unwrap();
        let many = "CREATE TABLE many AS WITH RECURSIVE n(i) AS \
            (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) SELECT i, hex(i) AS text FROM n";
        db.execute_unprepared(many).await.unwrap();
        let pool = db.get_sqlite_connection_pool();
        let mut connection = pool.acquire().await.unwrap();
        let mut handle = connection.lock_handle().await.unwrap();
        handle.set_progress_handler(STEPS, || false);
        drop(handle);
        let stopped = first_complaint(&mut connection).await;
        assert!(is_interrupted(&stopped.unwrap_err()));
        drop(connection);
        check_for(&db, Duration::ZERO).await.unwrap();
        check_for(&db, MOMENT).await.unwrap();
        db.execute_unprepared("DELETE FROM many").await.unwrap();
    }
}
