//! What a check on Postgres stands on: a server of its own, the other systems, and two nodes that share the work.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use cuebook_testkit::{Answer, HttpPeer, PostgresServer, SmtpPeer};
use tempfile::TempDir;

use crate::books::{Api, Books};
use crate::closing;
use crate::load;
use crate::sender::Sent;
use crate::server::{Recipe, Server};
use crate::verdict::{Verdict, judge};

/// What all nodes share.
const KEYS: [&str; 3] = ["admin.key", "hook.token", "secret.key"];
/// What is left to do at the end must be done in this time, and in some more for each event.
const SETTLE: Duration = Duration::from_mins(3);

/// What a check on Postgres stands on.
pub(super) struct Ground {
    pub(super) postgres: PostgresServer,
    pub(super) http: reqwest::Client,
    sink: HttpPeer,
    mailbox: SmtpPeer,
    folders: [TempDir; 2],
    binary: PathBuf,
    lease: Duration,
}

/// Two nodes on one database. The second one may be killed or frozen.
pub(super) struct Nodes {
    pub(super) first: Server,
    pub(super) second: Server,
}

impl Ground {
    /// A database, and another system that answers after `answers_after`.
    pub(super) async fn new(
        binary: PathBuf,
        lease: Duration,
        answers_after: Duration,
    ) -> anyhow::Result<Self> {
        let ground = Self {
            postgres: PostgresServer::start()?,
            http: cuebook_ticketpark::transport()?,
            sink: HttpPeer::start(move |_| Answer::new(200, "{}").after(answers_after)).await?,
            mailbox: SmtpPeer::start().await?,
            folders: [TempDir::new()?, TempDir::new()?],
            binary,
            lease,
        };
        load::write_rule(ground.folders[0].path(), &ground.sink.url(""))?;
        Ok(ground)
    }

    /// How the first or the second node is started.
    pub(super) fn recipe(&self, node: usize) -> Recipe {
        Recipe {
            binary: self.binary.clone(),
            folder: self.folders[node].path().to_owned(),
            smtp: self.mailbox.url(),
            environment: vec![
                ("CUEBOOK_DATABASE_URL", self.postgres.url()),
                ("CUEBOOK_LEASE", format!("{}s", self.lease.as_secs())),
            ],
        }
    }

    /// Starts both, the rules deployed.
    pub(super) async fn start(&self) -> anyhow::Result<Nodes> {
        let (first, second) = (self.recipe(0), self.recipe(1));
        let one = first.start(&self.http).await?;
        let deployed = first.command(&["rules", "deploy", "rules"]).output()?;
        ensure!(
            deployed.status.success(),
            "the rules cannot be deployed: {}",
            String::from_utf8_lossy(&deployed.stderr)
        );
        fs::create_dir_all(self.folders[1].path().join("data"))?;
        for key in KEYS {
            fs::copy(first.data(key), second.data(key)).with_context(|| key)?;
        }
        Ok(Nodes {
            first: one,
            second: second.start(&self.http).await?,
        })
    }

    /// Where webhooks for `node` go.
    pub(super) fn hook(&self, node: &Server) -> anyhow::Result<Option<String>> {
        let token = self.recipe(0).read("hook.token")?;
        Ok(Some(format!("{}/hooks/ticketpark/{token}", node.url)))
    }

    /// Asks the API of `node`.
    pub(super) fn api(&self, node: &Server) -> anyhow::Result<Api> {
        Ok(Api {
            http: self.http.clone(),
            url: node.url.clone(),
            key: self.recipe(0).read("admin.key")?,
        })
    }

    /// Waits until all is done, stops the nodes and compares.
    pub(super) async fn close(&self, nodes: Nodes, sent: &[Sent]) -> anyhow::Result<Closed> {
        ensure!(!sent.is_empty(), "nothing was sent");
        let api = self.api(&nodes.first)?;
        let some_more = Duration::from_millis(20) * u32::try_from(sent.len())?;
        api.wait_until_settled(SETTLE + some_more).await?;
        let books = api.books().await?;
        let arrived = closing::arrived(&self.sink, &self.mailbox);
        let most_often = arrived.values().copied().max().unwrap_or_default();
        let mut verdict = judge(sent, &books, arrived);
        for (name, node) in [("first", nodes.first), ("second", nodes.second)] {
            let status = node.terminate().await?;
            if !status.success() {
                let wrong = format!("the {name} node ended with {status} after SIGTERM");
                verdict.wrong.push(wrong);
            }
        }
        let complaints = closing::complaints(&self.recipe(0), self.postgres.url()).await?;
        verdict.wrong.extend(complaints);
        Ok(Closed {
            verdict,
            books,
            most_often,
        })
    }
}

/// What was found at the end.
pub(super) struct Closed {
    pub(super) verdict: Verdict,
    pub(super) books: Books,
    /// How often what arrived most often did.
    pub(super) most_often: usize,
}
