//! A client with the pretend Ticketpark behind it and a clock in hand.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use cuebook_pretend::{Options, Pretend};
use cuebook_ticketpark::{Client, Now, Settings, TokenStore, transport};

use super::RecordingStore;

pub(crate) const PASSWORD: &str = "canary-password";
const CLIENT_KEY: &str = "cuebook";
const CLIENT_SECRET: &str = "canary-client-secret";
const USERNAME: &str = "box-office";

/// A pretend Ticketpark, a client, and what they share.
pub(crate) struct Stage {
    pub(crate) pretend: Pretend,
    pub(crate) client: Arc<Client>,
    pub(crate) store: Arc<RecordingStore>,
    seconds: Arc<AtomicI64>,
}

impl Stage {
    /// Not logged in yet.
    pub(crate) async fn new() -> Self {
        Self::with_timeout(Duration::from_secs(30)).await
    }

    /// Not logged in yet, and as patient as `timeout` says.
    pub(crate) async fn with_timeout(timeout: Duration) -> Self {
        let seconds = Arc::new(AtomicI64::new(1_780_000_000));
        let pretend = Pretend::start(Options {
            listen: "127.0.0.1:0".parse().unwrap(),
            client_key: CLIENT_KEY.to_owned(),
            client_secret: CLIENT_SECRET.to_owned(),
            username: USERNAME.to_owned(),
            password: PASSWORD.to_owned(),
            now: clock(&seconds),
        })
        .await
        .unwrap();
        let store = Arc::new(RecordingStore::default());
        let client = client(&pretend.url(), store.clone(), clock(&seconds), timeout);
        Self {
            pretend,
            client: Arc::new(client),
            store,
            seconds,
        }
    }

    /// Logged in.
    pub(crate) async fn logged_in() -> Self {
        let stage = Self::new().await;
        stage.client.login(PASSWORD).await.unwrap();
        stage
    }

    /// Another client of the same user with the same store and clock, as on another node.
    pub(crate) fn another_client(&self) -> Client {
        let timeout = Duration::from_secs(30);
        client(
            &self.pretend.url(),
            self.store.clone(),
            clock(&self.seconds),
            timeout,
        )
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        clock(&self.seconds)()
    }

    pub(crate) fn advance(&self, by: TimeDelta) {
        self.seconds.fetch_add(by.num_seconds(), Ordering::SeqCst);
    }

    /// How many token requests there were.
    pub(crate) fn token_requests(&self) -> usize {
        let requests = self.pretend.requests();
        let is_token = |path: &str| path == "/oauth/v2/token";
        requests
            .iter()
            .filter(|request| is_token(&request.path_and_query))
            .count()
    }

    /// Method, path and query of the requests that were none for tokens.
    pub(crate) fn asked(&self) -> Vec<String> {
        let requests = self.pretend.requests().into_iter();
        let others = requests.filter(|request| request.path_and_query != "/oauth/v2/token");
        others
            .map(|request| format!("{} {}", request.method, request.path_and_query))
            .collect()
    }
}

fn clock(seconds: &Arc<AtomicI64>) -> Now {
    let seconds = Arc::clone(seconds);
    Arc::new(move || DateTime::from_timestamp(seconds.load(Ordering::SeqCst), 0).unwrap())
}

/// A client of whoever listens at `url`.
pub(super) fn client(url: &str, store: Arc<dyn TokenStore>, now: Now, timeout: Duration) -> Client {
    let settings = Settings {
        url: url.parse().unwrap(),
        client_key: CLIENT_KEY.to_owned(),
        client_secret: CLIENT_SECRET.into(),
        username: Some(USERNAME.to_owned()),
    };
    Client::with_timeout(settings, store, transport().unwrap(), now, timeout)
}
