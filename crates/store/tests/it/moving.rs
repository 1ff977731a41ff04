//! From a SQLite file to Postgres: all of it or nothing, and used in one place only.

use std::sync::Arc;

use chrono::TimeDelta;
use cuebook_core::run::RunState;
use cuebook_core::secret::SecretText;
use cuebook_core::{Chance, Clock, RunId, Value};
use cuebook_store::{
    ArrivedBy, CompletedAs, Copied, CopyError, Destination, SecretKey, Segment, Stopped, Store,
    StoreError, WaitUntil, copy_to_postgres,
};
use sea_orm::{ConnectionTrait, Statement};

use crate::script::{checkpoint, mails, running};
use crate::stage::Stage;

/// A SQLite file with something of everything in it. Gives the run that is due to wake long since.
async fn filled(stage: &Stage) -> RunId {
    let store = stage.open().await;
    store
        .put_secret("script", "CRM", &SecretText::new("s3cret"))
        .await
        .unwrap();
    let ended = running(stage, &store, "1").await;
    let mut recorded = checkpoint(&ended);
    recorded
        .steps
        .push(stage.step(0, Some(Value::from(202_i64))));
    store
        .complete_run(
            recorded,
            mails(1, &["a@b.ch", "b@b.ch"]),
            CompletedAs::Completed,
        )
        .await
        .unwrap();
    let sleeps = running(stage, &store, "sleeper").await;
    let wait = WaitUntil {
        wake_at: stage.now() + TimeDelta::minutes(1),
        code: "sleep",
        reason: "sleeps for 1m".to_owned(),
        forget: Vec::new(),
        event: None,
    };
    store
        .suspend_run(checkpoint(&sleeps), Segment::default(), wait)
        .await
        .unwrap();
    // More than a page of them.
    for number in 0..700 {
        let event = stage.booking(&number.to_string(), &["new-booking/thanks"]);
        store.accept_event(event).await.unwrap();
    }
    let mut rejected = stage.booking("3", &[]);
    rejected.event.body = b"\x00\xff no message".to_vec();
    rejected.rejected = Some("it is no JSON".to_owned());
    store.accept_event(rejected).await.unwrap();
    // Held by this process at its end.
    store.claim_runs(3).await.unwrap();
    store.close().await;
    stage.pass(3600);
    sleeps.run.id
}

async fn copy(
    from: &Stage,
    to: &Stage,
    key: &SecretKey,
    progress: impl FnMut(&str, u64, u64),
) -> Result<Copied, CopyError> {
    let clock: Arc<dyn Clock> = from.clock.clone();
    let chance: Arc<dyn Chance> = from.chance.clone();
    let destination = Destination {
        url: &to.url,
        secret_key: key,
        clock,
        chance,
    };
    copy_to_postgres(&from.url, &destination, progress).await
}

/// The store on what was copied, with the key of its source.
async fn opened(from: &Stage, to: &Stage) -> Store {
    let mut settings = from.settings();
    settings.database_url.clone_from(&to.url);
    Store::open(settings).await.unwrap()
}

async fn rows(stage: &Stage, table: &str) -> i64 {
    let db = stage.connect().await;
    let sql = format!("SELECT count(*) FROM {table}");
    let statement = Statement::from_string(db.get_database_backend(), sql);
    let row = db.query_one_raw(statement).await.unwrap().unwrap();
    let count = row.try_get_by_index(0).unwrap();
    db.close().await.unwrap();
    count
}

async fn take_back(stage: &Stage) -> Option<String> {
    Store::take_back(&stage.url, stage.clock.clone(), stage.chance.clone())
        .await
        .unwrap()
}

#[tokio::test]
async fn everything_arrives_stopped_and_the_source_refuses_to_start() {
    let Some(there) = Stage::postgres().await else {
        return;
    };
    let here = Stage::sqlite();
    let sleeps = filled(&here).await;
    let mut told = Vec::new();
    let copied = copy(&here, &there, &here.key, |table, done, all| {
        told.push((table.to_owned(), done, all));
    })
    .await
    .unwrap();
    assert!(!copied.place.contains("postgres@"), "{}", copied.place);
    let of = |name: &str| {
        copied
            .tables
            .iter()
            .find(|table| table.name == name)
            .unwrap()
    };
    assert_eq!(
        (of("events").rows, of("runs").rows, of("effects").rows),
        (703, 702, 2)
    );
    assert_eq!((of("secrets").rows, of("effect_bodies").rows), (1, 2));
    for table in &copied.tables {
        assert_eq!(
            rows(&there, &table.name).await.cast_unsigned(),
            table.rows + u64::from(table.name == "stops"),
            "{}",
            table.name
        );
        assert_eq!(table.checksum.len(), 64);
        assert!(
            told.contains(&(table.name.clone(), table.rows, table.rows)),
            "{}",
            table.name
        );
    }

    let store = opened(&here, &there).await;
    assert_eq!(
        store.arrival().await.unwrap().unwrap().by,
        ArrivedBy::Copied
    );
    assert_eq!(store.stops().await.unwrap()[0].what, Stopped::Everything);
    assert_eq!(
        store.wake_runs().await.unwrap().woken,
        0,
        "what is overdue is held"
    );
    assert!(store.claim_runs(10).await.unwrap().is_empty());
    assert!(store.claim_sends(10).await.unwrap().is_empty());
    let secret = store.get_secret("script", "CRM").await.unwrap().unwrap();
    assert_eq!(secret.reveal(), "s3cret");
    assert_eq!(store.close_books().await.unwrap().findings, []);
    store.start(None, Stopped::Everything).await.unwrap();
    assert_eq!(store.wake_runs().await.unwrap().woken, 1);
    assert_eq!(store.claim_runs(1000).await.unwrap().len(), 701);
    assert_eq!(store.claim_sends(10).await.unwrap().len(), 2);
    let run = store.show_run(sleeps).await.unwrap().unwrap().run;
    assert_eq!(run.state, RunState::Running);
    store.close().await;

    let refused = here.try_open().await.err().unwrap();
    assert!(matches!(&refused, StoreError::Moved(place) if *place == copied.place));
    assert!(
        refused.to_string().contains("cuebook copy --undo"),
        "{refused}"
    );
    assert_eq!(take_back(&here).await, Some(copied.place));
    here.open().await.close().await;
    there.drop_database().await;
}

