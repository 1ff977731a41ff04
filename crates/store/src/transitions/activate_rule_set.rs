//! Makes a rule set that is stored the active one again.
//!
//! If the process dies before the commit, the former set is still the active one.

use sea_orm::EntityTrait;
use serde_json::Value as Json;

use super::save_rule_set::{activate, in_force};
use crate::audit::{Change, Target};
use crate::entities::rule_sets;
use crate::error::StoreError;
use crate::store::Store;
use crate::writer::{Applied, Order, Transition, Tx};

/// A request to activate the set with this hash.
pub(crate) struct ActivateRuleSet(String);

impl Store {
    /// Makes the set with this hash the active one. Says whether there is such a set.
    pub async fn activate_rule_set(&self, hash: &str) -> Result<bool, StoreError> {
        let request = ActivateRuleSet(hash.to_owned());
        self.change(request).await
    }
}

impl Transition for ActivateRuleSet {
    type Output = bool;
    const ORDER: Order = Order::Admin;

    async fn apply(batch: &[Self], tx: &Tx<'_>) -> Applied<bool> {
        let mut done = Vec::with_capacity(batch.len());
        // One by one: the last one wins. It is rare.
        for ActivateRuleSet(hash) in batch {
            let found = rule_sets::Entity::find_by_id(hash.clone())
                .one(tx.db)
                .await?;
            if found.is_some() {
                activate(tx, hash).await?;
            }
            done.push(Ok(found.is_some()));
        }
        Ok(done)
    }
}

impl Change for ActivateRuleSet {
    fn target(&self) -> Target {
        Target::new("rule_set", &self.0)
    }

    async fn picture(&self, tx: &Tx<'_>) -> Result<Option<Json>, StoreError> {
        in_force(tx).await
    }
}
