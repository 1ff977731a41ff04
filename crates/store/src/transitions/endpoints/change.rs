//! A person changes an endpoint, enables or disables it, gives it another secret, or removes it.
//!
//! What is under way is not taken back. What is held for an endpoint that is enabled again is due at once (see `again`);
//! what is held for one that is removed is discarded, and what is pending as it comes due. If the process dies before the commit, the
//! endpoint is as it was.

use chrono::TimeDelta;
use cuebook_core::EndpointId;
use cuebook_core::clock::to_micros;
use cuebook_core::effect::EffectState;
use cuebook_core::endpoint::{EndpointState, OVERLAP};
use cuebook_core::event::Origin;
use cuebook_core::secret::SecretText;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use serde_json::Value as Json;

use super::super::secret::{ChangeSecret, apply_one};
use super::save::{list, picture, rate};
use crate::audit::{Change, Target};
use crate::entities::{effects, endpoints, secrets};
use crate::error::StoreError;
use crate::queries::former_secret;
use crate::secrets::ENDPOINT_NAMESPACE;
use crate::statements::word;
use crate::store::Store;
use crate::writer::{Applied, Order, Transition, Tx};

/// What an operator said where no reason was given.
const BY_OPERATOR: &str = "an operator has disabled it";

/// What is changed of an endpoint; what is left out stays.
#[derive(Debug, Clone, Default)]
pub struct EndpointChanges {
    /// Where to.
    pub url: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// Which types of messages it gets.
    pub types: Option<Vec<String>>,
    /// How messages came that it gets.
    pub origins: Option<Vec<Origin>>,
    /// So many messages a second at most; `Some(None)` for as many as there are.
    pub rate: Option<Option<u32>>,
}

/// What came of a decision about an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndpointOperated {
    /// It was carried out, or was so already.
    Done,
    /// There is no such endpoint.
    NoSuch,
}

/// A request about an endpoint.
pub(crate) struct ChangeEndpoint {
    id: EndpointId,
    what: What,
}

enum What {
    Settings(EndpointChanges),
    Enable,
    Disable,
    Remove,
    /// The new secret and the former one, each sealed for its place.
    Rotate(Box<[ChangeSecret; 2]>),
}

impl Store {
    /// Changes what is given of an endpoint.
    pub async fn update_endpoint(
        &self,
        id: EndpointId,
        changes: EndpointChanges,
    ) -> Result<EndpointOperated, StoreError> {
        self.change_endpoint(id, What::Settings(changes)).await
    }

    /// Has an endpoint get messages, and what is held for it. Its time of failing begins anew.
    pub async fn enable_endpoint(&self, id: EndpointId) -> Result<EndpointOperated, StoreError> {
        self.change_endpoint(id, What::Enable).await
    }

    /// Has an endpoint get no messages. What is pending for it is held.
    pub async fn disable_endpoint(&self, id: EndpointId) -> Result<EndpointOperated, StoreError> {
        self.change_endpoint(id, What::Disable).await
    }

    /// Removes an endpoint with its secrets. Its deliveries stay in the ledger.
    pub async fn remove_endpoint(&self, id: EndpointId) -> Result<EndpointOperated, StoreError> {
        self.change_endpoint(id, What::Remove).await
    }

    /// Has messages signed with `secret` from now on, and for a day with the former one, too.
    pub async fn rotate_endpoint_secret(
        &self,
        id: EndpointId,
        secret: &SecretText,
    ) -> Result<EndpointOperated, StoreError> {
        let name = id.to_string();
        let Some(former) = self.get_secret(ENDPOINT_NAMESPACE, &name).await? else {
            return Ok(EndpointOperated::NoSuch);
        };
        let both = [
            self.sealed_for_endpoint(&name, secret)?,
            self.sealed_for_endpoint(&former_secret(id), &former)?,
        ];
        self.change_endpoint(id, What::Rotate(Box::new(both))).await
    }

    async fn change_endpoint(
        &self,
        id: EndpointId,
        what: What,
    ) -> Result<EndpointOperated, StoreError> {
        let operated = self.change(ChangeEndpoint { id, what }).await?;
        self.refresh_endpoints().await?;
        Ok(operated)
    }
}

impl Transition for ChangeEndpoint {
    type Output = EndpointOperated;
    const ORDER: Order = Order::Admin;

    async fn apply(batch: &[Self], tx: &Tx<'_>) -> Applied<EndpointOperated> {
        let mut results = Vec::with_capacity(batch.len());
        for request in batch {
            results.push(Ok(change(tx, request).await?));
        }
        tx.ready.access();
        Ok(results)
    }
}

