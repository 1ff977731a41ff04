//! A database that was moved elsewhere: it refuses to start, so that the same runs are not done twice.

use std::sync::Arc;

use cuebook_core::{Chance, Clock};
use sea_orm::EntityTrait;

use crate::connect;
use crate::entities::installation;
use crate::error::StoreError;
use crate::metrics::Metrics;
use crate::store::Store;
use crate::writer::{Applied, Order, Transition, Tx, WriterConnection, commit_alone};

use super::facts::{fact, set_fact};

/// The name of the fact where the database has moved to.
pub(crate) const MOVED_TO: &str = "moved_to";
/// The name of the fact that a database and its copy have in common: the id of the copy.
pub(crate) const COPY: &str = "copy";

/// A request to say where the database went.
struct MarkMoved {
    place: String,
    copy: Option<String>,
}

/// A request to say that it stays.
struct TakeBack;

impl Store {
    /// Says that this database has moved to `place` (without passwords): from now on it refuses to be opened.
    pub async fn mark_moved(&self, place: &str) -> Result<(), StoreError> {
        let place = place.to_owned();
        let copy = None;
        self.inner.writer.submit(MarkMoved { place, copy }).await
    }

    /// Makes a database that has moved good again, and says where it had moved to. To be done only where nobody uses what is
    /// there.
    pub async fn take_back(
        url: &str,
        clock: Arc<dyn Clock>,
        chance: Arc<dyn Chance>,
    ) -> Result<Option<String>, StoreError> {
        let connections = connect::open(url).await?;
        let moved_to = fact(&connections.readers, MOVED_TO).await?;
        let node = chance.uuid(clock.now());
        let writer =
            WriterConnection::new(connections.writer, clock, chance, node, Metrics::default());
        let taken = commit_alone(&writer, TakeBack).await;
        connections.readers.close().await?;
        writer.close().await;
        taken.map(|()| moved_to)
    }

    /// Refuses a database that has moved.
    pub(crate) async fn check_moved(&self) -> Result<(), StoreError> {
        match fact(self.readers(), MOVED_TO).await? {
            Some(place) => Err(StoreError::Moved(place)),
            None => Ok(()),
        }
    }
}

/// Says that the database of `writer` has moved to `place`, by the copy with this id.
pub(crate) async fn mark_moved(
    writer: &WriterConnection,
    place: &str,
    copy: &str,
) -> Result<(), StoreError> {
    let request = MarkMoved {
        place: place.to_owned(),
        copy: Some(copy.to_owned()),
    };
    commit_alone(writer, request).await
}

impl Transition for MarkMoved {
    type Output = ();
    const ORDER: Order = Order::Admin;

    async fn apply(batch: &[Self], tx: &Tx<'_>) -> Applied<()> {
        for request in batch {
            set_fact(tx, MOVED_TO, request.place.clone()).await?;
            if let Some(copy) = &request.copy {
                set_fact(tx, COPY, copy.clone()).await?;
            }
        }
        Ok(batch.iter().map(|_| Ok(())).collect())
    }
}

impl Transition for TakeBack {
    type Output = ();
    const ORDER: Order = Order::Admin;

    async fn apply(batch: &[Self], tx: &Tx<'_>) -> Applied<()> {
        for name in [MOVED_TO, COPY] {
            installation::Entity::delete_by_id(name.to_owned())
                .exec(tx.db)
                .await?;
        }
        Ok(batch.iter().map(|_| Ok(())).collect())
    }
}
