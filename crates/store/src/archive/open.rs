//! Opening a database to read in it.

use sea_orm::DatabaseConnection;

use crate::connect;
use crate::error::StoreError;

/// A database that is only read, while a server may be writing to it.
pub struct Archive {
    pub(super) readers: DatabaseConnection,
}

impl Archive {
    /// Opens the database at `url`. It has to be there, and of this version's schema: nothing is created or changed.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        Ok(Self {
            readers: connect::open_to_read(url).await?,
        })
    }

    /// Closes it.
    pub async fn close(self) -> Result<(), StoreError> {
        Ok(self.readers.close().await?)
    }
}
