//! Databases on the Postgres server that `CUEBOOK_TEST_POSTGRES` names: one for each chain of processes, all copied from one
//! that is migrated once, and all removed with it.

use std::io::Write as _;
use std::sync::Mutex;

use cuebook_core::chance::{Chance as _, SystemChance};
use cuebook_core::clock::{Clock as _, SystemClock};
use cuebook_store::Store;
use sea_orm::{ConnectionTrait as _, Database};
use tokio::runtime::Runtime;

/// A server, and the databases that were made there.
pub(crate) struct Postgres {
    server: String,
    model: String,
    made: Mutex<Vec<String>>,
}

impl Postgres {
    /// The server, where there is one; where there is none it is said what is not tried because of it.
    pub(crate) fn find(runtime: &Runtime, what: &str) -> Option<Self> {
        #[expect(
            clippy::disallowed_methods,
            reason = "which server to test on comes from outside"
        )]
        let server = std::env::var("CUEBOOK_TEST_POSTGRES").ok();
        let Some(server) = server else {
            // Not by a macro, whose words the test runner would keep to itself.
            let words = format!("SKIPPED: {what} on Postgres, CUEBOOK_TEST_POSTGRES is not set\n");
            std::io::stderr().write_all(words.as_bytes()).unwrap();
            return None;
        };
        let found = Self {
            server,
            model: name(),
            made: Mutex::default(),
        };
        runtime.block_on(async {
            let made = format!("CREATE DATABASE {}", found.model);
            execute(&found.server, &made).await;
            Store::migrate(&found.url(&found.model)).await.unwrap();
        });
        Some(found)
    }

    /// Makes a database and gives its URL.
    pub(crate) async fn fresh(&self) -> String {
        let name = name();
        self.made.lock().unwrap().push(name.clone());
        let made = format!("CREATE DATABASE {name} TEMPLATE {}", self.model);
        execute(&self.server, &made).await;
        self.url(&name)
    }

    /// Removes a database that is no longer looked at.
    pub(crate) async fn remove(&self, url: &str) {
        let name = url.rsplit('/').next().unwrap_or_default();
        execute(&self.server, &removed(name)).await;
        self.made.lock().unwrap().retain(|made| made != name);
    }

    fn url(&self, name: &str) -> String {
        let (base, _) = self.server.rsplit_once('/').unwrap();
        format!("{base}/{name}")
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let Self {
            server,
            model,
            made,
        } = self;
        let runtime = Runtime::new().unwrap();
        runtime.block_on(async {
            for name in made.get_mut().unwrap().iter().chain([&*model]) {
                execute(server, &removed(name)).await;
            }
        });
    }
}

/// Lets the time pass after which the processes of a Postgres database that are no longer heard of are taken for dead.
pub(crate) async fn let_leases_run_out(url: &str) {
    if url.starts_with("postgres") {
        execute(url, "DELETE FROM nodes").await;
    }
}

async fn execute(url: &str, statement: &str) {
    let db = Database::connect(url).await.unwrap();
    db.execute_unprepared(statement).await.unwrap();
    db.close().await.unwrap();
}

fn name() -> String {
    let id = SystemChance::default().uuid(SystemClock.now());
    format!("cuebook_crashes_{}", id.simple())
}

fn removed(name: &str) -> String {
    format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")
}
