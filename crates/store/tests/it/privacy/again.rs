//! A database that was restored from before an erasure.

use std::fs;

use cuebook_store::{Operated, PrivacyKind};

use super::scene::{
    EMAIL, PERSON, ask, by, erasure, everything, holds, lived, nothing_is_left, work,
};
use crate::stage::Stage;

/// The names that are searched for stand nowhere but as hashes.
#[tokio::test]
async fn what_was_erased_is_erased_again_from_an_older_copy() {
    let stage = Stage::sqlite();
    let folder = stage.folder.as_ref().unwrap().path();
    let (file, copy) = (folder.join("cuebook.db"), folder.join("cuebook.copy"));
    let elsewhere = tempfile::tempdir().unwrap();
    let log = elsewhere.path().join("erasures.log");
    let store = stage.open().await;
    store.keep_erasures_at(log.clone());
    lived(&stage, &store).await;
    store.close().await;
    fs::copy(&file, &copy).unwrap();

    let store = stage.open().await;
    store.keep_erasures_at(log.clone());
    assert_eq!(store.erase_again().await.unwrap(), 0);
    let id = ask(&store, by(Some(PERSON), Some(EMAIL), None), false).await;
    work(&store).await;
    store.close().await;
    let noted = fs::read(&log).unwrap().to_ascii_lowercase();
    assert!(!holds(&noted, PERSON) && !holds(&noted, EMAIL));

    fs::rename(&copy, &file).unwrap();
    assert!(holds(&everything(&stage).await, PERSON), "it is back");
    let store = stage.open().await;
    store.keep_erasures_at(log);
    assert_eq!(store.erase_again().await.unwrap(), 1);
    nothing_is_left(&stage, "after a restore").await;
    assert!(erasure(&store, id).await.ended_at.is_some());
    assert_eq!(store.erase_again().await.unwrap(), 0, "once is enough");
    store.close().await;
}

#[tokio::test]
async fn an_erasure_that_was_stopped_is_not_carried_out_after_a_restore() {
    let stage = Stage::sqlite();
    let folder = stage.folder.as_ref().unwrap().path();
    let (file, copy) = (folder.join("cuebook.db"), folder.join("cuebook.copy"));
    let elsewhere = tempfile::tempdir().unwrap();
    let log = elsewhere.path().join("erasures.log");
    let store = stage.open().await;
    lived(&stage, &store).await;
    store.close().await;
    fs::copy(&file, &copy).unwrap();

    let store = stage.open().await;
    store.keep_erasures_at(log.clone());
    let id = ask(&store, by(Some(PERSON), Some(EMAIL), None), false).await;
    store.claim_privacy().await.unwrap();
    while !log.exists() {
        assert!(
            store.advance_privacy(id).await.unwrap(),
            "it notes what it begins"
        );
    }
    let stopped = store.cancel_privacy(PrivacyKind::Erasure, id).await;
    assert_eq!(stopped.unwrap(), Operated::Done);
    store.close().await;

    fs::rename(&copy, &file).unwrap();
    let store = stage.open().await;
    store.keep_erasures_at(log);
    assert_eq!(store.erase_again().await.unwrap(), 0);
    assert!(holds(&everything(&stage).await, PERSON));
    store.close().await;
}
