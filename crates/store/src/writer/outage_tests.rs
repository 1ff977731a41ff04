//! What the writer does when the database is away for a while, and what it syncs. Here and not among the stories, since
//! it takes the writer's own connection to make it so within milliseconds, and to look at it.

use std::sync::Arc;

use cuebook_core::chance::SystemChance;
use cuebook_core::clock::{Clock, ManualClock};
use cuebook_core::event::{Event, Origin};
use cuebook_core::{Account, Chance, EventId, Timestamp};
use sea_orm::{
    ConnectionTrait, Database, DatabaseConnection, EntityTrait, PaginatorTrait, Statement,
};
use tempfile::TempDir;

use super::{WriterConnection, WriterHandle, WriterTask};
use crate::connect;
use crate::entities::events;
use crate::error::StoreError;
use crate::metrics::Metrics;
use crate::transitions::{AcceptEvent, WakeRuns};
use crate::wakes::Wakes;

struct Desk {
    writer: WriterHandle,
    connection: DatabaseConnection,
    readers: DatabaseConnection,
    url: String,
    chance: Arc<SystemChance>,
    clock: Arc<ManualClock>,
    _folder: TempDir,
}

impl Desk {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("c.db").display());
        let opened = connect::open(&url).await.unwrap();
        let chance = Arc::new(SystemChance::default());
        let clock = Arc::new(ManualClock::new(Timestamp::UNIX_EPOCH));
        let (writer, requests) = WriterHandle::new();
        let task = WriterTask {
            connection: WriterConnection::new(
                opened.writer.clone(),
                clock.clone(),
                chance.clone(),
                chance.uuid(clock.now()),
                Metrics::default(),
            ),
            wakes: Arc::new(Wakes::default()),
            outgoing: None,
        };
        let tasks = tokio_util::task::TaskTracker::new();
        task.start(requests, &tasks).unwrap();
        Self {
            writer,
            connection: opened.writer,
            readers: opened.readers,
            url,
            chance,
            clock,
            _folder: folder,
        }
    }

    async fn pragma(&self, text: &str) {
        let sql = format!("PRAGMA {text}");
        self.connection.execute_unprepared(&sql).await.unwrap();
    }

    /// 1 is NORMAL, 2 is FULL.
    async fn synchronous(&self) -> i64 {
        let sql =
            Statement::from_string(self.connection.get_database_backend(), "PRAGMA synchronous");
        let row = self.connection.query_one_raw(sql).await.unwrap().unwrap();
        row.try_get_by_index(0).unwrap()
    }

    async fn accept(&self, size: usize) -> Result<(), StoreError> {
        let event = Event {
            id: EventId(self.chance.uuid(self.clock.now())),
            account: Account::default(),
            event_type: None,
            wire_type: None,
            subject: None,
            origin: Origin::Webhook,
            received_at: self.clock.now(),
            headers: Vec::new(),
            body: vec![b'x'; size],
            capture: false,
            parent: None,
            depth: 0,
            trust: cuebook_core::event::Trust::Token,
        };
        let accept = AcceptEvent {
            event,
            rejected: None,
            rules: Vec::new(),
        };
        self.writer.submit(accept).await.map(drop)
    }

    async fn stored(&self) -> u64 {
        events::Entity::find().count(&self.readers).await.unwrap()
    }
}

#[tokio::test]
async fn a_full_database_is_unavailable_and_recovers_by_itself() {
    let desk = Desk::new().await;
    desk.accept(10).await.unwrap();
    for _ in 0..2 {
        // No file has so few pages: it may not grow at all. Holds for this connection, and not for the one after it.
        desk.pragma("max_page_count = 1").await;
        let error = desk.accept(1_000_000).await.unwrap_err();
        assert!(error.is_unavailable(), "{error:?}");
    }
    assert_eq!(desk.stored().await, 1, "reading goes on");
    desk.accept(1_000_000).await.unwrap();
    assert_eq!(desk.stored().await, 2);
}

/// What a full disk may do, in two steps: the database ends the transaction by itself, and then a commit fails.
#[tokio::test]
async fn what_is_acknowledged_after_a_transaction_went_astray_is_stored() {
    let desk = Desk::new().await;
    let other = Database::connect(desk.url.as_str()).await.unwrap();
    let change = async |sql: &str| other.execute_unprepared(sql).await.map(drop).unwrap();
    change(
        "CREATE TRIGGER astray BEFORE INSERT ON events BEGIN SELECT RAISE(ROLLBACK, 'gone'); END",
    )
    .await;
    desk.accept(10).await.unwrap_err();
    change("DROP TRIGGER astray").await;
    change("CREATE TABLE parents (id INTEGER PRIMARY KEY)").await;
    change(
        "CREATE TABLE orphans (parent INTEGER REFERENCES parents (id) DEFERRABLE INITIALLY DEFERRED)",
    )
    .await;
    change(
        "CREATE TRIGGER astray AFTER INSERT ON events BEGIN INSERT INTO orphans VALUES (1); END",
    )
    .await;
    desk.accept(10).await.unwrap_err();
    change("DROP TRIGGER astray").await;
    desk.accept(10).await.unwrap();
    assert_eq!(desk.stored().await, 1, "others see it");
    assert_eq!(desk.synchronous().await, 2, "and it is synced");
}

#[tokio::test]
async fn a_locked_database_refuses_all_who_wait_and_recovers_by_itself() {
    let desk = Desk::new().await;
    desk.pragma("busy_timeout = 50").await;
    let other = Database::connect(desk.url.as_str()).await.unwrap();
    let lock = "BEGIN IMMEDIATE; INSERT INTO nodes VALUES (x'00', 0)";
    other.execute_unprepared(lock).await.unwrap();
    let began = std::time::Instant::now();
    for refused in futures::future::join_all((0..600).map(|_| desk.accept(10))).await {
        let error = refused.unwrap_err();
        assert!(error.is_unavailable(), "{error:?}");
    }
    // More than a group waited, but none of them longer than about one timeout.
    assert!(began.elapsed().as_secs() < 2, "{:?}", began.elapsed());
    assert_eq!(desk.stored().await, 0, "reading goes on");
    other.execute_unprepared("ROLLBACK").await.unwrap();
    desk.accept(10).await.unwrap();
    assert_eq!(desk.stored().await, 1);
}

#[tokio::test]
async fn what_was_acknowledged_is_synced_and_what_may_be_lost_is_not() {
    let desk = Desk::new().await;
    assert_eq!(desk.synchronous().await, 2);
    desk.writer.submit(WakeRuns).await.unwrap();
    assert_eq!(desk.synchronous().await, 1);
    desk.accept(10).await.unwrap();
    assert_eq!(desk.synchronous().await, 2);
    let (woken, accepted) = tokio::join!(desk.writer.submit(WakeRuns), desk.accept(10));
    woken.unwrap();
    accepted.unwrap();
    assert_eq!(
        desk.synchronous().await,
        2,
        "one that must last decides for its group"
    );
}
