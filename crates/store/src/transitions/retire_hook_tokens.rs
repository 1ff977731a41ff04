//! Retires the former tokens of a hook, so that a changed token does not leave the one before good for ever: of those with
//! one name, the present one is alive, and so are those used or made last, up to a number; the others are retired. What
//! comes with a retired token is kept in quarantine.
//!
//! If the process dies before the commit, all stay as they are, and the next start retires them.

use std::cmp::Reverse;

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::entities::hook_tokens;
use crate::error::StoreError;
use crate::store::Store;
use crate::writer::{Applied, Order, Transition, Tx};

/// Who retired a token, where that was a person: it is not alive again because it is configured.
pub(super) const BY_OPERATOR: &str = "operator";

/// A request to retire former tokens.
pub(crate) struct RetireHookTokens {
    name: String,
    present: [u8; 32],
    alive: usize,
}

impl Store {
    /// Leaves alive the token with the hash `present` and the last ones of the same name, `alive` in all; retires the others
    /// of that name. A present one that was retired so is alive again; one that a person retired is not.
    pub async fn retire_hook_tokens(
        &self,
        name: &str,
        present: [u8; 32],
        alive: usize,
    ) -> Result<(), StoreError> {
        let request = RetireHookTokens {
            name: name.to_owned(),
            present,
            alive,
        };
        self.inner.writer.submit(request).await?;
        self.refresh_hook_tokens().await
    }
}

impl Transition for RetireHookTokens {
    type Output = ();
    const ORDER: Order = Order::Admin;

    async fn apply(batch: &[Self], tx: &Tx<'_>) -> Applied<()> {
        for request in batch {
            retire(tx, request).await?;
        }
        Ok(batch.iter().map(|_| Ok(())).collect())
    }
}

async fn retire(tx: &Tx<'_>, request: &RetireHookTokens) -> Result<(), StoreError> {
    let present = hex::encode(request.present);
    let mut select = hook_tokens::Entity::find()
        .filter(hook_tokens::Column::Name.eq(request.name.as_str()))
        .order_by_asc(hook_tokens::Column::Hash);
    if tx.is_shared() {
        select = select.lock_exclusive();
    }
    let mut rows = select.all(tx.db).await?;
    let revived = rows
        .iter()
        .filter(|row| row.retired_by.as_deref() != Some(BY_OPERATOR))
        .any(|row| row.hash == present && row.retired_at.is_some());
    if revived {
        set_retired(tx, vec![present.clone()], None).await?;
    }
    rows.retain(|row| row.hash != present && row.retired_at.is_none());
    rows.sort_by_key(|row| Reverse(row.last_used_at.max(Some(row.created_at))));
    let former: Vec<String> = rows
        .into_iter()
        .skip(request.alive.saturating_sub(1))
        .map(|row| row.hash)
        .collect();
    if !former.is_empty() {
        tracing::info!(tokens = former.len(), "former hook tokens retired");
        set_retired(tx, former, Some(tx.now_micros())).await?;
    }
    Ok(())
}

async fn set_retired(tx: &Tx<'_>, hashes: Vec<String>, at: Option<i64>) -> Result<(), StoreError> {
    hook_tokens::Entity::update_many()
        .col_expr(hook_tokens::Column::RetiredAt, Expr::value(at))
        .filter(hook_tokens::Column::Hash.is_in(hashes))
        .exec(tx.db)
        .await?;
    tx.ready.access();
    Ok(())
}