#[tokio::test]
async fn a_target_with_something_in_it_and_another_key_are_refused_and_nothing_changes() {
    let Some(there) = Stage::postgres().await else {
        return;
    };
    let here = Stage::sqlite();
    filled(&here).await;
    let other = SecretKey::generate(&*here.chance);
    let error = copy(&here, &there, &other, |_, _, _| {}).await.unwrap_err();
    assert!(
        matches!(&error, CopyError::Store(StoreError::OtherSecretKey { .. })),
        "{error:?}"
    );
    let store = there.open().await;
    store.accept_event(there.booking("1", &[])).await.unwrap();
    store.close().await;
    let error = copy(&here, &there, &here.key, |_, _, _| {})
        .await
        .unwrap_err();
    assert!(
        matches!(&error, CopyError::NotEmpty(table) if table == "events"),
        "{error:?}"
    );
    assert_eq!(rows(&there, "events").await, 1);
    here.open().await.close().await;
    there.drop_database().await;
}

#[tokio::test]
async fn whoever_is_stopped_half_way_has_done_nothing_and_may_begin_again() {
    let Some(there) = Stage::postgres().await else {
        return;
    };
    let here = Stage::sqlite();
    filled(&here).await;
    let (tell, mut half) = tokio::sync::mpsc::unbounded_channel();
    let copying = copy(&here, &there, &here.key, |table, done, _| {
        if table == "runs" && done > 0 {
            tell.send(()).unwrap();
        }
    });
    tokio::select! {
        biased;
        _ = half.recv() => {}
        ended = copying => panic!("it came to its end: {ended:?}"),
    }
    here.open().await.close().await;
    let copied = copy(&here, &there, &here.key, |_, _, _| {}).await.unwrap();
    assert!(copied.tables.len() > 20);
    there.drop_database().await;
}

#[tokio::test]
async fn the_same_command_ends_what_is_left_and_another_place_is_refused() {
    let (Some(there), Some(elsewhere)) = (Stage::postgres().await, Stage::postgres().await) else {
        return;
    };
    let here = Stage::sqlite();
    filled(&here).await;
    let first = copy(&here, &there, &here.key, |_, _, _| {}).await.unwrap();
    // As if the process had died after the target's commit.
    let again = copy(&here, &there, &here.key, |_, _, _| {}).await.unwrap();
    assert_eq!(
        (again.place, again.tables),
        (first.place.clone(), Vec::new())
    );
    // Not even once the target is at work.
    let store = opened(&here, &there).await;
    store.start(None, Stopped::Everything).await.unwrap();
    let arrival = store.arrival().await.unwrap();
    here.pass(60);
    copy(&here, &there, &here.key, |_, _, _| {}).await.unwrap();
    assert_eq!(store.stops().await.unwrap(), []);
    assert_eq!(store.arrival().await.unwrap(), arrival);
    assert_eq!(rows(&there, "nodes").await, 1);
    store.close().await;
    let error = copy(&here, &elsewhere, &here.key, |_, _, _| {})
        .await
        .unwrap_err();
    assert!(
        matches!(&error, CopyError::MovedElsewhere(place) if *place == first.place),
        "{error:?}"
    );
    // As if it had died before that commit: the source is marked, and the target has nothing.
    let db = there.connect().await;
    db.execute_unprepared("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        .await
        .unwrap();
    db.close().await.unwrap();
    let anew = copy(&here, &there, &here.key, |_, _, _| {}).await.unwrap();
    assert_eq!(anew.tables, first.tables);
    there.drop_database().await;
    elsewhere.drop_database().await;
}

#[tokio::test]
async fn a_running_source_and_other_kinds_of_databases_are_refused() {
    let here = Stage::sqlite();
    let store = here.open().await;
    let mut there = Stage::sqlite();
    let error = copy(&here, &there, &here.key, |_, _, _| {})
        .await
        .unwrap_err();
    assert!(matches!(error, CopyError::NotToPostgres), "{error:?}");
    there.url = "postgres://cuebook@127.0.0.1:1/none".to_owned();
    let error = copy(&here, &there, &here.key, |_, _, _| {})
        .await
        .unwrap_err();
    assert!(
        matches!(&error, CopyError::Store(StoreError::InUse(_))),
        "{error:?}"
    );
    let error = copy(&there, &there, &here.key, |_, _, _| {})
        .await
        .unwrap_err();
    assert!(matches!(error, CopyError::NotFromSqlite), "{error:?}");
    store.close().await;
}
