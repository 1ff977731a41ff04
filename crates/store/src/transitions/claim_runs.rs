//! Claims ready runs for this process: `ready` → `running`, oldest first, with a new fence.
//!
//! Of a lane only the first is taken, and none while another of it is running; of a rule that is stopped none. If the
//! process dies before the commit, nothing was claimed; if after, the run is taken over (see `take_over`). Losing a claim
//! to a power cut harms nothing, since nothing was recorded under it: so a group of claims is not synced. A run whose row
//! cannot be read is set aside (see `unreadable`), and one that may have killed its worker comes with few others (see
//! `suspects`).

use cuebook_core::run::{Run, RunState};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, LockBehavior, LockType, Query, SelectStatement};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Value};

use super::stop::{Stopped, StoppedRules};
use super::suspects;
use super::unreadable::block_runs;
use crate::entities::runs;
use crate::error::StoreError;
use crate::reading::run_of;
use crate::statements::word;
use crate::store::Store;
use crate::writer::{Applied, Order, Transition, Tx};

/// A run that this process has.
#[derive(Debug, Clone)]
pub struct ClaimedRun {
    /// The run.
    pub run: Run,
    /// What proves the claim to each transition of the run.
    pub fence: i64,
    /// How often the run was claimed without recording anything since: 3 means that it kills its worker.
    pub claims: u32,
}

/// A request for runs.
pub(crate) struct ClaimRuns {
    limit: u32,
}

impl Store {
    /// Claims up to `limit` runs that are ready, oldest first.
    pub async fn claim_runs(&self, limit: u32) -> Result<Vec<ClaimedRun>, StoreError> {
        self.inner.writer.submit(ClaimRuns { limit }).await
    }
}

impl Transition for ClaimRuns {
    type Output = Vec<ClaimedRun>;
    const ORDER: Order = Order::Claim;
    const DURABLE: bool = false;

    async fn apply(batch: &[Self], tx: &Tx<'_>) -> Applied<Vec<ClaimedRun>> {
        let wanted = batch.iter().map(|claim| u64::from(claim.limit)).sum();
        let mut rows = claim(tx, wanted).await?;
        rows.sort_by_key(|row| row.queue_key);
        let (mut claimed, mut unreadable) = (Vec::with_capacity(rows.len()), Vec::new());
        for row in rows {
            let id = row.id;
            tx.known.claims().learn_run(&row);
            match claimed_run(row) {
                Ok(run) => claimed.push(run),
                Err(error) => unreadable.push((id, error)),
            }
        }
        block_runs(tx, unreadable).await?;
        let mut claimed = claimed.into_iter();
        let share = |claim: &Self| Ok(claimed.by_ref().take(claim.limit as usize).collect());
        Ok(batch.iter().map(share).collect())
    }
}

/// The claim of a row that is claimed.
pub(super) fn claimed_run(row: runs::Model) -> Result<ClaimedRun, StoreError> {
    Ok(ClaimedRun {
        fence: row.fence,
        claims: u32::try_from(row.claims).unwrap_or(u32::MAX),
        run: run_of(row)?,
    })
}

async fn claim(tx: &Tx<'_>, wanted: u64) -> Result<Vec<runs::Model>, StoreError> {
    let stopped = StoppedRules::load(tx, &[Stopped::Everything]).await?;
    if stopped.all {
        return Ok(Vec::new());
    }
    let suspects = suspects::claimable(tx, wanted, &stopped).await?;
    if suspects.alone {
        return take(tx, runs::Column::Id.is_in(suspects.runs)).await;
    }
    let others = wanted.saturating_sub(suspects.runs.len() as u64);
    let mut first = ready(others, &stopped, Among::Others);
    if tx.is_shared() {
        first.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
    }
    let mut rows = take(tx, runs::Column::Id.in_subquery(first)).await?;
    if !suspects.runs.is_empty() {
        rows.extend(take(tx, runs::Column::Id.is_in(suspects.runs)).await?);
    }
    Ok(rows)
}

async fn take(tx: &Tx<'_>, which: Expr) -> Result<Vec<runs::Model>, StoreError> {
    let rows = runs::Entity::update_many()
        .col_expr(runs::Column::State, Expr::value(RunState::Running.as_str()))
        .col_expr(
            runs::Column::Fence,
            Expr::col(runs::Column::Fence).add(1_i64),
        )
        .col_expr(
            runs::Column::Claims,
            Expr::col(runs::Column::Claims).add(1_i32),
        )
        .col_expr(runs::Column::Holder, Expr::value(Value::from(tx.node)))
        .col_expr(
            runs::Column::StartedAt,
            Expr::col(runs::Column::StartedAt).if_null(tx.now_micros()),
        )
        .filter(which)
        .exec_with_returning(tx.db)
        .await?;
    Ok(rows)
}

/// Which of the ready runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Among {
    /// Those that a process held when it died.
    Suspects,
    /// All others.
    Others,
}

/// The runs that may be claimed, the most suspected and then the oldest first.
pub(super) fn ready(wanted: u64, stopped: &StoppedRules, among: Among) -> SelectStatement {
    let mut select = Query::select();
    select.column((runs::Entity, runs::Column::Id));
    match among {
        Among::Suspects => {
            select
                .column((runs::Entity, runs::Column::Claims))
                // Written out: a parameter would hide from SQLite that the index has them all.
                .and_where(Expr::cust("runs.claims > 0"))
                .order_by((runs::Entity, runs::Column::Claims), sea_orm::Order::Desc);
        }
        Among::Others => {
            select.and_where(Expr::cust("runs.claims = 0"));
        }
    }
    select
        .from(runs::Entity)
        .and_where(Expr::col((runs::Entity, runs::Column::State)).eq(word("ready")))
        .and_where(
            Expr::col((runs::Entity, runs::Column::Lane))
                .is_null()
                .or(Expr::exists(ahead_in_lane()).not()),
        )
        .order_by((runs::Entity, runs::Column::QueueKey), sea_orm::Order::Asc)
        .limit(wanted);
    if !stopped.rules.is_empty() {
        let rule = Expr::col((runs::Entity, runs::Column::Rule));
        select.and_where(rule.is_not_in(stopped.rules.iter().cloned()));
    }
    select
}

/// Another run of the same lane that is running, or that is ready and came first.
fn ahead_in_lane() -> SelectStatement {
    let other = || Alias::new("other");
    Query::select()
        .expr(Expr::value(1))
        .from_as(runs::Entity, other())
        .and_where(
            Expr::col((other(), runs::Column::Lane))
                .eq(Expr::col((runs::Entity, runs::Column::Lane))),
        )
        .and_where(
            Expr::col((other(), runs::Column::State)).is_in([word("ready"), word("running")]),
        )
        .and_where(
            Expr::col((other(), runs::Column::State))
                .eq(word("running"))
                .or(Expr::col((other(), runs::Column::QueueKey))
                    .lt(Expr::col((runs::Entity, runs::Column::QueueKey)))),
        )
        .to_owned()
}
