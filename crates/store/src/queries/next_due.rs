//! When something is due next, for whoever sleeps until then.

use cuebook_core::Timestamp;
use cuebook_core::clock::from_micros;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::entities::effects;
use crate::error::StoreError;
use crate::statements::word;
use crate::store::Store;
use crate::transitions::next_wake;

/// When something is due next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct NextDue {
    /// The next waiting run.
    pub run: Option<Timestamp>,
    /// The next send that nobody has claimed.
    pub send: Option<Timestamp>,
}

impl Store {
    /// When something is due next; it may be past.
    pub async fn next_due(&self) -> Result<NextDue, StoreError> {
        let send: Option<i64> = effects::Entity::find()
            .select_only()
            .column(effects::Column::DueAt)
            .filter(Expr::col(effects::Column::State).eq(word("pending")))
            .filter(Expr::col(effects::Column::DueAt).is_not_null())
            .filter(Expr::col(effects::Column::ClaimedAt).is_null())
            .order_by_asc(effects::Column::DueAt)
            .limit(1)
            .into_tuple()
            .one(self.readers())
            .await?;
        Ok(NextDue {
            run: next_wake(self.readers()).await?,
            send: send.map(from_micros),
        })
    }
}
