//! A database of its own for each test, and a clock that is moved by hand.

use std::io::Write;
use std::sync::{Arc, Once};

use chrono::{DateTime, TimeDelta};
use cuebook_core::chance::SystemChance;
use cuebook_core::clock::ManualClock;
use cuebook_core::{Chance, Clock, Timestamp};
use cuebook_store::{SecretKey, Store, StoreError, StoreSettings};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection};
use tempfile::TempDir;
use uuid::Uuid;

/// Tells each story on both databases.
macro_rules! stories {
    ($($(#[$meta:meta])* async fn $name:ident($stage:ident: &Stage) $body:block)*) => {$(
        mod $name {
            use super::*;

            $(#[$meta])*
            async fn story($stage: &Stage) $body

            #[tokio::test]
            async fn on_sqlite() {
                let stage = Stage::sqlite();
                story(&stage).await;
            }

            #[tokio::test]
            async fn on_postgres() {
                if let Some(stage) = Stage::postgres().await {
                    story(&stage).await;
                    stage.drop_database().await;
                }
            }
        }
    )*};
}
pub(crate) use stories;

/// Said once.
static SKIPPED: Once = Once::new();

/// A database and what a store on it is opened with.
pub(crate) struct Stage {
    pub(crate) url: String,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) chance: Arc<SystemChance>,
    pub(crate) key: SecretKey,
    /// Where the SQLite file is; removed with the stage.
    pub(crate) folder: Option<TempDir>,
    server: Option<String>,
}

impl Stage {
    /// A SQLite file in a folder of its own.
    pub(crate) fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cuebook.db");
        Self::at(format!("sqlite://{}", path.display()), Some(folder), None)
    }

    /// A fresh Postgres database, where there is a server.
    pub(crate) async fn postgres() -> Option<Self> {
        #[expect(
            clippy::disallowed_methods,
            reason = "which server to test on comes from outside"
        )]
        let server = std::env::var("CUEBOOK_TEST_POSTGRES").ok();
        let Some(server) = server else {
            SKIPPED.call_once(|| {
                // Not by a macro, whose words the test runner would keep to itself.
                let words =
                    b"SKIPPED: no story was told on Postgres, CUEBOOK_TEST_POSTGRES is not set\n";
                std::io::stderr().write_all(words).unwrap();
            });
            return None;
        };
        let name = format!("cuebook_{}", SystemChance::default().uuid(start()).simple());
        let db = Database::connect(server.as_str()).await.unwrap();
        db.execute_unprepared(&format!("CREATE DATABASE {name}"))
            .await
            .unwrap();
        db.close().await.unwrap();
        let (base, _) = server.rsplit_once('/').unwrap();
        let stage = Self::at(format!("{base}/{name}"), None, Some(server));
        Some(stage)
    }

    fn at(url: String, folder: Option<TempDir>, server: Option<String>) -> Self {
        let chance = Arc::new(SystemChance::default());
        Self {
            url,
            clock: Arc::new(ManualClock::new(start())),
            key: SecretKey::generate(&*chance),
            chance,
            folder,
            server,
        }
    }

    pub(crate) fn settings(&self) -> StoreSettings {
        StoreSettings {
            database_url: self.url.clone(),
            secret_key: self.key.clone(),
            clock: self.clock.clone(),
            chance: self.chance.clone(),
            lease: StoreSettings::LEASE,
        }
    }

    pub(crate) async fn open(&self) -> Store {
        self.try_open().await.unwrap()
    }

    pub(crate) async fn try_open(&self) -> Result<Store, StoreError> {
        Store::open(self.settings()).await
    }

    /// Opens again after a process that died: on Postgres once its lease has run out.
    pub(crate) async fn open_after_death(&self, dead: Store) -> Store {
        drop(dead);
        if self.server.is_some() {
            let db = self.connect().await;
            db.execute_unprepared("DELETE FROM nodes").await.unwrap();
            db.close().await.unwrap();
        }
        self.open().await
    }

    /// A connection of the test's own.
    pub(crate) async fn connect(&self) -> DatabaseConnection {
        Database::connect(self.url.as_str()).await.unwrap()
    }

    pub(crate) async fn drop_database(self) {
        if let (Some(server), Some((_, name))) = (&self.server, self.url.rsplit_once('/')) {
            let db = Database::connect(server.as_str()).await.unwrap();
            db.execute_unprepared(&format!("DROP DATABASE {name} WITH (FORCE)"))
                .await
                .unwrap();
        }
    }

    pub(crate) fn id(&self) -> Uuid {
        self.chance.uuid(self.clock.now())
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn pass(&self, seconds: i64) {
        self.clock.advance(TimeDelta::seconds(seconds));
    }
}

fn start() -> Timestamp {
    DateTime::parse_from_rfc3339("2026-03-01T12:00:00.123456Z")
        .unwrap()
        .to_utc()
}
