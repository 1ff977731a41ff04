//! Putting a Cuebook together, as the binary does it.

use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;

use chrono::TimeDelta;
use cuebook_core::clock::ManualClock;
use cuebook_core::keys::token_hash;
use cuebook_core::secret::SecretText;
use cuebook_core::{Account, Chance, Clock, Probe};
use cuebook_effects::{AllowRule, EffectSettings, Effects, EgressPolicy, SmtpSettings};
use cuebook_rules::{ActiveRules, Engine, Limits, RuleFiles, RuleSet, Settings};
use cuebook_server::{EndpointUrls, RuleProblems, Server, ServerParts, ServerSettings};
use cuebook_store::{NewApiKey, SecretKey, Store, StoreError, StoreSettings};
use cuebook_worker::{Worker, WorkerParts};
use prometheus_client::registry::Registry;
use tempfile::TempDir;

use crate::ticketpark::Ticketpark;
use crate::waiting::eventually;

/// The key of the admin API.
pub(crate) const ADMIN_KEY: &str = "the-admin-key-of-a-cuebook-in-a-test";
/// The token in the webhooks' URL.
pub(crate) const HOOK_TOKEN: &str = "the-hook-token-of-a-cuebook-in-a-test";

/// What stays the same when a Cuebook is killed and opened again.
pub(crate) struct Recipe {
    /// Where its data lies.
    pub(crate) data: PathBuf,
    /// Its database, where it is no file among them.
    pub(crate) database: Option<String>,
    /// Removes the data when it is dropped, if nobody else wants them.
    pub(crate) _folder: Option<TempDir>,
    pub(crate) secret_key: SecretKey,
    pub(crate) rules: RuleFiles,
    pub(crate) capture: bool,
    pub(crate) smtp: Option<SecretText>,
    pub(crate) ticketpark: Option<Ticketpark>,
    pub(crate) manual: Option<Arc<ManualClock>>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) chance: Arc<dyn Chance>,
    pub(crate) probe: Probe,
}

/// A Cuebook at work.
pub(crate) struct Running {
    pub(crate) store: Store,
    pub(crate) engine: Engine,
    pub(crate) rules: Arc<ActiveRules>,
    pub(crate) worker: Worker,
    pub(crate) server: Server,
}

