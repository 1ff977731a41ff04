//! Endpoints.

use cuebook_core::EndpointId;
use cuebook_core::clock::from_micros;
use cuebook_core::endpoint::{Endpoint, EndpointState};
use cuebook_core::event::Origin;

use super::words::word;
use crate::entities::endpoints;
use crate::error::StoreError;

/// The endpoint of a row.
pub(crate) fn endpoint_of(row: endpoints::Model) -> Result<Endpoint, StoreError> {
    let list = |text: &str| {
        serde_json::from_str::<Vec<String>>(text)
            .map_err(|error| StoreError::unreadable("endpoint's list", error.to_string()))
    };
    let origins = list(&row.origins)?;
    let origins = origins
        .iter()
        .map(|text| word("origin", text, Origin::from_word));
    Ok(Endpoint {
        id: EndpointId(row.id),
        types: list(&row.types)?,
        origins: origins.collect::<Result<_, _>>()?,
        url: row.url,
        description: row.description,
        state: word("endpoint's state", &row.state, EndpointState::from_word)?,
        reason: row.reason,
        rate: row.rate.and_then(|rate| u32::try_from(rate).ok()),
        created_at: from_micros(row.created_at),
        updated_at: from_micros(row.updated_at),
        failing_since: row.failing_since.map(from_micros),
        paused_at: row.paused_at.map(from_micros),
        former_secret_until: row.former_secret_until.map(from_micros),
    })
}
