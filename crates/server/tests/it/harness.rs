//! A running server with its store, clock and keys, and a client for it.

mod captured;
mod rule_sets;

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use cuebook_core::chance::SystemChance;
use cuebook_core::clock::ManualClock;
use cuebook_core::keys::token_hash;
use cuebook_core::{Account, Chance, Timestamp};
use cuebook_rules::{ActiveRules, Engine};
use cuebook_server::{
    Metrics, RuleProblems, Server, ServerLimits, ServerParts, ServerSettings, TicketparkLogin, keys,
};
use cuebook_store::{NewApiKey, SecretKey, Store, StoreSettings};
use prometheus_client::registry::Registry;
use reqwest::{Client, Method, Response, StatusCode};
use sea_orm::ConnectionTrait;
use serde_json::Value as Json;
use tempfile::TempDir;

pub(crate) use self::captured::LOGGED;
use self::captured::capture_logs;
use self::rule_sets::{rule_set, rules};

/// The token of the hook.
pub(crate) const TOKEN: &str = "a-token-that-nobody-would-ever-guess-0123456789";
/// A token that was retired.
pub(crate) const RETIRED_TOKEN: &str = "the-token-of-last-year-which-was-retired-98765";

/// A running server.
pub(crate) struct Running {
    pub(crate) server: Option<Server>,
    pub(crate) store: Store,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) chance: Arc<SystemChance>,
    pub(crate) problems: Arc<RuleProblems>,
    pub(crate) client: Client,
    pub(crate) url: String,
    engine: Engine,
    rules: Arc<ActiveRules>,
    _data: TempDir,
}

/// The moment at which each test begins.
pub(crate) fn beginning() -> Timestamp {
    Timestamp::from_timestamp(1_773_513_000, 0).unwrap()
}

impl Running {
    /// A server with the usual limits and one rule for `new-booking`.
    pub(crate) async fn start() -> Self {
        Self::with(ServerLimits::default()).await
    }

    /// A server with other limits.
    pub(crate) async fn with(limits: ServerLimits) -> Self {
        Self::configured(|parts| parts.settings.limits = limits).await
    }

    /// A server that can log in at Ticketpark.
    pub(crate) async fn with_login(login: Arc<dyn TicketparkLogin>) -> Self {
        Self::configured(|parts| parts.ticketpark = Some(login)).await
    }

    /// A server with something else of its parts.
    pub(crate) async fn configured(configure: impl FnOnce(&mut ServerParts)) -> Self {
        Self::try_configured(configure).await.unwrap()
    }

    /// The same, where it may not start.
    pub(crate) async fn try_configured(
        configure: impl FnOnce(&mut ServerParts),
    ) -> std::io::Result<Self> {
        capture_logs();
        let data = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::new(beginning()));
        let chance = Arc::new(SystemChance::default());
        let store = open_store(&data, &clock, &chance).await;
        let (engine, rules) = rules();
        let problems = Arc::new(RuleProblems::new());
        let mut registry = Registry::default();
        let metrics = Metrics::register(&mut registry);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let mut parts = ServerParts {
            store: store.clone(),
            engine: engine.clone(),
            rules: Arc::clone(&rules),
            rule_problems: Arc::clone(&problems),
            clock: clock.clone(),
            chance: chance.clone(),
            registry: Arc::new(registry),
            metrics,
            ticketpark: None,
            settings: ServerSettings::new(url.clone(), "0.0.0-test"),
        };
        configure(&mut parts);
        Ok(Self {
            server: Some(Server::start(listener, parts).await?),
            store,
            clock,
            chance,
            problems,
            client: client(),
            url,
            engine,
            rules,
            _data: data,
        })
    }

    /// Puts other rules in force.
    pub(crate) fn set_rules(&self, files: &[(&str, &str)]) {
        self.rules.swap(rule_set(&self.engine, files));
    }

    /// A fresh key with these scopes.
    pub(crate) async fn key(&self, scopes: &[&str]) -> String {
        self.key_until(scopes, None).await
    }

    /// A fresh key that ends.
    pub(crate) async fn key_until(&self, scopes: &[&str], end: Option<Timestamp>) -> String {
        let key = keys::generate(&*self.chance);
        self.store
            .add_api_key(NewApiKey {
                id: key.id,
                name: "test".to_owned(),
                hash: key.hash,
                scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
                expires_at: end,
            })
            .await
            .unwrap();
        key.text.reveal().to_owned()
    }

    /// Sends a webhook with the right token.
    pub(crate) async fn hook(&self, body: impl Into<reqwest::Body>) -> Response {
        self.hook_with(TOKEN, body).await
    }

    /// Sends a webhook.
    pub(crate) async fn hook_with(&self, token: &str, body: impl Into<reqwest::Body>) -> Response {
        let url = format!("{}/hooks/ticketpark/{token}", self.url);
        self.client.post(url).body(body).send().await.unwrap()
    }

    /// Asks the API; gives status and JSON.
    pub(crate) async fn get(&self, key: &str, path: &str) -> (StatusCode, Json) {
        let response = self.send(Method::GET, key, path, None).await;
        let status = response.status();
        let text = response.text().await.unwrap();
        (
            status,
            serde_json::from_str(&text).unwrap_or(Json::from(text)),
        )
    }

    /// Sends a request to the API.
    pub(crate) async fn send(
        &self,
        method: Method,
        key: &str,
        path: &str,
        body: Option<Json>,
    ) -> Response {
        let mut request = self
            .client
            .request(method, format!("{}{path}", self.url))
            .bearer_auth(key);
        if let Some(body) = body {
            request = request.json(&body);
        }
        request.send().await.unwrap()
    }

    /// Ends the server in order.
    pub(crate) async fn stop(&mut self, grace: Duration) {
        if let Some(server) = self.server.take() {
            server.stop(grace).await;
        }
    }
}

