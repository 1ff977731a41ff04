//! What can go wrong with the database, sorted by what a caller can do about it.

use std::path::PathBuf;
use std::sync::Arc;

use sea_orm::sqlx::error::DatabaseError;
use sea_orm::{DbErr, RuntimeErr, SqlxError};

/// The index by which at most one run of a lane is running.
const ONE_IN_A_LANE: &str = "runs_running";
const LOCK_TIMEOUT: &str = "55P03";

/// Why the store could not do what it was asked.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// The database is locked, full or not reachable: nothing was acknowledged, and trying again later may help.
    #[error("the database is not available")]
    Unavailable(#[source] Option<DbErr>),
    /// The store has been closed.
    #[error("the store is closed")]
    Closed,
    /// The claim was lost: somebody else has the run or the send by now, or it is in another state.
    #[error("the claim was lost")]
    Fenced,
    /// The database file is damaged. It is never made anew: restore a backup.
    #[error("the database is damaged ({0}); restore a backup, nothing was changed")]
    Corrupt(String),
    /// A request contradicts what is stored.
    #[error("the request contradicts what is stored: {0}")]
    Invalid(String),
    /// A segment counts up what is no number; nothing of it was written.
    #[error(transparent)]
    NotCountable(#[from] cuebook_core::state::NotCountable),
    /// A segment emits more than one event may lead to; nothing of it was written.
    #[error(
        "emit: this event has led to {there} events so far, and {many} more would be over {limit}",
        limit = cuebook_core::limits::DESCENDANTS
    )]
    TooManyEmitted {
        /// How many there are.
        there: usize,
        /// How many more there would be.
        many: usize,
    },
    /// What is stored cannot be understood.
    #[error("a stored {what} cannot be read: {found}")]
    Unreadable {
        /// What kind of thing.
        what: &'static str,
        /// What stands there, shortened.
        found: String,
    },
    /// The URL of the database is of no kind that is known.
    #[error("{0:?} is no database that can be used: write sqlite://PATH or postgres://…")]
    UnknownDatabase(String),
    /// Another process has the database file.
    #[error("another process uses the database {}: only one may", .0.display())]
    InUse(PathBuf),
    /// The database's version has known faults.
    #[error("SQLite {found} can lose committed data: {needed} or newer is needed")]
    TooOld {
        /// The version found.
        found: String,
        /// The oldest that is good.
        needed: &'static str,
    },
    /// The database is set to acknowledge what is not on disk.
    #[error(
        "Postgres has synchronous_commit={0}: it acknowledges what is not on disk; set it to on"
    )]
    NotDurable(String),
    /// Stored secrets were sealed with another key.
    #[error(
        "this database belongs to the secret key with the fingerprint {stored}, but the one given is {given}: \
         start with the former key (`secret_key`, or the file secret.key in the data folder)"
    )]
    OtherSecretKey {
        /// The id of the key that sealed them.
        stored: String,
        /// The id of the key that was given.
        given: String,
    },
    /// The database was copied elsewhere, and is used there.
    #[error(
        "this database has moved to {0}: set `database_url` to it, for what stands here is out of date. If that one is \
         given up for good, `cuebook copy --undo` takes this one back"
    )]
    Moved(String),
    /// The database has the schema of an older version, and others may be using it.
    #[error(
        "the database has the schema of an older version of Cuebook: {count} migrations are missing, the first is \
         {first}. Apply them with `cuebook migrate`; on Postgres the nodes of the former version can go on meanwhile"
    )]
    PendingMigrations {
        /// The first migration that is missing.
        first: String,
        /// How many are.
        count: usize,
    },
    /// The database has the schema of a newer version, with which this one cannot work.
    #[error(
        "a newer version of Cuebook has changed the schema of the database in a way that this version cannot work with \
         ({found}): use the newer version"
    )]
    NewerSchema {
        /// The migration that is in the way.
        found: String,
    },
    /// A file beside the database cannot be opened.
    #[error("cannot open {}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: Arc<std::io::Error>,
    },
    /// Anything else that the database said.
    #[error("the database refused")]
    Database(#[source] DbErr),
}

impl StoreError {
    /// Whether trying again later may help: an HTTP server answers 503.
    pub fn is_unavailable(&self) -> bool {
        matches!(self, Self::Unavailable(_) | Self::Closed)
    }

