//! The whole of a move, in its order. If the process dies
//!
//! - before the source is marked: the target has rolled back, and nothing has happened;
//! - after that and before the target has committed: the source refuses to start, and the same command begins anew;
//! - after the commit: the target has all and is stopped, and the same command ends what is left to do. It knows its own copy by
//!   an id that both have;
//! - after all of it: the same command leaves the target alone, which may be at work by then.

use std::sync::Arc;

use cuebook_core::{Chance, Clock};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};

use super::error::CopyError;
use super::row::Sum;
use super::source::{self, Pages};
use super::target::Target;
use crate::connect::{self, Connections, without_password};
use crate::error::StoreError;
use crate::installation::{
    ARRIVAL, ArrivedBy, Arriving, COPY, MOVED_TO, RESTORED_AT, SECRET_KEY, fact, mark_moved,
};
use crate::metrics::Metrics;
use crate::secrets::SecretKey;
use crate::store::Store;
use crate::writer::WriterConnection;

/// Where a database goes, and what is needed for it.
pub struct Destination<'a> {
    /// The URL of the Postgres.
    pub url: &'a str,
    /// The key that the source began with: whoever has another one could not use the copy.
    pub secret_key: &'a SecretKey,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Ids.
    pub chance: Arc<dyn Chance>,
}

/// A table that was copied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopiedTable {
    /// Its name.
    pub name: String,
    /// How many rows it has, here and there.
    pub rows: u64,
    /// The checksum of all its values, here and there.
    pub checksum: String,
}

/// What was copied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copied {
    /// Where it went, without passwords.
    pub place: String,
    /// The tables; none where a former call had copied them, and only the rest was left to do.
    pub tables: Vec<CopiedTable>,
}

/// Copies the SQLite database at `from`, which nobody may be using, to an empty Postgres, and marks it as moved. The copy is
/// stopped until a person resumes it. `progress` is told of each table how many rows are copied so far, and of how many.
///
/// # Errors
/// Where it was not copied, or only in part; see [`CopyError`].
pub async fn copy_to_postgres(
    from: &str,
    to: &Destination<'_>,
    mut progress: impl FnMut(&str, u64, u64),
) -> Result<Copied, CopyError> {
    if !from.starts_with("sqlite:") {
        return Err(CopyError::NotFromSqlite);
    }
    if !to.url.starts_with("postgres:") && !to.url.starts_with("postgresql:") {
        return Err(CopyError::NotToPostgres);
    }
    let source = connect::open(from).await?;
    let copied = copy_from(&source, to, &mut progress).await;
    // They only read, or what they wrote is committed.
    drop(source.readers.close().await);
    drop(source.writer.close().await);
    copied
}

async fn copy_from(
    source: &Connections,
    to: &Destination<'_>,
    progress: &mut impl FnMut(&str, u64, u64),
) -> Result<Copied, CopyError> {
    let place = without_password(to.url);
    let given = to.secret_key.id();
    if let Some(stored) = fact(&source.readers, SECRET_KEY).await?
        && stored != given
    {
        return Err(StoreError::OtherSecretKey { stored, given }.into());
    }
    let moved_to = fact(&source.readers, MOVED_TO).await?;
    if let Some(elsewhere) = moved_to.filter(|moved_to| *moved_to != place) {
        return Err(CopyError::MovedElsewhere(elsewhere));
    }
    // Gives an empty database its schema, and refuses another version's.
    let opened = connect::open(to.url).await?;
    drop((opened.readers.close().await, opened.writer.close().await));
    let alone = connect::open_alone(to.url).await?;
    let id = match fact(&source.readers, COPY).await? {
        Some(id) => id,
        None => to.chance.uuid(to.clock.now()).to_string(),
    };
    let copied = if fact(&alone, COPY).await?.as_deref() == Some(&id) {
        Ok(Vec::new())
    } else {
        let all = copy_all(source, &alone, progress).await;
        match all {
            Ok((target, tables)) => finish(source, to, target, (&place, &id))
                .await
                .map(|()| tables),
            Err(error) => Err(error),
        }
    };
    // Of an earlier call: the target may be at work, and is not to be stopped again.
    let arrived = fact(&alone, ARRIVAL).await;
    drop(alone.close().await);
    let tables = copied?;
    if arrived?.is_none() {
        let arriving = Arriving {
            by: ArrivedBy::Copied,
            taken_at: to.clock.now(),
        };
        Store::arrive(to.url, arriving, to.clock.clone(), to.chance.clone()).await?;
    }
    Ok(Copied { place, tables })
}

/// Copies all tables and compares them. Nothing is committed yet.
async fn copy_all(
    source: &Connections,
    alone: &DatabaseConnection,
    progress: &mut impl FnMut(&str, u64, u64),
) -> Result<(Target, Vec<CopiedTable>), CopyError> {
    let names = source::tables(&source.writer).await?;
    let target = Target::begin(alone, &names).await?;
    let mut tables = Vec::with_capacity(names.len());
    for name in names {
        let columns = target.columns(&name).await?;
        let all = source::count(&source.writer, &name).await?;
        let mut pages = Pages::of(&source.writer, &name, &columns);
        let mut sent = Sum::default();
        progress(&name, 0, all);
        loop {
            let rows = pages.next().await?;
            if rows.is_empty() {
                break;
            }
            for row in &rows {
                sent.add(row);
            }
            target.insert(&name, &columns, rows).await?;
            progress(&name, sent.rows, all);
        }
        let arrived = target.sum(&name, &columns).await?;
        if arrived != sent || sent.rows != all {
            return Err(CopyError::Differs {
                table: name,
                sent: sent.to_string(),
                arrived: arrived.to_string(),
            });
        }
        tables.push(CopiedTable {
            name,
            rows: sent.rows,
            checksum: sent.checksum(),
        });
    }
    Ok((target, tables))
}

/// Stops the target, marks the source, and only then commits.
async fn finish(
    source: &Connections,
    to: &Destination<'_>,
    target: Target,
    (place, id): (&str, &str),
) -> Result<(), CopyError> {
    let since = cuebook_core::clock::to_micros(to.clock.now());
    let stop = format!(
        "INSERT INTO stops (rule, what, since) VALUES ('', 'everything', {since}) ON CONFLICT DO NOTHING"
    );
    target.transaction().execute_unprepared(&stop).await?;
    // How the target itself once came about, before it was emptied.
    let forget = format!("DELETE FROM installation WHERE name = '{ARRIVAL}'");
    target.transaction().execute_unprepared(&forget).await?;
    let mut facts = vec![(COPY, id.to_owned())];
    for name in [SECRET_KEY, RESTORED_AT] {
        if let Some(value) = fact(&source.readers, name).await? {
            facts.push((name, value));
        }
    }
    for (name, value) in facts {
        let statement = Statement::from_sql_and_values(
            DbBackend::Postgres,
            "INSERT INTO installation (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            [name.into(), value.into()],
        );
        target.transaction().execute_raw(statement).await?;
    }
    let writer = WriterConnection::new(
        source.writer.clone(),
        to.clock.clone(),
        to.chance.clone(),
        to.chance.uuid(to.clock.now()),
        Metrics::default(),
    );
    mark_moved(&writer, place, id).await?;
    target.commit().await
}
