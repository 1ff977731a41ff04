//! Makes waiting runs ready: behind those that queue in their lane already.

use cuebook_core::run::RunState;
use sea_orm::Value;
use sea_orm::sea_query::Expr;
use uuid::Uuid;

use crate::entities::runs;
use crate::error::StoreError;
use crate::statements::{given, update_each};
use crate::writer::Tx;

/// Makes `runs` ready, in this order.
pub(super) async fn queue_again(tx: &Tx<'_>, runs: &[Uuid]) -> Result<(), StoreError> {
    if runs.is_empty() {
        return Ok(());
    }
    let rows: Vec<Vec<Value>> = runs
        .iter()
        .map(|id| vec![Value::from(*id), Value::from(tx.id())])
        .collect();
    tx.ready.runs();
    update_each(
        tx,
        runs::Entity,
        runs::Column::Id,
        vec![
            (runs::Column::State, Expr::value(RunState::Ready.as_str())),
            (runs::Column::QueueKey, given(2)),
            (runs::Column::WakeAt, Expr::value(None::<i64>)),
            (runs::Column::Code, Expr::value(None::<String>)),
            (runs::Column::Reason, Expr::value(None::<String>)),
            (runs::Column::Claims, Expr::value(0_i32)),
        ],
        rows,
    )
    .await
}