impl Change for ChangeEndpoint {
    fn target(&self) -> Target {
        Target::new("endpoint", &self.id)
    }

    async fn picture(&self, tx: &Tx<'_>) -> Result<Option<Json>, StoreError> {
        picture(tx, self.id).await
    }
}

async fn change(tx: &Tx<'_>, request: &ChangeEndpoint) -> Result<EndpointOperated, StoreError> {
    let mut select =
        endpoints::Entity::find_by_id(request.id.0).filter(endpoints::Column::DeletedAt.is_null());
    if tx.is_shared() {
        select = select.lock_exclusive();
    }
    let Some(row) = select.one(tx.db).await? else {
        return Ok(EndpointOperated::NoSuch);
    };
    let mut values = vec![(endpoints::Column::UpdatedAt, Expr::value(tx.now_micros()))];
    match &request.what {
        What::Settings(changes) => values.extend(settings(changes)?),
        What::Enable if row.state == EndpointState::Enabled.as_str() => {
            return Ok(EndpointOperated::Done);
        }
        What::Enable => values.extend([
            state(EndpointState::Enabled),
            (endpoints::Column::Reason, Expr::value(None::<String>)),
            (endpoints::Column::PausedAt, Expr::value(None::<i64>)),
            (endpoints::Column::FailingSince, Expr::value(None::<i64>)),
        ]),
        What::Disable if row.state == EndpointState::Disabled.as_str() => {
            return Ok(EndpointOperated::Done);
        }
        What::Disable => values.extend([
            state(EndpointState::Disabled),
            (endpoints::Column::Reason, Expr::value(BY_OPERATOR)),
            (endpoints::Column::PausedAt, Expr::value(tx.now_micros())),
        ]),
        What::Remove => {
            values.push((endpoints::Column::DeletedAt, Expr::value(tx.now_micros())));
            forget_secrets(tx, request.id).await?;
            discard_held(tx, request.id).await?;
        }
        What::Rotate(both) => {
            for secret in both.iter() {
                apply_one(secret, tx).await?;
            }
            let overlap = TimeDelta::from_std(OVERLAP).unwrap_or_default();
            let until = Expr::value(to_micros(tx.now + overlap));
            values.push((endpoints::Column::FormerSecretUntil, until));
        }
    }
    let mut update = endpoints::Entity::update_many().filter(endpoints::Column::Id.eq(row.id));
    for (column, value) in values {
        update = update.col_expr(column, value);
    }
    update.exec(tx.db).await?;
    Ok(EndpointOperated::Done)
}

fn state(state: EndpointState) -> (endpoints::Column, Expr) {
    (endpoints::Column::State, Expr::value(state.as_str()))
}

fn settings(changes: &EndpointChanges) -> Result<Vec<(endpoints::Column, Expr)>, StoreError> {
    let mut values = Vec::new();
    if let Some(url) = &changes.url {
        values.push((endpoints::Column::Url, Expr::value(url.as_str())));
    }
    if let Some(description) = &changes.description {
        let description = Expr::value(description.as_str());
        values.push((endpoints::Column::Description, description));
    }
    if let Some(types) = &changes.types {
        values.push((endpoints::Column::Types, Expr::value(list(types)?)));
    }
    if let Some(origins) = &changes.origins {
        let origins: Vec<&str> = origins.iter().map(|origin| origin.as_str()).collect();
        values.push((endpoints::Column::Origins, Expr::value(list(&origins)?)));
    }
    if let Some(changed) = changes.rate {
        values.push((endpoints::Column::Rate, Expr::value(rate(changed))));
    }
    Ok(values)
}

async fn forget_secrets(tx: &Tx<'_>, id: EndpointId) -> Result<(), StoreError> {
    secrets::Entity::delete_many()
        .filter(secrets::Column::Namespace.eq(ENDPOINT_NAMESPACE))
        .filter(secrets::Column::Name.is_in([id.to_string(), former_secret(id)]))
        .exec(tx.db)
        .await?;
    Ok(())
}

/// Nobody lets it go any more.
async fn discard_held(tx: &Tx<'_>, id: EndpointId) -> Result<(), StoreError> {
    let discarded = Expr::value(EffectState::Discarded.as_str());
    effects::Entity::update_many()
        .col_expr(effects::Column::State, discarded)
        .col_expr(effects::Column::SettledAt, Expr::value(tx.now_micros()))
        .filter(effects::Column::EndpointId.eq(id.0))
        .filter(Expr::col(effects::Column::State).eq(word("held")))
        .exec(tx.db)
        .await?;
    Ok(())
}
