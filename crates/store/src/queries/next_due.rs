//! When something is due next, for whoever sleeps until then.

use cuebook_core::Timestamp;
use cuebook_core::clock::{from_micros, to_micros};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

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
    /// When something is due next; it may be past. Of sends only those that are due after `sends_after`.
    pub async fn next_due(&self, sends_after: Option<Timestamp>) -> Result<NextDue, StoreError> {
        let mut sends = effects::Entity::find()
            .select_only()
            .column(effects::Column::DueAt)
            .filter(Expr::col(effects::Column::State).eq(word("pending")))
            .filter(Expr::col(effects::Column::DueAt).is_not_null())
            .filter(Expr::col(effects::Column::ClaimedAt).is_null());
        if let Some(after) = sends_after {
            sends = sends.filter(effects::Column::DueAt.gt(to_micros(after)));
        }
        let send: Option<i64> = sends
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
