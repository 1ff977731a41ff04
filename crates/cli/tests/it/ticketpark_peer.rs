//! A pretend Ticketpark that a server asks, and a server that is logged in there.

use std::net::SocketAddr;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use cuebook_pretend::{Options, Pretend};
use tokio::runtime::Runtime;

use crate::folder::Folder;

const PASSWORD: &str = "pass word";

/// A pretend Ticketpark.
pub(crate) struct Ticketpark {
    pub(crate) runtime: Runtime,
    pub(crate) pretend: Pretend,
    url: String,
}

impl Ticketpark {
    /// One whose clock is `now`.
    pub(crate) fn start(now: impl Fn() -> DateTime<Utc> + Send + Sync + 'static) -> Self {
        Self::start_at(SocketAddr::from(([127, 0, 0, 1], 0)), now)
    }

    /// One at an address.
    pub(crate) fn start_at(
        listen: SocketAddr,
        now: impl Fn() -> DateTime<Utc> + Send + Sync + 'static,
    ) -> Self {
        let runtime = Runtime::new().unwrap();
        let options = Options {
            listen,
            client_key: "key".to_owned(),
            client_secret: "secret".to_owned(),
            username: "box".to_owned(),
            password: PASSWORD.to_owned(),
            now: Arc::new(now),
        };
        let pretend = runtime.block_on(Pretend::start(options)).unwrap();
        let url = pretend.url();
        Self {
            runtime,
            pretend,
            url,
        }
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.url.strip_prefix("http://").unwrap().parse().unwrap()
    }

    /// Ends it.
    pub(crate) fn stop(self) {
        self.runtime.block_on(self.pretend.stop());
    }

    /// What a server needs to ask it.
    pub(crate) fn environment(&self) -> Vec<(&str, &str)> {
        vec![
            ("CUEBOOK_TICKETPARK_URL", self.url.as_str()),
            ("CUEBOOK_TICKETPARK_CLIENT_KEY", "key"),
            ("CUEBOOK_TICKETPARK_CLIENT_SECRET", "secret"),
            ("CUEBOOK_TICKETPARK_USERNAME", "box"),
        ]
    }

    /// Logs in, whether a server runs or not.
    pub(crate) fn log_in(&self, folder: &Folder) {
        let password = format!("{PASSWORD}\n");
        let ended = folder.run_with(&["login", "ticketpark"], &self.environment(), &password);
        assert_eq!(ended.code, 0, "{ended:?}");
    }
}