    /// Whether another process's transaction got in the way (a deadlock, say): what was asked for was undone, and may be
    /// asked for again at once.
    pub(crate) fn is_conflict(&self) -> bool {
        let Self::Database(error) = self else {
            return false;
        };
        // Class 40: the transaction was rolled back.
        said(error).is_some_and(|said| {
            let code = said.code().unwrap_or_default();
            (code.len() == 5 && code.starts_with("40")) || said.constraint() == Some(ONE_IN_A_LANE)
        })
    }

    /// Whether a statement of Postgres's was given up since others had locked what it needs.
    pub(crate) fn is_lock_timeout(&self) -> bool {
        let Self::Unavailable(Some(error)) = self else {
            return false;
        };
        said(error).is_some_and(|said| said.code().as_deref() == Some(LOCK_TIMEOUT))
    }

    pub(crate) fn unreadable(what: &'static str, found: impl Into<String>) -> Self {
        let found: String = found.into().chars().take(80).collect();
        Self::Unreadable { what, found }
    }
}

/// What the database itself said.
fn said(error: &DbErr) -> Option<&dyn DatabaseError> {
    let (DbErr::Conn(RuntimeErr::SqlxError(cause))
    | DbErr::Exec(RuntimeErr::SqlxError(cause))
    | DbErr::Query(RuntimeErr::SqlxError(cause))) = error
    else {
        return None;
    };
    cause.as_database_error()
}

impl From<DbErr> for StoreError {
    fn from(error: DbErr) -> Self {
        match &error {
            DbErr::ConnectionAcquire(_) => Self::Unavailable(Some(error)),
            DbErr::Conn(RuntimeErr::SqlxError(cause))
            | DbErr::Exec(RuntimeErr::SqlxError(cause))
            | DbErr::Query(RuntimeErr::SqlxError(cause)) => match judge(cause) {
                Verdict::Unavailable => Self::Unavailable(Some(error)),
                Verdict::Corrupt(message) => Self::Corrupt(message),
                Verdict::Refused(message) => Self::Invalid(message),
                Verdict::Other => Self::Database(error),
            },
            _ => Self::Database(error),
        }
    }
}

enum Verdict {
    Unavailable,
    Corrupt(String),
    Refused(String),
    Other,
}

fn judge(cause: &SqlxError) -> Verdict {
    match cause {
        SqlxError::Database(database) => {
            let code = database.code().unwrap_or_default();
            // Two nodes have claimed a run of one lane at the same moment: whoever is later tries anew.
            if database.constraint() == Some(ONE_IN_A_LANE) {
                return Verdict::Other;
            }
            if database.is_unique_violation()
                || database.is_foreign_key_violation()
                || database.is_check_violation()
            {
                return Verdict::Refused(database.message().to_owned());
            }
            // SQLite's codes are numbers below 10,000, Postgres's have five characters.
            match (code.len(), code.parse::<u32>()) {
                (1..=4, Ok(number)) => sqlite(number, database.message()),
                _ => postgres(&code, database.message()),
            }
        }
        SqlxError::Io(_)
        | SqlxError::Tls(_)
        | SqlxError::Protocol(_)
        | SqlxError::PoolTimedOut
        | SqlxError::PoolClosed
        | SqlxError::WorkerCrashed => Verdict::Unavailable,
        _ => Verdict::Other,
    }
}

/// <https://sqlite.org/rescode.html>: the low byte of an extended code is its primary one.
fn sqlite(code: u32, message: &str) -> Verdict {
    match code & 0xff {
        // BUSY, LOCKED, NOMEM, READONLY, IOERR, FULL, CANTOPEN, PROTOCOL
        5 | 6 | 7 | 8 | 10 | 13 | 14 | 15 => Verdict::Unavailable,
        // CORRUPT, NOTADB
        11 | 26 => Verdict::Corrupt(message.to_owned()),
        _ => Verdict::Other,
    }
}

/// <https://www.postgresql.org/docs/current/errcodes-appendix.html>: by class, that is the first two characters.
fn postgres(code: &str, message: &str) -> Verdict {
    match code.get(..2) {
        // Connection, resources, operator's intervention and statement timeouts, system errors.
        Some("08" | "53" | "57" | "58") => Verdict::Unavailable,
        Some("55") if code == LOCK_TIMEOUT => Verdict::Unavailable,
        // A server that lost its leadership; a transaction that stood still for too long.
        Some("25") if code == "25006" || code == "25P03" => Verdict::Unavailable,
        Some("XX") if code != "XX000" => Verdict::Corrupt(message.to_owned()),
        _ => Verdict::Other,
    }
}
