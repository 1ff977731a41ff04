//! Two processes on one Postgres: one receives, the other works; rules come from the database.

use std::fs;
use std::io::Write as _;

use sea_orm::{ConnectionTrait, Database};
use tokio::runtime::Runtime;

use crate::folder::Folder;
use crate::server::Server;

const BODY: &str = r#"{"type":"new-booking","payload":{"booking_pid":"293233446073"}}"#;

/// A database of the test's own on the server that `CUEBOOK_TEST_POSTGRES` names.
pub(crate) struct Postgres {
    runtime: Runtime,
    server: String,
    name: String,
}

impl Postgres {
    pub(crate) fn new(name: &str) -> Option<Self> {
        #[expect(
            clippy::disallowed_methods,
            reason = "which server to test on comes from outside"
        )]
        let Ok(server) = std::env::var("CUEBOOK_TEST_POSTGRES") else {
            // Not by a macro, whose words the test runner would keep to itself.
            let words = b"SKIPPED: nodes on Postgres, CUEBOOK_TEST_POSTGRES is not set\n";
            std::io::stderr().write_all(words).unwrap();
            return None;
        };
        let name = format!("cuebook_cli_{name}_{}", std::process::id());
        let own = Self {
            runtime: Runtime::new().unwrap(),
            server,
            name,
        };
        own.tell(&format!("CREATE DATABASE {}", own.name));
        Some(own)
    }

    /// Has the server do something.
    fn tell(&self, sql: &str) {
        self.tell_at(self.server.as_str(), sql);
    }

    /// Has something done in the database itself.
    pub(crate) fn change(&self, sql: &str) {
        self.tell_at(&self.url(), sql);
    }

    fn tell_at(&self, url: &str, sql: &str) {
        self.runtime.block_on(async {
            let db = Database::connect(url).await.unwrap();
            db.execute_unprepared(sql).await.unwrap();
            db.close().await.unwrap();
        });
    }

    pub(crate) fn url(&self) -> String {
        let (base, _) = self.server.rsplit_once('/').unwrap();
        format!("{base}/{}", self.name)
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.tell(&format!("DROP DATABASE {} WITH (FORCE)", self.name));
    }
}

fn rule(word: &str) -> String {
    format!("//! Says a word.\n\nlog::info(\"{word}\");\n")
}

#[test]
fn what_one_node_receives_another_works_by_the_rules_that_were_deployed() {
    let Some(postgres) = Postgres::new("roles") else {
        return;
    };
    let url = postgres.url();
    let database = ("CUEBOOK_DATABASE_URL", url.as_str());
    let (gate, hall) = (Folder::new(), Folder::new());
    let receives = Server::start(&gate, &[], &[database, ("CUEBOOK_ROLE", "ingest")]);
    assert!(
        receives.banner.contains("0 from the database"),
        "{}",
        receives.banner
    );

    fs::create_dir_all(hall.path("data")).unwrap();
    for key in ["data/admin.key", "data/hook.token", "data/secret.key"] {
        fs::copy(gate.path(key), hall.path(key)).unwrap();
    }
    let works = Server::start(&hall, &[], &[database, ("CUEBOOK_ROLE", "worker")]);
    assert_eq!(works.get("/api/v1/runs").status, 404);
    assert_eq!(works.get("/readyz").status, 200);

    gate.write("rules/new-booking/word.rhai", &rule("first"));
    let deployed = gate.run(&["rules", "deploy"], &[database]);
    assert_eq!(deployed.code, 0, "{deployed:?}");
    assert!(
        deployed.stdout.contains("added    new-booking/word.rhai"),
        "{deployed:?}"
    );

    let token = gate.read("data/hook.token");
    assert_eq!(receives.webhook(&token, BODY).status, 202);
    let said = |word: &'static str| {
        receives.wait_for("/api/v1/runs", move |runs| {
            let run = &runs["items"][0];
            (run["state"] == "completed").then(|| run["id"].as_str().unwrap().to_owned())
        });
        let logs = receives.wait_for("/api/v1/runs", |runs| {
            let id = runs["items"][0]["id"].as_str()?.to_owned();
            let run = receives.get(&format!("/api/v1/runs/{id}")).json();
            run["logs"][0]["message"].as_str().map(str::to_owned)
        });
        assert_eq!(logs, word);
    };
    said("first");

    gate.write(
        "rules/new-booking/word.rhai",
        "//! Says a word.\n\nlog::inf(\"no\");\n",
    );
    let refused = gate.run(&["rules", "deploy"], &[database]);
    assert_eq!(refused.code, 1, "{refused:?}");

    gate.write("rules/new-booking/word.rhai", &rule("second"));
    let deployed = gate.run(&["rules", "deploy"], &[database]);
    assert!(
        deployed.stdout.contains("changed  new-booking/word.rhai"),
        "{deployed:?}"
    );
    works.kill();
    drop(receives);
}
