//! Postgres.

use cuebook_store::{Store, StoreError};
use sea_orm::ConnectionTrait;

use crate::stage::Stage;

#[tokio::test]
async fn a_database_that_acknowledges_too_early_is_refused() {
    let Some(stage) = Stage::postgres().await else {
        return;
    };
    let name = stage.url.rsplit_once('/').unwrap().1.to_owned();
    let db = stage.connect().await;
    db.execute_unprepared(&format!(
        "ALTER DATABASE {name} SET synchronous_commit = off"
    ))
    .await
    .unwrap();
    let error = stage.try_open().await.err().unwrap();
    assert!(matches!(error, StoreError::NotDurable(found) if found == "off"));
    stage.drop_database().await;
}

#[tokio::test]
async fn a_server_that_is_not_there_is_unavailable() {
    let mut stage = Stage::sqlite();
    stage.url = "postgres://cuebook@127.0.0.1:1/none".to_owned();
    let error = stage.try_open().await.err().unwrap();
    assert!(error.is_unavailable(), "{error:?}");
}

#[tokio::test]
async fn a_cut_connection_is_made_anew() {
    let Some(stage) = Stage::postgres().await else {
        return;
    };
    let store = stage.open().await;
    store.accept_event(stage.booking("1", &[])).await.unwrap();
    let db = stage.connect().await;
    let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
               WHERE datname = current_database() AND pid <> pg_backend_pid()";
    db.execute_unprepared(cut).await.unwrap();
    // The first may still find the connection cut, and is told that nothing is known.
    if let Err(error) = store.accept_event(stage.booking("2", &[])).await {
        assert!(error.is_unavailable(), "{error:?}");
    }
    store.accept_event(stage.booking("3", &[])).await.unwrap();
    assert!(store.counts().await.unwrap().events >= 2);
    stage.drop_database().await;
}

/// The database as a former version left it.
async fn of_a_former_version(stage: &Stage) {
    stage.open().await.close().await;
    let db = stage.connect().await;
    db.execute_unprepared("DELETE FROM seaql_migrations WHERE version LIKE '%000014_timetables'")
        .await
        .unwrap();
    db.execute_unprepared("DROP TABLE timetables")
        .await
        .unwrap();
    db.close().await.unwrap();
}

#[tokio::test]
async fn an_older_schema_is_refused_until_somebody_migrates_it_while_others_go_on() {
    let Some(stage) = Stage::postgres().await else {
        return;
    };
    let runs_already = stage.open().await;
    of_a_former_version(&stage).await;
    let error = stage.try_open().await.err().unwrap();
    assert!(
        matches!(&error, StoreError::PendingMigrations { first, count: 1 } if first.ends_with("_timetables")),
        "{error:?}"
    );
    assert!(error.to_string().contains("`cuebook migrate`"), "{error}");
    let migrated = Store::migrate(&stage.url).await.unwrap();
    assert_eq!(migrated.applied, ["m20261124_000014_timetables"]);
    runs_already
        .accept_event(stage.booking("1", &[]))
        .await
        .unwrap();
    stage.open().await.close().await;
    runs_already.close().await;
    stage.drop_database().await;
}

#[tokio::test]
async fn what_a_newer_version_has_added_does_no_harm_and_what_it_took_away_is_refused() {
    let Some(stage) = Stage::postgres().await else {
        return;
    };
    stage.open().await.close().await;
    let db = stage.connect().await;
    let migrated = async |name: &str| {
        let sql = format!("INSERT INTO seaql_migrations VALUES ('{name}', 0)");
        db.execute_unprepared(&sql).await.unwrap();
    };
    migrated("m20991231_999998_more").await;
    stage.open().await.close().await;
    migrated("m20991231_999999_drop_runs_needs_999998").await;
    let error = stage.try_open().await.err().unwrap();
    assert!(
        matches!(&error, StoreError::NewerSchema { found } if found.contains("drop_runs")),
        "{error:?}"
    );
    db.close().await.unwrap();
    stage.drop_database().await;
}
