//! A database that was restored from a backup, or copied from another one. Whoever brings it here notes so before
//! anybody opens it: everything is then paused until a person resumes, and what was in hand is given back.
//!
//! What a backup has as due may have been done after it was taken: each such send gets an entry in the ledger that says so
//! (attempt 0, `unknown`). So do the sends and writes that the runs of the backup ask for from now on: they may have asked
//! for them before, in the time that is lost. After a copy nothing is in doubt, since its source had stopped.

use std::sync::Arc;

use cuebook_core::clock::{from_micros, to_micros};
use cuebook_core::{Chance, Clock, Timestamp};
use serde::{Deserialize, Serialize};

use super::facts::fact;
use crate::connect;
use crate::error::StoreError;
use crate::metrics::Metrics;
use crate::store::Store;
use crate::transitions::Arrive;
use crate::writer::{WriterConnection, commit_alone};

/// The name of the fact that tells how the database came here.
pub(crate) const ARRIVAL: &str = "arrival";
/// The name of the fact since when what older runs ask for is in doubt.
pub(crate) const RESTORED_AT: &str = "restored_at";

/// How a database came here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ArrivedBy {
    /// From a backup: what was done since it was taken is not in it.
    Restored,
    /// From another database, which has stopped: nothing is missing.
    Copied,
}

/// A database that was just brought here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arriving {
    /// How.
    pub by: ArrivedBy,
    /// The moment that it shows.
    pub taken_at: Timestamp,
}

/// What is noted of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrival {
    /// How it came.
    pub by: ArrivedBy,
    /// The moment that it showed then.
    pub taken_at: Timestamp,
    /// When it came.
    pub at: Timestamp,
}

/// The same as it is stored, in microseconds.
#[derive(Serialize, Deserialize)]
struct Row {
    by: ArrivedBy,
    taken_at: i64,
    at: i64,
}

impl Arrival {
    /// As it is stored.
    pub(crate) fn to_text(self) -> Result<String, StoreError> {
        let row = Row {
            by: self.by,
            taken_at: to_micros(self.taken_at),
            at: to_micros(self.at),
        };
        serde_json::to_string(&row).map_err(|error| StoreError::Invalid(error.to_string()))
    }

    fn from_text(text: &str) -> Result<Self, StoreError> {
        let row: Row =
            serde_json::from_str(text).map_err(|_| StoreError::unreadable("arrival", text))?;
        Ok(Self {
            by: row.by,
            taken_at: from_micros(row.taken_at),
            at: from_micros(row.at),
        })
    }
}

impl Store {
    /// Notes that the database at `url` was brought here, pauses everything and gives back what was in hand. Brings its
    /// schema up to date. To be called before it is opened as a store; needs no secret key.
    pub async fn arrive(
        url: &str,
        arriving: Arriving,
        clock: Arc<dyn Clock>,
        chance: Arc<dyn Chance>,
    ) -> Result<Arrival, StoreError> {
        let connections = connect::open(url).await?;
        let at = clock.now();
        let node = chance.uuid(at);
        let metrics = Metrics::default();
        let writer = WriterConnection::new(connections.writer, clock, chance, node, metrics);
        let arrival = Arrival {
            by: arriving.by,
            taken_at: arriving.taken_at,
            at,
        };
        let noted = commit_alone(&writer, Arrive(arrival)).await;
        connections.readers.close().await?;
        writer.close().await;
        noted.map(|()| arrival)
    }

    /// How the database came here, where it was not made here.
    pub async fn arrival(&self) -> Result<Option<Arrival>, StoreError> {
        let text = fact(self.readers(), ARRIVAL).await?;
        text.map(|text| Arrival::from_text(&text)).transpose()
    }
}

/// Since when what older runs ask for is in doubt.
pub(crate) async fn restored_at(
    db: &impl sea_orm::ConnectionTrait,
) -> Result<Option<Timestamp>, StoreError> {
    let Some(text) = fact(db, RESTORED_AT).await? else {
        return Ok(None);
    };
    let micros = text.parse();
    let micros = micros.map_err(|_| StoreError::unreadable("instant of the restore", &text))?;
    Ok(Some(from_micros(micros)))
}
