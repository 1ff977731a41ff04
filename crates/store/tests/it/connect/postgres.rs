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
