//! Postgres.

use cuebook_store::StoreError;
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
