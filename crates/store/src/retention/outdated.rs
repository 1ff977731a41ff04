//! What has run out by itself: keys of `once` whose time is over, and the answers kept for repeated requests.

use cuebook_core::clock::to_micros;
use sea_orm::{ConnectionTrait, Statement};

use crate::error::StoreError;
use crate::writer::Tx;

/// So many of each at a time.
const TOGETHER: u64 = 500;
/// Answers to repeated requests are kept for a day.
const ANSWERS: chrono::TimeDelta = chrono::TimeDelta::hours(24);

/// Of several columns, since a key of `once` has no id.
const CLAIMS: &str = "DELETE FROM claims WHERE (account, rule, captured, key) IN \
    (SELECT account, rule, captured, key FROM claims \
    WHERE expires_at IS NOT NULL AND expires_at <= $1 LIMIT $2)";
const ANSWERED: &str = "DELETE FROM idempotency_keys WHERE (caller, key_hash) IN \
    (SELECT caller, key_hash FROM idempotency_keys WHERE begun_at <= $1 LIMIT $2)";

/// Gives up some of it. Gives how much that was, and whether there may be more.
pub(super) async fn give_up_outdated(tx: &Tx<'_>) -> Result<(u64, bool), StoreError> {
    let (mut given_up, mut more) = (0, false);
    for (sql, until) in [(CLAIMS, tx.now), (ANSWERED, tx.now - ANSWERS)] {
        let values = [
            to_micros(until).into(),
            i64::try_from(TOGETHER).unwrap_or(i64::MAX).into(),
        ];
        let statement = Statement::from_sql_and_values(tx.db.get_database_backend(), sql, values);
        let deleted = tx.db.execute_raw(statement).await?.rows_affected();
        given_up += deleted;
        more |= deleted >= TOGETHER;
    }
    Ok((given_up, more))
}
