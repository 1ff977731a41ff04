//! The fingerprint of the key that seals secrets, kept from the first start on: a start with another key is refused, also
//! where nothing is sealed yet, since answers and logins would be sealed with two keys from then on.

use crate::entities::installation;
use crate::error::StoreError;
use crate::statements::insert_missing;
use crate::store::Store;
use crate::writer::{Applied, Order, Transition, Tx};

use super::facts::fact;

/// The name of the fact.
pub(crate) const SECRET_KEY: &str = "secret_key";

/// A request to keep the fingerprint, unless there is one.
struct KeepFingerprint(String);

impl Store {
    /// Refuses a key other than the one that this database began with.
    pub(crate) async fn check_fingerprint(&self) -> Result<(), StoreError> {
        let given = self.inner.secret_key.id();
        let mut stored = fact(self.readers(), SECRET_KEY).await?;
        if stored.is_none() {
            self.inner
                .writer
                .submit(KeepFingerprint(given.clone()))
                .await?;
            // Another process may have been first.
            stored = fact(self.readers(), SECRET_KEY).await?;
        }
        match stored {
            Some(stored) if stored != given => Err(StoreError::OtherSecretKey { stored, given }),
            _ => Ok(()),
        }
    }

    /// The fingerprint of the key that the database at `url` began with; `None` where nobody has begun yet.
    pub async fn fingerprint_of(url: &str) -> Result<Option<String>, StoreError> {
        let readers = crate::connect::open_to_read(url).await?;
        let found = fact(&readers, SECRET_KEY).await;
        readers.close().await?;
        found
    }
}

impl Transition for KeepFingerprint {
    type Output = ();
    const ORDER: Order = Order::Admin;

    async fn apply(batch: &[Self], tx: &Tx<'_>) -> Applied<()> {
        for request in batch {
            let row = installation::Model {
                name: SECRET_KEY.to_owned(),
                value: request.0.clone(),
            };
            insert_missing(tx, vec![row]).await?;
        }
        Ok(batch.iter().map(|_| Ok(())).collect())
    }
}
