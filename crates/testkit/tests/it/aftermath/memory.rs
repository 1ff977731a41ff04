//! What rules remember and have claimed, read from the tables themselves.

use sea_orm::{ConnectionTrait, Database, Statement};

const STATE: &str = "SELECT scope, rule, subject, key, number, value FROM state \
                     WHERE NOT captured ORDER BY scope, rule, subject, key";
const CLAIMS: &str = "SELECT rule, key FROM claims WHERE NOT captured ORDER BY rule, key";

/// A line for each value and each claim.
pub(super) async fn read(url: &str) -> Vec<String> {
    let db = Database::connect(url).await.unwrap();
    let rows = async |query: &str| {
        let query = Statement::from_string(db.get_database_backend(), query);
        db.query_all_raw(query).await.unwrap()
    };
    let mut lines = Vec::new();
    for row in rows(STATE).await {
        let text = |at: usize| row.try_get_by_index::<String>(at).unwrap();
        let number: Option<i64> = row.try_get_by_index(4).unwrap();
        let value: Option<Vec<u8>> = row.try_get_by_index(5).unwrap();
        let value = value.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        lines.push(format!(
            "{} {} {} {}: {number:?} {value:?}",
            text(0),
            text(1),
            text(2),
            text(3)
        ));
    }
    for row in rows(CLAIMS).await {
        let text = |at: usize| row.try_get_by_index::<String>(at).unwrap();
        lines.push(format!("claimed {} {}", text(0), text(1)));
    }
    db.close().await.unwrap();
    lines
}
