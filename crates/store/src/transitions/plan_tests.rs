//! The hot statements find their rows by the indexes that were made for them, however many runs and sends have ended.

use sea_orm::sea_query::SqliteQueryBuilder;
use sea_orm::{ConnectionTrait, QueryTrait, Statement};

use super::claim_runs::Among;
use super::claim_sends::{SendKinds, SendsWanted};
use super::stop::StoppedRules;
use super::{claim_runs, claim_sends, event_waits, wake_runs};
use crate::connect;

/// SQLite's plan for a statement, one line a step.
async fn plan(sql: String) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("c.db").display());
    let db = connect::open(&url).await.unwrap().readers;
    let sql = format!("EXPLAIN QUERY PLAN {sql}");
    let rows = db
        .query_all_raw(Statement::from_string(db.get_database_backend(), sql))
        .await
        .unwrap();
    rows.iter()
        .map(|row| row.try_get_by_index(3).unwrap())
        .collect()
}

#[tokio::test]
async fn claiming_runs_walks_over_ready_runs_only() {
    let plan = plan(ready(Among::Others)).await;
    assert_eq!(plan[0], "SCAN runs USING INDEX runs_ready");
    let ahead = plan.last().unwrap();
    assert_eq!(ahead, "SEARCH other USING INDEX runs_in_lane (lane=?)");
    assert_eq!(plan.len(), 3, "nothing is sorted: {plan:?}");
}

#[tokio::test]
async fn looking_for_suspects_walks_over_suspects_only() {
    let plan = plan(ready(Among::Suspects)).await;
    let expected = "SEARCH runs USING INDEX runs_suspected (claims>?)";
    assert_eq!(plan[0], expected);
}

fn ready(among: Among) -> String {
    claim_runs::ready(10, &StoppedRules::default(), among).to_string(SqliteQueryBuilder)
}

#[tokio::test]
async fn claiming_sends_walks_over_due_sends_only() {
    let mails = SendsWanted {
        kinds: SendKinds::Only("email::send"),
        limit: 10,
    };
    let plan =
        plan(claim_sends::due(7, mails, &StoppedRules::default()).to_string(SqliteQueryBuilder))
            .await;
    let expected = "SEARCH effects USING INDEX effects_outbox (due_at>? AND due_at<?)";
    assert_eq!(plan, [expected]);
}

#[tokio::test]
async fn waking_walks_over_due_runs_only() {
    let plan = plan(wake_runs::due(7).into_query().to_string(SqliteQueryBuilder)).await;
    assert_eq!(plan, ["SEARCH runs USING INDEX runs_waiting (wake_at<?)"]);
}

#[tokio::test]
async fn accepting_events_looks_at_the_waits_about_their_subjects_only() {
    let about = event_waits::about("default", &["42", "43"]).into_query();
    let expected = "SEARCH waits USING INDEX waits_by_subject (account=? AND subject=?)";
    assert_eq!(plan(about.to_string(SqliteQueryBuilder)).await, [expected]);
}

#[tokio::test]
async fn beginning_to_wait_looks_at_the_later_events_about_its_subject_only() {
    let after = event_waits::came_after(uuid::Uuid::nil(), &["42", "43"]).into_query();
    let expected = "SEARCH events USING INDEX events_by_subject (subject=? AND id>?)";
    assert_eq!(plan(after.to_string(SqliteQueryBuilder)).await, [expected]);
}
