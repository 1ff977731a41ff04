//! Rows that belong to no run: what rules remember, claims, what reconciliation has seen. One that names somebody is
//! removed as a whole; of a replay that was asked for by somebody's name only that is overwritten, and it ends.
//!
//! They are found by their place in the table, since their keys are what names somebody, and no key of theirs is kept.

use sea_orm::{ConnectionTrait, DbBackend, QueryResult, Statement, Value};
use serde_json::{Map, Value as Json};

use super::super::looking::{Matcher, Seen};
use super::Text;
use crate::error::StoreError;
use crate::store::Store;
use crate::writer::{Applied, Order, Transition, Tx};

/// How many are looked at together.
const ROWS: u32 = 500;

/// A table of such rows.
#[derive(Debug, Clone, Copy)]
pub(in crate::privacy) struct Loose {
    /// Its name.
    pub(in crate::privacy) table: &'static str,
    /// The columns that are texts: the first is read again before a row is removed.
    pub(in crate::privacy) texts: &'static [&'static str],
    /// The columns that are bytes of JSON.
    pub(in crate::privacy) json: &'static [&'static str],
    /// Whether the person is shown it.
    pub(in crate::privacy) is_exported: bool,
    /// What is set where the row stays; `$2` is `NOTHING_SELECTED`. Without it the row goes.
    instead: Option<&'static str>,
}

/// The selection of a replay of nothing.
const NOTHING_SELECTED: &[u8] = br#"{"events":[]}"#;

/// All of them.
pub(in crate::privacy) const LOOSE: &[Loose] = &[
    Loose {
        table: "state",
        texts: &["key", "subject", "rule", "scope"],
        json: &["value"],
        is_exported: true,
        instead: None,
    },
    Loose {
        table: "claims",
        texts: &["key", "rule"],
        json: &[],
        is_exported: true,
        instead: None,
    },
    Loose {
        table: "reconcile_snapshots",
        texts: &["pid", "resource"],
        json: &["snapshot"],
        is_exported: true,
        instead: None,
    },
    Loose {
        table: "reconciled_changes",
        texts: &["pid", "resource"],
        json: &[],
        is_exported: false,
        instead: None,
    },
    Loose {
        table: "replays",
        texts: &["key_id", "reason", "ended_because"],
        json: &["selection"],
        is_exported: false,
        instead: Some(
            "selection = $2, reason = 'erased', \
             state = CASE WHEN state = 'running' THEN 'cancelled' ELSE state END, \
             ended_because = 'erased', ended_at = COALESCE(ended_at, created_at)",
        ),
    },
];

/// A row, by its place and its first column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::privacy) struct Place {
    place: String,
    first: String,
}

struct Row {
    place: Place,
    texts: Vec<Option<String>>,
    json: Vec<Option<Vec<u8>>>,
}

/// The rows of a table that name somebody.
pub(in crate::privacy) async fn named_rows(
    store: &Store,
    matcher: &Matcher,
    table: &Loose,
) -> Result<Vec<Place>, StoreError> {
    let named = rows(store, matcher, table).await?;
    Ok(named.into_iter().map(|row| row.place).collect())
}

/// The same as they are handed over.
pub(in crate::privacy) async fn rows_as_json(
    store: &Store,
    matcher: &Matcher,
    table: &Loose,
) -> Result<Vec<Json>, StoreError> {
    let named = rows(store, matcher, table).await?;
    Ok(named.into_iter().map(|row| row.shown(table)).collect())
}

async fn rows(store: &Store, matcher: &Matcher, table: &Loose) -> Result<Vec<Row>, StoreError> {
    let mut named = Vec::new();
    let mut after = None;
    loop {
        let page = page(store, table, after.as_deref()).await?;
        let Some(last) = page.last() else {
            return Ok(named);
        };
        after = Some(last.place.place.clone());
        let matcher = matcher.clone();
        let table = *table;
        let looking = move || {
            let is_named = |row: &Row| row.look(&matcher, &table).any();
            page.into_iter().filter(is_named).collect::<Vec<_>>()
        };
        let found = tokio::task::spawn_blocking(looking)
            .await
            .map_err(|error| StoreError::Invalid(format!("a search has failed: {error}")))?;
        named.extend(found);
    }
}

