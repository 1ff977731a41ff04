//! SQLite files.

use std::path::PathBuf;

use cuebook_store::{Migrated, Store, StoreError};
use sea_orm::{ConnectionTrait, Database, Statement};

use crate::stage::Stage;

fn file(stage: &Stage) -> PathBuf {
    stage.folder.as_ref().unwrap().path().join("cuebook.db")
}

#[tokio::test]
async fn a_second_process_is_refused_until_the_first_has_ended() {
    let stage = Stage::sqlite();
    let first = stage.open().await;
    let error = stage.try_open().await.err().unwrap();
    assert!(matches!(&error, StoreError::InUse(path) if *path == file(&stage)));
    assert!(error.to_string().contains("another process"));
    first.close().await;
    stage.open().await;
}

#[tokio::test]
async fn a_damaged_file_is_refused_and_not_touched() {
    let stage = Stage::sqlite();
    let store = stage.open().await;
    for number in 0..50 {
        let accept = stage.booking(&number.to_string(), &["any/log"]);
        store.accept_event(accept).await.unwrap();
    }
    store.close().await;
    let mut bytes = std::fs::read(file(&stage)).unwrap();
    let middle = bytes.len() / 2;
    for byte in &mut bytes[middle..middle + 20_000] {
        *byte = 0xa5;
    }
    std::fs::write(file(&stage), &bytes).unwrap();
    let error = stage.try_open().await.err().unwrap();
    assert!(matches!(error, StoreError::Corrupt(_)), "{error:?}");
    assert!(std::fs::read(file(&stage)).unwrap() == bytes);
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused_and_not_touched() {
    let stage = Stage::sqlite();
    let text = "This is a letter to my aunt. ".repeat(100);
    std::fs::write(file(&stage), &text).unwrap();
    let error = stage.try_open().await.err().unwrap();
    assert!(matches!(error, StoreError::Corrupt(_)), "{error:?}");
    assert_eq!(std::fs::read_to_string(file(&stage)).unwrap(), text);
}

#[cfg(unix)]
#[tokio::test]
async fn the_file_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;

    let stage = Stage::sqlite();
    let store = stage.open().await;
    store.accept_event(stage.booking("42", &[])).await.unwrap();
    for name in ["cuebook.db", "cuebook.db-wal"] {
        let path = file(&stage).with_file_name(name);
        let mode = std::fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[tokio::test]
async fn the_file_is_kept_as_the_design_says() {
    let stage = Stage::sqlite();
    let store = stage.open().await;
    store.close().await;
    let db = Database::connect(stage.url.as_str()).await.unwrap();
    for (pragma, expected) in [("journal_mode", "wal"), ("auto_vacuum", "2")] {
        let sql = format!("SELECT CAST({pragma} AS TEXT) FROM pragma_{pragma}");
        let row = db
            .query_one_raw(Statement::from_string(db.get_database_backend(), sql))
            .await
            .unwrap()
            .unwrap();
        let found: String = row.try_get_by_index(0).unwrap();
        assert_eq!(found, expected, "{pragma}");
    }
}

#[tokio::test]
async fn migrating_names_what_was_applied_and_does_it_once() {
    let stage = Stage::sqlite();
    let migrated = Store::migrate(&stage.url).await.unwrap();
    assert_eq!(migrated.applied[0], "m20261124_000001_events");
    assert_eq!(migrated.copy, None, "there was nothing to keep");
    let again = Store::migrate(&stage.url).await.unwrap();
    assert_eq!(again, Migrated::default());
}

#[tokio::test]
async fn another_kind_of_database_is_refused_without_its_password() {
    let mut stage = Stage::sqlite();
    stage.url = "mysql://user:hunter2@host/db".to_owned();
    let error = stage.try_open().await.err().unwrap();
    assert!(matches!(error, StoreError::UnknownDatabase(_)));
    assert!(!error.to_string().contains("hunter2"));
}

#[tokio::test]
async fn before_the_schema_changes_the_file_as_it_was_is_kept() {
    let stage = Stage::sqlite();
    let store = stage.open().await;
    let accepted = store.accept_event(stage.booking("42", &[])).await.unwrap();
    store.close().await;
    let db = Database::connect(stage.url.as_str()).await.unwrap();
    db.execute_unprepared("DELETE FROM seaql_migrations WHERE version LIKE '%000014_timetables'")
        .await
        .unwrap();
    db.execute_unprepared("DROP TABLE timetables")
        .await
        .unwrap();
    db.close().await.unwrap();

    let store = stage.open().await;
    assert!(
        store.timetables().await.unwrap().is_empty(),
        "it was migrated"
    );
    store.close().await;
    let copy = file(&stage).with_file_name("cuebook.db.before_m20261124_000014_timetables");
    assert!(copy.is_file());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(&copy).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    std::fs::rename(&copy, file(&stage)).unwrap();
    for leftover in ["cuebook.db-wal", "cuebook.db-shm"] {
        drop(std::fs::remove_file(file(&stage).with_file_name(leftover)));
    }
    let store = stage.open().await;
    assert!(
        store.show_event(accepted.id).await.unwrap().is_some(),
        "all is in it"
    );
    store.close().await;
}
