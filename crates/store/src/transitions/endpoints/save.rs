//! A person registers an endpoint: its row and its sealed secret, in one transaction. It gets what comes from then on.

use cuebook_core::clock::to_micros;
use cuebook_core::endpoint::EndpointState;
use cuebook_core::event::Origin;
use cuebook_core::secret::SecretText;
use cuebook_core::{Account, EndpointId};
use sea_orm::EntityTrait;
use serde_json::{Value as Json, json};

use super::super::secret::{ChangeSecret, apply_one};
use crate::audit::{Change, Target};
use crate::entities::endpoints;
use crate::error::StoreError;
use crate::secrets::{ENDPOINT_NAMESPACE, seal};
use crate::statements::insert_all;
use crate::store::Store;
use crate::writer::{Applied, Order, Transition, Tx};

/// An endpoint to be registered.
#[derive(Debug, Clone)]
pub struct NewEndpoint {
    /// Its id.
    pub id: EndpointId,
    /// Where to.
    pub url: String,
    /// What it is for.
    pub description: String,
    /// Which types of messages it gets; all if empty.
    pub types: Vec<String>,
    /// How messages came that it gets.
    pub origins: Vec<Origin>,
    /// Whether it gets messages from now on.
    pub enabled: bool,
    /// So many messages a second at most.
    pub rate: Option<u32>,
}

/// An endpoint to be registered, with its sealed secret.
pub(crate) struct SaveEndpoint {
    new: NewEndpoint,
    secret: ChangeSecret,
}

impl Store {
    /// Registers an endpoint whose messages are signed with `secret`.
    pub async fn add_endpoint(
        &self,
        new: NewEndpoint,
        secret: &SecretText,
    ) -> Result<(), StoreError> {
        let secret = self.sealed_for_endpoint(&new.id.to_string(), secret)?;
        self.change(SaveEndpoint { new, secret }).await?;
        self.refresh_endpoints().await
    }

    /// A secret of an endpoint, to be stored under this name.
    pub(super) fn sealed_for_endpoint(
        &self,
        name: &str,
        secret: &SecretText,
    ) -> Result<ChangeSecret, StoreError> {
        let key = &self.inner.secret_key;
        let sealed = seal(key, &*self.inner.chance, ENDPOINT_NAMESPACE, name, secret)?;
        let key_id = key.id();
        Ok(ChangeSecret::put(ENDPOINT_NAMESPACE, name, key_id, sealed))
    }
}

impl Transition for SaveEndpoint {
    type Output = ();
    const ORDER: Order = Order::Admin;

    async fn apply(batch: &[Self], tx: &Tx<'_>) -> Applied<()> {
        for request in batch {
            insert_all(tx, vec![row(&request.new, tx)?]).await?;
            apply_one(&request.secret, tx).await?;
        }
        tx.ready.access();
        Ok(batch.iter().map(|_| Ok(())).collect())
    }
}

impl Change for SaveEndpoint {
    fn target(&self) -> Target {
        Target::new("endpoint", &self.new.id)
    }

    async fn picture(&self, tx: &Tx<'_>) -> Result<Option<Json>, StoreError> {
        picture(tx, self.new.id).await
    }
}

/// What the audit log shows of an endpoint.
pub(super) async fn picture(tx: &Tx<'_>, id: EndpointId) -> Result<Option<Json>, StoreError> {
    let row = endpoints::Entity::find_by_id(id.0).one(tx.db).await?;
    let row = row.filter(|row| row.deleted_at.is_none());
    let Some(row) = row else {
        return Ok(None);
    };
    let rotated = row.former_secret_until;
    let endpoint = crate::reading::endpoint_of(row)?;
    Ok(Some(json!({
        "url": endpoint.target(),
        "description": endpoint.description,
        "types": endpoint.types,
        "origins": endpoint.origins,
        "state": endpoint.state,
        "rate": endpoint.rate,
        // Tells one secret from the next without telling it.
        "former_secret_until": rotated,
    })))
}

/// A list as a row holds it.
pub(super) fn list(items: &[impl AsRef<str>]) -> Result<String, StoreError> {
    let items: Vec<&str> = items.iter().map(AsRef::as_ref).collect();
    serde_json::to_string(&items).map_err(|error| StoreError::Invalid(error.to_string()))
}

/// A rate as a row holds it.
pub(super) fn rate(rate: Option<u32>) -> Option<i32> {
    rate.map(|rate| i32::try_from(rate).unwrap_or(i32::MAX))
}

fn row(new: &NewEndpoint, tx: &Tx<'_>) -> Result<endpoints::Model, StoreError> {
    let origins: Vec<&str> = new.origins.iter().map(|origin| origin.as_str()).collect();
    let state = if new.enabled {
        EndpointState::Enabled
    } else {
        EndpointState::Disabled
    };
    Ok(endpoints::Model {
        id: new.id.0,
        account: Account::default().0,
        url: new.url.clone(),
        description: new.description.clone(),
        types: list(&new.types)?,
        origins: list(&origins)?,
        state: state.as_str().to_owned(),
        reason: None,
        rate: rate(new.rate),
        created_at: to_micros(tx.now),
        updated_at: to_micros(tx.now),
        failing_since: None,
        paused_at: (!new.enabled).then(|| to_micros(tx.now)),
        former_secret_until: None,
        deleted_at: None,
    })
}