/// The JSON of an answer that must be a problem with this code.
pub(crate) async fn problem(response: Response, code: &str) -> Json {
    let status = response.status();
    let content_type = response.headers()["content-type"].to_str().unwrap();
    assert_eq!(content_type, "application/problem+json");
    let json: Json = response.json().await.unwrap();
    assert_eq!(json["code"], code, "{json}");
    assert_eq!(json["status"], status.as_u16());
    for member in ["type", "title", "detail", "hint"] {
        assert!(json[member].as_str().is_some_and(|text| !text.is_empty()));
    }
    json
}

/// The id in an answer.
pub(crate) async fn id(response: Response) -> String {
    let json: Json = response.json().await.unwrap();
    json["id"].as_str().unwrap().to_owned()
}

fn client() -> Client {
    // Another test may have installed it already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().no_proxy().build().unwrap()
}

async fn open_store(data: &TempDir, clock: &Arc<ManualClock>, chance: &Arc<SystemChance>) -> Store {
    let path = data.path().join("cuebook.db");
    let url = format!("sqlite://{}", path.display());
    let settings = StoreSettings {
        database_url: url.clone(),
        secret_key: SecretKey::generate(&**chance),
        lease: StoreSettings::LEASE,
        clock: clock.clone(),
        chance: chance.clone(),
    };
    let store = Store::open(settings.clone()).await.unwrap();
    for (name, token) in [("new", TOKEN), ("old", RETIRED_TOKEN)] {
        store
            .add_hook_token(name, &Account::default(), token_hash(token))
            .await
            .unwrap();
    }
    store
        .add_api_key(NewApiKey {
            id: keys::CONFIGURED_ID.to_owned(),
            name: "configured".to_owned(),
            hash: token_hash(CONFIGURED_KEY),
            scopes: vec!["admin".to_owned()],
            expires_at: None,
        })
        .await
        .unwrap();
    let revoked = revoked_key();
    store
        .add_api_key(NewApiKey {
            id: revoked.id,
            name: "revoked".to_owned(),
            hash: revoked.hash,
            scopes: vec!["admin".to_owned()],
            expires_at: None,
        })
        .await
        .unwrap();
    store.close().await;
    // Nothing retires or revokes yet but the hand of an operator.
    let database = sea_orm::Database::connect(&url).await.unwrap();
    for statement in [
        "UPDATE hook_tokens SET retired_at = 1 WHERE name = 'old'",
        "UPDATE api_keys SET revoked_at = 1 WHERE name = 'revoked'",
    ] {
        database.execute_unprepared(statement).await.unwrap();
    }
    database.close().await.unwrap();
    Store::open(settings).await.unwrap()
}

/// The key that the configuration set.
pub(crate) const CONFIGURED_KEY: &str = "a key that an operator wrote into the configuration";

/// A key that was revoked: the same in each test.
pub(crate) fn revoked_key() -> keys::ApiKey {
    struct Always;
    impl Chance for Always {
        fn uuid(&self, _now: Timestamp) -> uuid::Uuid {
            uuid::Uuid::nil()
        }
        fn bytes(&self) -> [u8; 32] {
            [7; 32]
        }
    }
    keys::generate(&Always)
}
