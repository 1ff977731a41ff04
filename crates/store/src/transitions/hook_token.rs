//! A person retires a hook token, or has a retired one be good again. What comes with a retired one is kept in quarantine.
//!
//! Ticketpark's support changes an address by hand, which takes days; so one that was used lately is not retired by
//! mistake. If the process dies before the commit, the token is as it was.

use chrono::TimeDelta;
use cuebook_core::Timestamp;
use cuebook_core::clock::from_micros;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::{Value as Json, json};

use super::retire_hook_tokens::BY_OPERATOR;
use crate::audit::{Change, Target};
use crate::entities::hook_tokens;
use crate::error::StoreError;
use crate::queries::token_id;
use crate::store::Store;
use crate::writer::{Applied, Order, Transition, Tx};

/// A token that was used within this time is not retired unless somebody insists.
const IN_USE: TimeDelta = TimeDelta::days(7);

/// What came of a decision about a hook token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenOperated {
    /// It was carried out, or was so already.
    Done,
    /// There is no such token.
    NoSuch,
    /// It was used lately, at this instant.
    InUse(Timestamp),
}

/// A request about a hook token.
pub(crate) struct DecideHookToken {
    id: String,
    decision: Decision,
}

#[derive(Clone, Copy)]
enum Decision {
    Retire { force: bool },
    Restore,
}

impl Store {
    /// Retires a hook token by its id; one that was used within seven days only with `force`.
    pub async fn retire_hook_token(
        &self,
        id: &str,
        force: bool,
    ) -> Result<TokenOperated, StoreError> {
        self.decide_hook_token(id, Decision::Retire { force }).await
    }

    /// Has a retired hook token be good again.
    pub async fn restore_hook_token(&self, id: &str) -> Result<TokenOperated, StoreError> {
        self.decide_hook_token(id, Decision::Restore).await
    }

    async fn decide_hook_token(
        &self,
        id: &str,
        decision: Decision,
    ) -> Result<TokenOperated, StoreError> {
        let id = id.to_owned();
        let operated = self.change(DecideHookToken { id, decision }).await?;
        self.refresh_hook_tokens().await?;
        Ok(operated)
    }
}

impl Transition for DecideHookToken {
    type Output = TokenOperated;
    const ORDER: Order = Order::Admin;

    async fn apply(batch: &[Self], tx: &Tx<'_>) -> Applied<TokenOperated> {
        let mut results = Vec::with_capacity(batch.len());
        for request in batch {
            results.push(Ok(decide(tx, request).await?));
        }
        Ok(results)
    }
}

impl Change for DecideHookToken {
    fn target(&self) -> Target {
        Target::new("hook_token", &self.id)
    }

    async fn picture(&self, tx: &Tx<'_>) -> Result<Option<Json>, StoreError> {
        let row = find(tx, &self.id).await?;
        Ok(row.map(|row| picture_of_token(&row)))
    }
}

/// What the audit log shows of a token.
pub(super) fn picture_of_token(row: &hook_tokens::Model) -> Json {
    json!({
        "name": row.name,
        "retired_at": row.retired_at.map(from_micros),
    })
}

async fn decide(tx: &Tx<'_>, request: &DecideHookToken) -> Result<TokenOperated, StoreError> {
    let Some(row) = find(tx, &request.id).await? else {
        return Ok(TokenOperated::NoSuch);
    };
    let (at, by) = match request.decision {
        Decision::Retire { .. } if row.retired_at.is_some() => return Ok(TokenOperated::Done),
        Decision::Retire { force } => {
            let used = row.last_used_at.map(from_micros);
            if let Some(used) = used.filter(|used| !force && tx.now - *used < IN_USE) {
                return Ok(TokenOperated::InUse(used));
            }
            (Some(tx.now_micros()), Some(BY_OPERATOR))
        }
        Decision::Restore => (None, None),
    };
    hook_tokens::Entity::update_many()
        .col_expr(hook_tokens::Column::RetiredAt, Expr::value(at))
        .col_expr(hook_tokens::Column::RetiredBy, Expr::value(by))
        .filter(hook_tokens::Column::Hash.eq(row.hash))
        .exec(tx.db)
        .await?;
    tx.ready.access();
    Ok(TokenOperated::Done)
}

async fn find(tx: &Tx<'_>, id: &str) -> Result<Option<hook_tokens::Model>, StoreError> {
    let mut select = hook_tokens::Entity::find().order_by_asc(hook_tokens::Column::Hash);
    if tx.is_shared() {
        select = select.lock_exclusive();
    }
    let rows = select.all(tx.db).await?;
    Ok(rows.into_iter().find(|row| token_id(&row.hash) == id))
}
