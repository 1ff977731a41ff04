//! Starts the real binary, as its users do: a folder, rules in it, and the environment for what is not the default.

use std::fs;
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use reqwest::blocking::Client;
use serde_json::Value as Json;
use tempfile::TempDir;
use uuid::Uuid;

use super::postgres::PostgresDatabase;
use super::process::Process;
use super::running::Running;
use crate::load::{NEW_BOOKING, Target};
use crate::scenarios::Plan;

/// It has to be ready within this time.
const PATIENCE: Duration = Duration::from_mins(2);
const ADMIN_KEY: &str = "bench-admin-key-bench-admin-key-bench";
const HOOK_TOKEN: &str = "bench-hook-token-bench-hook-token-bench";

/// A folder with a configuration and rules, from which Cuebook can be started again and again.
pub(crate) struct Recipe {
    binary: PathBuf,
    folder: TempDir,
    environment: Vec<(String, String)>,
    database: Option<PostgresDatabase>,
}

/// A running Cuebook and its API.
pub(crate) struct Cuebook {
    /// What is driven.
    pub(crate) running: Running,
    /// From its start to being ready.
    pub(crate) ready_after: Duration,
    api: Client,
}

impl Recipe {
    /// One with `rules`, each a path below `rules/` and its text.
    pub(crate) fn new(plan: &Plan, rules: &[(&str, String)]) -> anyhow::Result<Self> {
        let folder = plan.temporary_folder()?;
        fs::create_dir_all(folder.path().join("rules"))?;
        for (path, text) in rules {
            let path = folder.path().join("rules").join(path);
            fs::create_dir_all(path.parent().context("a rule has a folder")?)?;
            fs::write(path, text)?;
        }
        #[expect(clippy::disallowed_methods, reason = "a name that is free")]
        let name = format!("cuebook_bench_{}", Uuid::now_v7().simple());
        let database = plan
            .postgres_url
            .as_ref()
            .map(|server| PostgresDatabase::create(server, name))
            .transpose()?;
        let mut recipe = Self {
            binary: plan.binary.clone(),
            folder,
            environment: Vec::new(),
            database,
        };
        recipe.set("LISTEN", "127.0.0.1:0");
        recipe.set("EGRESS_ALLOW", "127.0.0.1");
        recipe.set("ADMIN_KEY", ADMIN_KEY);
        recipe.set("HOOK_TOKEN", HOOK_TOKEN);
        recipe.set("LOG", "warn");
        if let Some(database) = &recipe.database {
            let url = database.url();
            recipe.set("DATABASE_URL", &url);
            recipe.set("RULES_SOURCE", "folder");
        }
        Ok(recipe)
    }

    /// Sets `CUEBOOK_…`.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.environment
            .push((format!("CUEBOOK_{name}"), value.to_owned()));
    }

    /// Logs in at Ticketpark.
    pub(crate) fn log_in(&self, password: &str) -> anyhow::Result<()> {
        let mut login = self.command(&["login", "ticketpark"]);
        let mut child = login.stdin(Stdio::piped()).stdout(Stdio::null()).spawn()?;
        let mut stdin = child.stdin.take().context("no stdin")?;
        writeln!(stdin, "{password}")?;
        drop(stdin);
        let status = child.wait()?;
        if !status.success() {
            bail!("the login failed, {status}");
        }
        Ok(())
    }

    /// Starts it and waits until it is ready.
    pub(crate) fn start(&self) -> anyhow::Result<Cuebook> {
        let address_file = self.folder.path().join("data/server.url");
        // The former one had no time to remove it.
        drop(fs::remove_file(&address_file));
        let log = self.folder.path().join("serve.log");
        let log_file = fs::File::options().create(true).append(true).open(&log)?;
        let api = Client::builder().no_proxy().build()?;
        let begun = Instant::now();
        let mut process = Process::start(self.command(&["serve"]).stderr(log_file))?;
        loop {
            let told = || fs::read_to_string(&log).unwrap_or_default();
            process.check().with_context(told)?;
            let url = fs::read_to_string(&address_file).unwrap_or_default();
            let address = url.trim().strip_prefix("http://");
            if let Some(address) = address.and_then(|text| text.parse::<SocketAddr>().ok())
                && is_ready(&api, address)
            {
                let running = Running {
                    process,
                    target: Target {
                        address,
                        path: format!("/hooks/ticketpark/{HOOK_TOKEN}"),
                        event_type: NEW_BOOKING,
                    },
                    _folder: None,
                };
                return Ok(Cuebook {
                    running,
                    ready_after: begun.elapsed(),
                    api,
                });
            }
            if begun.elapsed() > PATIENCE {
                bail!(
                    "Cuebook is not ready after {PATIENCE:?}; its log:\n{}",
                    told()
                );
            }
            thread::sleep(Duration::from_millis(1));
        }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.binary);
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }
}

fn is_ready(api: &Client, address: SocketAddr) -> bool {
    let answer = api.get(format!("http://{address}/readyz")).send();
    answer.is_ok_and(|answer| answer.status().is_success())
}

impl Cuebook {
    /// Asks the API.
    pub(crate) fn get(&self, path: &str) -> anyhow::Result<Json> {
        let answer = self.api.get(self.url(path)).bearer_auth(ADMIN_KEY).send()?;
        Ok(answer.error_for_status()?.json()?)
    }

    /// Has the API do something.
    pub(crate) fn post(&self, path: &str) -> anyhow::Result<()> {
        let request = self.api.post(self.url(path)).bearer_auth(ADMIN_KEY);
        request
            .json(&serde_json::json!({}))
            .send()?
            .error_for_status()?;
        Ok(())
    }

    /// The sum of the metric `name` over all its labels.
    pub(crate) fn metric(&self, name: &str) -> anyhow::Result<f64> {
        let text = self.api.get(self.url("/metrics")).send()?.text()?;
        let values = text.lines().filter_map(|line| {
            let (series, value) = line.rsplit_once(' ')?;
            let is_it = series.split('{').next() == Some(name);
            is_it.then(|| value.parse::<f64>().ok()).flatten()
        });
        Ok(values.sum())
    }

    /// Waits until no event is pending; gives whether it came to that within `patience`.
    pub(crate) fn wait_until_processed(&self, patience: Duration) -> anyhow::Result<bool> {
        let end = Instant::now() + patience;
        while Instant::now() < end {
            let page = self.get("/api/v1/events?state=pending&limit=1")?;
            if page["items"].as_array().is_some_and(Vec::is_empty) {
                return Ok(true);
            }
            thread::sleep(Duration::from_millis(5));
        }
        Ok(false)
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.running.target.address)
    }
}
