//! What has not left of events: sends of their runs, and what is forwarded of them, that are due or held. What is held for
//! an endpoint that is gone never leaves, and does not count.

use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use crate::entities::{effects, endpoints};
use crate::error::StoreError;
use crate::writer::Tx;

/// Those of the events `of`, whose runs are `runs`, of which something has not left.
pub(super) async fn unsent(
    db: &impl ConnectionTrait,
    of: &[Uuid],
    runs: &[Uuid],
) -> Result<Vec<Uuid>, StoreError> {
    use effects::Column;
    let gone = Query::select()
        .column(endpoints::Column::Id)
        .from(endpoints::Entity)
        .and_where(Expr::col(endpoints::Column::DeletedAt).is_not_null())
        .to_owned();
    let held = Condition::all().add(Column::State.eq("held")).add(
        Condition::any()
            .add(Column::EndpointId.is_null())
            .add(Column::EndpointId.not_in_subquery(gone)),
    );
    Ok(effects::Entity::find()
        .select_only()
        .column(Column::EventId)
        .filter(belong_to(of, runs))
        .filter(Condition::any().add(Column::State.eq("pending")).add(held))
        .into_tuple()
        .all(db)
        .await?)
}

/// Has nobody else change what belongs to them from here on, where others may write too.
pub(super) async fn lock(tx: &Tx<'_>, of: &[Uuid], runs: &[Uuid]) -> Result<(), StoreError> {
    if tx.is_shared() {
        let _locked: Vec<Uuid> = effects::Entity::find()
            .select_only()
            .column(effects::Column::Id)
            .filter(belong_to(of, runs))
            .order_by_asc(effects::Column::Id)
            .lock_exclusive()
            .into_tuple()
            .all(tx.db)
            .await?;
    }
    Ok(())
}

fn belong_to(of: &[Uuid], runs: &[Uuid]) -> Condition {
    Condition::any()
        .add(effects::Column::RunId.is_in(runs.iter().copied()))
        .add(
            effects::Column::EndpointId
                .is_not_null()
                .and(effects::Column::EventId.is_in(of.iter().copied())),
        )
}
