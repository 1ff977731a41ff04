//! Two processes on one Postgres: what one commits the other hears of.

use std::time::Duration;

use cuebook_core::secret::SecretText;
use cuebook_store::Store;
use tokio::time::timeout;

use crate::stage::Stage;

/// Much longer than it takes, and less than the polls.
const SOON: Duration = Duration::from_millis(1500);

/// Takes the wake-ups that come of beginning to listen.
async fn settled(store: &Store) {
    for wake in [
        &store.wakes().runs,
        &store.wakes().sends,
        &store.wakes().timers,
        &store.wakes().rules,
    ] {
        timeout(SOON, wake.notified()).await.unwrap();
    }
}

#[tokio::test]
async fn an_event_that_one_process_accepts_wakes_the_other() {
    let Some(stage) = Stage::postgres().await else {
        return;
    };
    let (receives, works) = (stage.open().await, stage.open().await);
    settled(&works).await;
    receives
        .accept_event(stage.booking("b1", &["new-booking/a"]))
        .await
        .unwrap();
    timeout(SOON, works.wakes().runs.notified()).await.unwrap();
    receives.close().await;
    works.close().await;
    stage.drop_database().await;
}

#[tokio::test]
async fn a_secret_that_one_process_stores_the_other_knows() {
    let Some(stage) = Stage::postgres().await else {
        return;
    };
    let (one, other) = (stage.open().await, stage.open().await);
    settled(&other).await;
    one.put_secret("script", "CRM", &SecretText::new("s3cret"))
        .await
        .unwrap();
    let known = other.script_secrets();
    let learns = async {
        while known.lookup("CRM").is_none() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(SOON, learns).await.unwrap();
    one.close().await;
    other.close().await;
    stage.drop_database().await;
}
