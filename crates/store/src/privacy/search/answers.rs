//! Answers that are kept for requests that come again. They are sealed; what one names is seen only by opening it. One that
//! names somebody is forgotten: the request, coming again, is told that nobody knows what became of it.

use cuebook_core::secret::SecretText;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::super::looking::Matcher;
use crate::entities::idempotency_keys::{Column, Entity};
use crate::error::StoreError;
use crate::store::Store;
use crate::transitions::open_answer;
use crate::writer::{Applied, Order, Transition, Tx};

/// A kept answer, by whose it is.
pub(in crate::privacy) type AnswerKey = (String, String);

/// The kept answers that name somebody.
pub(in crate::privacy) async fn named_answers(
    store: &Store,
    matcher: &Matcher,
) -> Result<Vec<AnswerKey>, StoreError> {
    let rows = Entity::find()
        .filter(Column::Sealed.is_not_null())
        .all(store.readers())
        .await?;
    let mut named = Vec::new();
    for row in rows {
        let key = (row.caller.clone(), row.key_hash.clone());
        // What cannot be opened, nobody can read.
        let Ok(Some(text)) = open_answer(&store.inner.secret_key, row) else {
            continue;
        };
        if names(matcher, &text) {
            named.push(key);
        }
    }
    Ok(named)
}

fn names(matcher: &Matcher, text: &SecretText) -> bool {
    matcher.document(text.reveal().as_bytes(), "").any()
}

/// A request to forget kept answers.
pub(in crate::privacy) struct ForgetAnswers(pub(in crate::privacy) Vec<AnswerKey>);

impl Transition for ForgetAnswers {
    type Output = ();
    const ORDER: Order = Order::Admin;

    async fn apply(batch: &[Self], tx: &Tx<'_>) -> Applied<()> {
        for (caller, key) in batch.iter().flat_map(|request| &request.0) {
            Entity::update_many()
                .col_expr(Column::Status, Expr::value(None::<i32>))
                .col_expr(Column::Nonce, Expr::value(None::<Vec<u8>>))
                .col_expr(Column::Sealed, Expr::value(None::<Vec<u8>>))
                .filter(Column::Caller.eq(caller.as_str()))
                .filter(Column::KeyHash.eq(key.as_str()))
                .exec(tx.db)
                .await?;
        }
        Ok(batch.iter().map(|_| Ok(())).collect())
    }
}
