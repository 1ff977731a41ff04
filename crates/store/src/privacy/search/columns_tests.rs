//! Each column that can hold a text is either looked at, or cannot name a person: whoever adds one says which.

use std::collections::BTreeSet;

use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};

use super::LOOSE;
use crate::connect;

/// Looked at where its event, run or delivery is, or overwritten with it.
const WITH_ITS_OWNER: &[(&str, &[&str])] = &[
    (
        "events",
        &[
            "event_type",
            "wire_type",
            "subject",
            "reason",
            "headers",
            "body",
        ],
    ),
    ("runs", &["subject", "lane", "reason", "code"]),
    ("steps", &["digest", "arguments", "answer"]),
    ("logs", &["message", "fields"]),
    ("effects", &["target"]),
    ("effect_bodies", &["envelope", "body"]),
    ("effect_attempts", &["error", "answer"]),
    ("waits", &["subject", "types", "fields"]),
    ("confirmations", &["subject", "problem"]),
    ("audit_log", &["target_id", "reason", "before", "after"]),
    ("idempotency_keys", &["sealed"]),
];

/// Holds words of our own, hashes, ids, or what an operator wrote about something else than a person.
const NAMES_NOBODY: &[(&str, &[&str])] = &[
    (
        "events",
        &[
            "id",
            "account",
            "origin",
            "parent",
            "root",
            "disposition",
            "trust",
        ],
    ),
    (
        "runs",
        &[
            "id",
            "event_id",
            "account",
            "rule",
            "rule_version",
            "state",
            "queue_key",
            "holder",
            "cancel_on",
            "cancelled_by",
        ],
    ),
    ("steps", &["run_id", "path", "function", "kind", "event_id"]),
    ("logs", &["run_id", "key", "level"]),
    (
        "effects",
        &[
            "id",
            "account",
            "kind",
            "state",
            "key",
            "run_id",
            "event_id",
            "rule",
            "path",
            "holder",
            "endpoint_id",
        ],
    ),
    ("effect_bodies", &["effect_id"]),
    ("effect_attempts", &["effect_id", "outcome"]),
    ("waits", &["run_id", "path", "account"]),
    ("confirmations", &["event_id", "account"]),
    (
        "audit_log",
        &[
            "id",
            "key_id",
            "address",
            "operation",
            "target_kind",
            "request_id",
        ],
    ),
    (
        "idempotency_keys",
        &["caller", "key_hash", "fingerprint", "nonce"],
    ),
    ("state", &["account"]),
    ("claims", &["account", "run_id"]),
    ("reconcile_snapshots", &["account"]),
    (
        "replays",
        &[
            "id", "account", "state", "rule", "version", "position", "newest",
        ],
    ),
    ("replayed_events", &["replay_id", "event_id", "made_id"]),
    ("retention_later", &["stage", "event_id"]),
    (
        "reconciled_changes",
        &["account", "change", "outcome", "event_id"],
    ),
];

/// Tables that are about no customer: rules, keys, and what this installation is.
const OF_THE_INSTALLATION: &[&str] = &[
    // What one tells is nothing personal by its own account.
    "alerts",
    "api_keys",
    "endpoints",
    "hook_tokens",
    "installation",
    "nodes",
    "privacy_finds",
    "privacy_received",
    "privacy_requests",
    "reconcile_marks",
    "reconciliations",
    "rule_files",
    "rule_set_files",
    "rule_set_rules",
    "rule_sets",
    "rule_version_files",
    "rule_versions",
    "seaql_migrations",
    "secrets",
    "stops",
    "timetables",
];

#[tokio::test]
async fn no_column_that_could_name_a_person_is_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("c.db").display());
    let db = connect::open(&url).await.unwrap().readers;
    let mut known: BTreeSet<(String, String)> = BTreeSet::new();
    for (table, columns) in WITH_ITS_OWNER.iter().chain(NAMES_NOBODY) {
        known.extend(columns.iter().map(|column| pair(table, column)));
    }
    for table in LOOSE {
        let columns = table.texts.iter().chain(table.json);
        known.extend(columns.map(|column| pair(table.table, column)));
    }
    let mut forgotten = Vec::new();
    for table in texts(&db, "SELECT name FROM sqlite_schema WHERE type = 'table'").await {
        if OF_THE_INSTALLATION.contains(&table.as_str()) || table.starts_with("sqlite_") {
            continue;
        }
        let sql = format!(
            "SELECT name FROM pragma_table_info('{table}') WHERE NOT type LIKE '%int%' AND NOT type LIKE '%bool%'"
        );
        for column in texts(&db, &sql).await {
            if !known.contains(&pair(&table, &column)) {
                forgotten.push(format!("{table}.{column}"));
            }
        }
    }
    assert!(
        forgotten.is_empty(),
        "could these name a person? {forgotten:?}"
    );
}

fn pair(table: &str, column: &str) -> (String, String) {
    (table.to_owned(), column.to_owned())
}

async fn texts(db: &DatabaseConnection, sql: &str) -> Vec<String> {
    let rows = db
        .query_all_raw(Statement::from_string(db.get_database_backend(), sql))
        .await
        .unwrap();
    rows.iter()
        .map(|row| row.try_get_by_index(0).unwrap())
        .collect()
}
