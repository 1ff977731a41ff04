//! Taking claims back: runs are ready again, sends are due again and the attempt that was open is recorded as one whose
//! outcome nobody can know. The fence moves on, so that the former holder's late writes are refused.

use cuebook_core::EffectId;
use cuebook_core::clock::from_micros;
use cuebook_core::effect::{Attempt, AttemptOutcome};
use cuebook_core::run::RunState;
use sea_orm::sea_query::{Expr, ExprTrait, LockBehavior, LockType, Query, SelectStatement};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::effect_changes::attempt_row;
use crate::entities::{effects, nodes, runs};
use crate::error::StoreError;
use crate::statements::{insert_all, word};
use crate::writer::Tx;

/// Whose claims are taken back.
#[derive(Debug, Clone, Copy)]
pub(super) enum Whose {
    /// All: there is no other process.
    Everybodys,
    /// Those of processes that are not listed as alive.
    TheDeads,
    /// This process's own, in an orderly end.
    Ours(Uuid),
}

impl Whose {
    fn condition(self, holder: Expr) -> Condition {
        match self {
            Self::Everybodys => Condition::all(),
            Self::TheDeads => Condition::all().add(holder.not_in_subquery(alive())),
            Self::Ours(node) => Condition::all().add(holder.eq(node)),
        }
    }
}

fn alive() -> SelectStatement {
    Query::select()
        .column(nodes::Column::Id)
        .from(nodes::Entity)
        .to_owned()
}

/// What is said of an attempt that was open.
const OPEN: &str = "the process ended while the attempt was open: nobody knows whether it was done";

/// Takes claims back.
pub(super) async fn give_back(tx: &Tx<'_>, whose: Whose) -> Result<(), StoreError> {
    give_back_runs(tx, whose).await?;
    give_back_sends(tx, whose).await
}

async fn give_back_runs(tx: &Tx<'_>, whose: Whose) -> Result<(), StoreError> {
    let claims = Expr::col(runs::Column::Claims);
    let claims = match whose {
        // An orderly end is no sign that the run kills its worker.
        Whose::Ours(_) => Expr::case(claims.clone().gt(0_i32), claims.sub(1_i32))
            .finally(0_i32)
            .into(),
        Whose::Everybodys | Whose::TheDeads => claims,
    };
    let mut update = runs::Entity::update_many()
        .col_expr(runs::Column::State, Expr::value(RunState::Ready.as_str()))
        .col_expr(runs::Column::Claims, claims)
        .col_expr(
            runs::Column::Fence,
            Expr::col(runs::Column::Fence).add(1_i64),
        )
        .col_expr(runs::Column::Holder, Expr::value(None::<Uuid>))
        .filter(Expr::col(runs::Column::State).eq(word("running")))
        .filter(whose.condition(Expr::col(runs::Column::Holder)));
    if tx.is_shared() {
        // What a frozen process has locked is left for the next look, when the server has rolled it back.
        let mut free = Query::select();
        free.column(runs::Column::Id)
            .from(runs::Entity)
            .and_where(Expr::col(runs::Column::State).eq(word("running")))
            .cond_where(whose.condition(Expr::col(runs::Column::Holder)))
            .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
        update = update.filter(runs::Column::Id.in_subquery(free));
    }
    let changed = update.exec(tx.db).await?;
    if changed.rows_affected > 0 {
        tx.ready.runs();
        tracing::info!(runs = changed.rows_affected, "claims of runs taken back");
    }
    Ok(())
}

async fn give_back_sends(tx: &Tx<'_>, whose: Whose) -> Result<(), StoreError> {
    let open = Condition::all()
        .add(Expr::col(effects::Column::State).eq(word("pending")))
        .add(Expr::col(effects::Column::DueAt).is_not_null())
        .add(Expr::col(effects::Column::ClaimedAt).is_not_null())
        .add(whose.condition(Expr::col(effects::Column::Holder)));
    let mut select = effects::Entity::find().filter(open);
    if tx.is_shared() {
        select = select.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
    }
    let rows = select.all(tx.db).await?;
    if rows.is_empty() {
        return Ok(());
    }
    tracing::warn!(sends = rows.len(), "attempts with unknown outcome");
    let attempts = rows.iter().map(|row| open_attempt(tx, row)).collect();
    insert_all(tx, attempts).await?;
    effects::Entity::update_many()
        .col_expr(
            effects::Column::Attempts,
            Expr::col(effects::Column::Attempts).add(1_i32),
        )
        .col_expr(effects::Column::DueAt, Expr::value(tx.now_micros()))
        .col_expr(effects::Column::ClaimedAt, Expr::value(None::<i64>))
        .col_expr(
            effects::Column::Fence,
            Expr::col(effects::Column::Fence).add(1_i64),
        )
        .col_expr(effects::Column::Holder, Expr::value(None::<Uuid>))
        .filter(effects::Column::Id.is_in(rows.iter().map(|row| row.id)))
        .exec(tx.db)
        .await?;
    tx.ready.sends();
    Ok(())
}

fn open_attempt(tx: &Tx<'_>, row: &effects::Model) -> crate::entities::effect_attempts::Model {
    attempt_row(
        EffectId(row.id),
        &Attempt {
            number: u32::try_from(row.attempts).unwrap_or(0).saturating_add(1),
            started_at: row.claimed_at.map_or(tx.now, from_micros),
            ended_at: tx.now,
            outcome: AttemptOutcome::Unknown,
            status: None,
            error: Some(OPEN.to_owned()),
            answer: None,
        },
    )
}
