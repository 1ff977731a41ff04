//! The tables of a SQLite file, page by page: so many rows at a time that memory stays small however long they are.

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement, Value};

use super::error::CopyError;
use super::row::{Column, values, weight};

/// The most rows of a page.
const MOST_ROWS: i64 = 256;
/// A page that is heavier makes the next one shorter.
const HEAVY: usize = 4 * 1024 * 1024;
/// What belongs to a database and not to what is in it.
const ITS_OWN: [&str; 3] = ["installation", "nodes", "seaql_migrations"];

/// The names of the tables to be copied, those that others refer to first.
pub(super) async fn tables(db: &DatabaseConnection) -> Result<Vec<String>, CopyError> {
    let sql = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name";
    let mut left: Vec<String> = texts(db, sql, "name").await?;
    left.retain(|name| !ITS_OWN.contains(&name.as_str()));
    let mut ordered: Vec<String> = Vec::new();
    while !left.is_empty() {
        let mut later = Vec::new();
        let before = ordered.len();
        for table in left {
            let sql = format!("SELECT \"table\" AS name FROM pragma_foreign_key_list('{table}')");
            let needed = texts(db, &sql, "name").await?;
            if needed
                .iter()
                .all(|other| *other == table || ordered.contains(other))
            {
                ordered.push(table);
            } else {
                later.push(table);
            }
        }
        if ordered.len() == before {
            return Err(CopyError::Unusable(format!(
                "its tables {later:?} refer to each other"
            )));
        }
        left = later;
    }
    Ok(ordered)
}

async fn texts(db: &DatabaseConnection, sql: &str, column: &str) -> Result<Vec<String>, CopyError> {
    let rows = db
        .query_all_raw(Statement::from_string(DbBackend::Sqlite, sql))
        .await?;
    let texts = rows.iter().map(|row| row.try_get("", column));
    Ok(texts.collect::<Result<_, _>>()?)
}

/// How many rows a table has.
pub(super) async fn count(db: &DatabaseConnection, table: &str) -> Result<u64, CopyError> {
    let sql = format!("SELECT count(*) FROM \"{table}\"");
    let row = db
        .query_one_raw(Statement::from_string(DbBackend::Sqlite, sql))
        .await?;
    let count: i64 = row.map_or(Ok(0), |row| row.try_get_by_index(0))?;
    Ok(u64::try_from(count).unwrap_or(0))
}

/// The rows of a table in the order in which they stand in the file.
pub(super) struct Pages<'a> {
    db: &'a DatabaseConnection,
    sql: String,
    columns: &'a [Column],
    after: i64,
    rows: i64,
}

impl<'a> Pages<'a> {
    pub(super) fn of(db: &'a DatabaseConnection, table: &str, columns: &'a [Column]) -> Self {
        let names: Vec<String> = columns
            .iter()
            .map(|column| format!("\"{}\"", column.name))
            .collect();
        Self {
            db,
            sql: format!(
                "SELECT rowid AS copied_row, {} FROM \"{table}\" WHERE rowid > ? ORDER BY rowid LIMIT ?",
                names.join(", ")
            ),
            columns,
            after: i64::MIN,
            rows: MOST_ROWS / 8,
        }
    }

    /// The next rows; none at the end.
    pub(super) async fn next(&mut self) -> Result<Vec<Vec<Value>>, CopyError> {
        let statement = Statement::from_sql_and_values(
            DbBackend::Sqlite,
            &self.sql,
            [self.after.into(), self.rows.into()],
        );
        let found = self.db.query_all_raw(statement).await?;
        if let Some(last) = found.last() {
            self.after = last.try_get("", "copied_row")?;
        }
        let rows = found
            .iter()
            .map(|row| values(row, self.columns))
            .collect::<Result<Vec<_>, _>>()?;
        let heavy: usize = rows.iter().map(|row| weight(row)).sum();
        self.rows = if heavy > HEAVY {
            (self.rows / 2).max(1)
        } else {
            (self.rows * 2).min(MOST_ROWS)
        };
        Ok(rows)
    }
}
