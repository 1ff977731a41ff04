//! What can be wrong with moving a database.

use sea_orm::DbErr;

use crate::error::StoreError;

/// Why a database was not moved. Unless it says otherwise nothing has changed, neither here nor there.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// One of the databases failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The source is no SQLite file.
    #[error(
        "only a SQLite database can be copied; between two Postgres databases use pg_dump and pg_restore"
    )]
    NotFromSqlite,
    /// The target is no Postgres.
    #[error("the target has to be a Postgres: write --to postgres://user@host/database")]
    NotToPostgres,
    /// The target has something in it.
    #[error(
        "the target has rows in its table `{0}`: it has to be empty, so make a database for it alone"
    )]
    NotEmpty(String),
    /// The source went somewhere else already.
    #[error(
        "the database has moved to {0} already: two copies at work would do everything twice. If that one is gone for good, `cuebook copy --undo` takes this one back"
    )]
    MovedElsewhere(String),
    /// The target holds the copy, and somebody let it go on.
    #[error("the target cannot be used: {0}")]
    Unusable(String),
    /// A column that is of no kind that Cuebook uses.
    #[error("the column `{column}` of `{table}` is a {kind}, which cannot be copied")]
    Column {
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// What Postgres calls its type.
        kind: String,
    },
    /// What arrived is not what was sent.
    #[error(
        "the table `{table}` arrived differently: {sent} were sent, {arrived} are there; nothing was kept"
    )]
    Differs {
        /// The table.
        table: String,
        /// How many rows, and their checksum, here.
        sent: String,
        /// The same there.
        arrived: String,
    },
    /// Nobody knows whether the target has kept it.
    #[error(
        "the connection was lost while the target committed, and nobody knows whether it has: run the same command again, which finds out and ends what is left to do"
    )]
    Unknown(#[source] DbErr),
}

impl From<DbErr> for CopyError {
    fn from(error: DbErr) -> Self {
        Self::Store(error.into())
    }
}
