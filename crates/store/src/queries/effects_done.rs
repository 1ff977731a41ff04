//! What a run has done outside, for whoever thinks of letting it begin anew.

use cuebook_core::RunId;
use cuebook_core::effect::Effect;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use super::ledger::with_attempts;
use crate::entities::effects;
use crate::error::StoreError;
use crate::store::Store;

/// The states of effects that were done, may have been, or are about to be.
const DONE: [&str; 4] = ["done", "unknown", "pending", "held"];

impl Store {
    /// The effects of a run, of all generations, that were done, may have been, or are on their way; oldest first.
    pub async fn effects_done(&self, run: RunId) -> Result<Vec<Effect>, StoreError> {
        let rows = effects::Entity::find()
            .filter(effects::Column::RunId.eq(run.0))
            .filter(effects::Column::State.is_in(DONE))
            .order_by_asc(effects::Column::Id)
            .all(self.readers())
            .await?;
        with_attempts(self.readers(), rows).await
    }
}