async fn page(store: &Store, table: &Loose, after: Option<&str>) -> Result<Vec<Row>, StoreError> {
    let db = store.readers();
    let backend = db.get_database_backend();
    // A place of Postgres is written as it reads it; it is made of digits only.
    let (place, from) = match backend {
        DbBackend::Postgres => ("ctid::text", after.map(|place| format!("'{place}'::tid"))),
        _ => ("CAST(rowid AS TEXT)", after.map(str::to_owned)),
    };
    let column = place_column(backend);
    let condition = from.map_or_else(String::new, |from| format!(" WHERE {column} > {from}"));
    let columns: Vec<String> = table
        .texts
        .iter()
        .chain(table.json)
        .map(|column| format!("\"{column}\""))
        .collect();
    let sql = format!(
        "SELECT {place} AS place, {} FROM \"{}\"{condition} ORDER BY {column} LIMIT {ROWS}",
        columns.join(", "),
        table.table
    );
    let found = db
        .query_all_raw(Statement::from_string(backend, sql))
        .await?;
    found.iter().map(|row| row_of(row, table)).collect()
}

fn place_column(backend: DbBackend) -> &'static str {
    match backend {
        DbBackend::Postgres => "ctid",
        _ => "rowid",
    }
}

fn row_of(row: &QueryResult, table: &Loose) -> Result<Row, StoreError> {
    let texts = table
        .texts
        .iter()
        .map(|column| row.try_get::<Option<String>>("", column))
        .collect::<Result<Vec<_>, _>>()?;
    let json = table
        .json
        .iter()
        .map(|column| row.try_get::<Option<Vec<u8>>>("", column))
        .collect::<Result<Vec<_>, _>>()?;
    let first = texts.first().cloned().flatten().unwrap_or_default();
    let place = Place {
        place: row.try_get("", "place")?,
        first,
    };
    Ok(Row { place, texts, json })
}

impl Row {
    fn look(&self, matcher: &Matcher, table: &Loose) -> Seen {
        let mut seen = Seen::default();
        let about = table
            .texts
            .iter()
            .zip(&self.texts)
            .find(|(column, _)| **column == "resource")
            .and_then(|(_, text)| text.clone())
            .unwrap_or_default();
        for (column, text) in table.texts.iter().zip(&self.texts) {
            let Some(text) = text else {
                continue;
            };
            seen.add(matcher.text(text.as_bytes()));
            seen.add(match *column {
                "subject" => matcher.subject(text),
                "pid" => matcher.field(&about, text),
                _ => continue,
            });
        }
        for json in self.json.iter().flatten() {
            seen.add(Text::Json(json.clone(), about.clone()).look(matcher));
        }
        seen
    }

    fn shown(self, table: &Loose) -> Json {
        let mut shown = Map::new();
        for (column, text) in table.texts.iter().zip(self.texts) {
            shown.insert((*column).to_owned(), text.map_or(Json::Null, Json::String));
        }
        for (column, bytes) in table.json.iter().zip(self.json) {
            let json = bytes.map(|bytes| {
                serde_json::from_slice(&bytes)
                    .unwrap_or_else(|_| String::from_utf8_lossy(&bytes).into_owned().into())
            });
            shown.insert((*column).to_owned(), json.unwrap_or_default());
        }
        Json::Object(shown)
    }
}

/// A request to remove rows.
pub(in crate::privacy) struct RemoveLoose {
    pub(in crate::privacy) table: &'static Loose,
    pub(in crate::privacy) rows: Vec<Place>,
}

impl Transition for RemoveLoose {
    type Output = u64;
    const ORDER: Order = Order::Admin;

    async fn apply(batch: &[Self], tx: &Tx<'_>) -> Applied<u64> {
        let mut results = Vec::with_capacity(batch.len());
        for request in batch {
            let mut removed = 0;
            for row in &request.rows {
                removed += remove(tx, request.table, row).await?;
            }
            results.push(Ok(removed));
        }
        Ok(results)
    }
}

/// Another row may stand there by now: the first column tells.
async fn remove(tx: &Tx<'_>, table: &Loose, row: &Place) -> Result<u64, StoreError> {
    let backend = tx.db.get_database_backend();
    let place = match backend {
        DbBackend::Postgres => format!("ctid = '{}'::tid", row.place),
        _ => format!("rowid = {}", row.place),
    };
    let first = table.texts.first().copied().unwrap_or_default();
    let condition = format!("WHERE {place} AND \"{first}\" = $1");
    let mut values: Vec<Value> = vec![row.first.clone().into()];
    let sql = match table.instead {
        None => format!("DELETE FROM \"{}\" {condition}", table.table),
        Some(changes) => {
            values.push(NOTHING_SELECTED.to_vec().into());
            format!("UPDATE \"{}\" SET {changes} {condition}", table.table)
        }
    };
    let statement = Statement::from_sql_and_values(backend, sql, values);
    Ok(tx.db.execute_raw(statement).await?.rows_affected())
}
