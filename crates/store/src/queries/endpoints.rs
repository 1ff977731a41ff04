//! Endpoints, as operators look at them and as they are kept in memory.

use std::collections::HashMap;
use std::sync::Arc;

use cuebook_core::EndpointId;
use cuebook_core::endpoint::{Destinations, Endpoint};
use cuebook_core::secret::SecretText;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::page::{Listed, Page};
use crate::endpoints::{Endpoints, Known};
use crate::entities::{endpoints, secrets};
use crate::error::StoreError;
use crate::reading::endpoint_of;
use crate::secrets::ENDPOINT_NAMESPACE;
use crate::store::Store;
use crate::transitions::ReleaseHeld;

impl Store {
    /// Endpoints, newest first.
    pub async fn list_endpoints(&self, page: &Page) -> Result<Listed<Endpoint>, StoreError> {
        let select = endpoints::Entity::find().filter(endpoints::Column::DeletedAt.is_null());
        let mut rows = page
            .of(select, endpoints::Column::Id)
            .all(self.readers())
            .await?;
        let next = page.cut(&mut rows, |row| row.id);
        let items = rows
            .into_iter()
            .map(endpoint_of)
            .collect::<Result<_, _>>()?;
        Ok(Listed { items, next })
    }

    /// The endpoint with this id.
    pub async fn show_endpoint(&self, id: EndpointId) -> Result<Option<Endpoint>, StoreError> {
        let row = endpoints::Entity::find_by_id(id.0)
            .filter(endpoints::Column::DeletedAt.is_null())
            .one(self.readers())
            .await?;
        row.map(endpoint_of).transpose()
    }

    /// Where deliveries go, kept fresh.
    pub fn destinations(&self) -> Arc<dyn Destinations> {
        Arc::clone(&self.inner.endpoints) as Arc<dyn Destinations>
    }

    /// Decides whether deliveries are recorded as captured instead of sent.
    pub fn capture_deliveries(&self, capture: bool) {
        self.inner.endpoints.capture(capture);
    }

    /// Reads the endpoints into memory. What was held for one that is enabled now is let go.
    pub(crate) async fn refresh_endpoints(&self) -> Result<(), StoreError> {
        let endpoints: &Endpoints = &self.inner.endpoints;
        let reading = endpoints.reading.lock().await;
        let enabled = endpoints.replace(self.read_endpoints().await?);
        drop(reading);
        for enabled in enabled {
            self.inner.writer.submit(ReleaseHeld(enabled)).await?;
        }
        Ok(())
    }

    async fn read_endpoints(&self) -> Result<Vec<Known>, StoreError> {
        let rows = endpoints::Entity::find()
            .filter(endpoints::Column::DeletedAt.is_null())
            .all(self.readers())
            .await?;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let mut texts: HashMap<String, SecretText> = HashMap::new();
        let sealed = secrets::Entity::find()
            .filter(secrets::Column::Namespace.eq(ENDPOINT_NAMESPACE))
            .all(self.readers())
            .await?;
        for row in sealed {
            texts.insert(row.name.clone(), self.open_secret(row)?);
        }
        let mut known = Vec::with_capacity(rows.len());
        for row in rows {
            let id = EndpointId(row.id);
            // One that was made or removed while this was read has none yet, or none any more.
            if let Some(secret) = texts.remove(&id.to_string()) {
                known.push(Known {
                    secret,
                    former: texts.remove(&former_secret(id)),
                    endpoint: endpoint_of(row)?,
                });
            }
        }
        Ok(known)
    }
}

/// The name of an endpoint's former secret.
pub(crate) fn former_secret(id: EndpointId) -> String {
    format!("{id}/former")
}