impl Recipe {
    /// Puts everything together.
    #[expect(
        clippy::expect_used,
        reason = "a test whose Cuebook does not start has failed"
    )]
    pub(crate) async fn run(&self) -> Running {
        let store = self.open_store().await;
        store.capture_deliveries(self.capture);
        self.admit(&store).await;
        let mut registry = Registry::default();
        let engine = engine(&store);
        let rules = Arc::new(ActiveRules::new(RuleSet::empty()));
        activate(&store, &engine, &rules, &self.rules).await;
        let server_metrics = cuebook_server::Metrics::register(&mut registry);
        let worker_metrics = cuebook_worker::Metrics::register(&mut registry);
        let worker = Worker::start(WorkerParts {
            store: store.clone(),
            engine: engine.clone(),
            rules: rules.clone(),
            effects: Arc::new(self.effects(&store)),
            clock: self.clock.clone(),
            chance: self.chance.clone(),
            metrics: Arc::new(worker_metrics),
            reconcile_every: None,
            alerts: cuebook_worker::AlertSettings::default(),
            retention: cuebook_store::Retention::default(),
            script_threads: 2,
        })
        .expect("the worker starts");
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let public_url = format!(
            "http://{}",
            listener.local_addr().expect("the listener's address")
        );
        let server = Server::start(
            listener,
            ServerParts {
                store: store.clone(),
                engine: engine.clone(),
                rules: rules.clone(),
                rule_problems: Arc::new(RuleProblems::new()),
                clock: self.clock.clone(),
                chance: self.chance.clone(),
                registry: Arc::new(registry),
                metrics: server_metrics,
                ticketpark: None,
                settings: ServerSettings {
                    effects_captured: self.capture,
                    endpoint_urls: EndpointUrls::new(|url| egress().check(url)),
                    ..ServerSettings::new(public_url, "test")
                },
            },
        )
        .await
        .expect("the server starts");
        Running {
            store,
            engine,
            rules,
            worker,
            server,
        }
    }

    /// Moves the manual clock.
    #[expect(
        clippy::expect_used,
        reason = "a test that moves the machine's clock has failed"
    )]
    pub(crate) fn advance(&self, by: TimeDelta) {
        let clock = self.manual.as_ref().expect("a manual clock");
        clock.advance(by);
    }

    /// The URL of its database.
    pub(crate) fn database_url(&self) -> String {
        let file = self.data.join("cuebook.db");
        let named = self.database.clone();
        named.unwrap_or_else(|| format!("sqlite://{}", file.display()))
    }

    /// Opens the data. What was killed may hold its file for some moments still.
    pub(crate) async fn open_store(&self) -> Store {
        let url = self.database_url();
        eventually("the database to be free", async || {
            let settings = StoreSettings {
                database_url: url.clone(),
                secret_key: self.secret_key.clone(),
                clock: self.clock.clone(),
                chance: self.chance.clone(),
                lease: StoreSettings::LEASE,
            };
            match Store::open_probed(settings, self.probe.clone()).await {
                Ok(store) => Some(store),
                Err(StoreError::InUse(_)) => None,
                Err(error) => panic!("the store does not open: {error:?}"),
            }
        })
        .await
    }

    /// Makes the key and the token known.
    #[expect(
        clippy::expect_used,
        reason = "a test whose Cuebook does not start has failed"
    )]
    async fn admit(&self, store: &Store) {
        store
            .add_hook_token("test", &Account::default(), token_hash(HOOK_TOKEN))
            .await
            .expect("the hook token is stored");
        let id = cuebook_server::keys::CONFIGURED_ID;
        if store
            .find_api_key(id)
            .await
            .expect("keys are readable")
            .is_some()
        {
            return;
        }
        let scopes = ["read", "write", "admin", "personal"];
        store
            .add_api_key(NewApiKey {
                id: id.to_owned(),
                name: "test".to_owned(),
                hash: token_hash(ADMIN_KEY),
                scopes: scopes.map(str::to_owned).to_vec(),
                expires_at: None,
            })
            .await
            .expect("the admin key is stored");
    }

    #[expect(
        clippy::expect_used,
        reason = "a test whose Cuebook does not start has failed"
    )]
    fn effects(&self, store: &Store) -> Effects {
        let smtp = self.smtp.clone().map(|url| SmtpSettings {
            url,
            from: None,
            allow_plain: true,
        });
        Effects::new(EffectSettings {
            capture: self.capture,
            smtp,
            egress: egress(),
            ticketpark: self
                .ticketpark
                .as_ref()
                .map(|ticketpark| ticketpark.client.clone()),
            secrets: store.script_secrets(),
            clock: self.clock.clone(),
            extra_roots: Vec::new(),
            limits: cuebook_effects::Limits::default(),
        })
        .expect("the effects start")
        .forwarding_to(store.destinations())
        .probed(self.probe.clone())
    }
}

/// Peers of tests are on this machine.
#[expect(
    clippy::expect_used,
    reason = "a test whose Cuebook does not start has failed"
)]
fn egress() -> EgressPolicy {
    let loopback: AllowRule = "127.0.0.0/8".parse().expect("a range");
    EgressPolicy {
        allow: vec![loopback],
        allow_http: false,
    }
}

/// The rules' engine, with every function that Cuebook performs.
#[expect(
    clippy::expect_used,
    reason = "a test whose Cuebook does not start has failed"
)]
fn engine(store: &Store) -> Engine {
    Engine::new(Settings {
        functions: cuebook_effects::kinds::descriptors(),
        timezone: chrono_tz::Europe::Zurich,
        default_locale: "de".to_owned(),
        default_from: Some("Box office <box-office@example.com>".to_owned()),
        secrets: store.script_secrets(),
        memory: None,
        limits: Limits::default(),
    })
    .expect("the engine starts")
}

/// Checks `files` and puts them in force.
#[expect(
    clippy::expect_used,
    reason = "a test whose rules are wrong has failed"
)]
pub(crate) async fn activate(
    store: &Store,
    engine: &Engine,
    active: &ActiveRules,
    files: &RuleFiles,
) {
    let checked = engine.check(files);
    let set = checked.set;
    assert!(
        set.is_some(),
        "the rules are wrong: {:#?}",
        checked.diagnostics
    );
    let set = set.expect("checked above");
    store
        .save_rule_set(set.stored())
        .await
        .expect("the rule set is stored");
    active.swap(set);
}
