//! The pretend Ticketpark as an answerer: on loopback, for as long as the dry run lasts.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use anyhow::Context as _;
use cuebook_core::Clock;
use cuebook_core::secret::NoSecrets;
use cuebook_effects::{EffectSettings, Effects, EgressPolicy, Limits};
use cuebook_pretend::{Options, Pretend};
use cuebook_ticketpark::{Client, MemoryTokenStore, Secret, Settings};
use tokio::runtime::Handle;

use crate::past::LiveReads;

/// Nobody but this process reaches it, and only while it runs.
const WORD: &str = "dry-run";

/// A pretend Ticketpark that answers reads.
pub(crate) struct Pretended {
    server: Pretend,
    /// Asks it.
    pub(crate) reads: LiveReads,
}

impl Pretended {
    /// Starts it and logs in.
    pub(crate) async fn start(clock: Arc<dyn Clock>, handle: Handle) -> anyhow::Result<Self> {
        let now = clock.clone();
        let server = Pretend::start(Options {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            client_key: WORD.to_owned(),
            client_secret: WORD.to_owned(),
            username: WORD.to_owned(),
            password: WORD.to_owned(),
            now: Arc::new(move || now.now()),
        })
        .await
        .context("cannot start the pretend Ticketpark")?;
        let settings = Settings {
            url: server
                .url()
                .parse()
                .context("the pretend Ticketpark has no URL")?,
            client_key: WORD.to_owned(),
            client_secret: Secret::new(WORD),
            username: Some(WORD.to_owned()),
        };
        let now = clock.clone();
        let client = Client::new(
            settings,
            Arc::new(MemoryTokenStore::default()),
            cuebook_ticketpark::transport().context("cannot reach the pretend Ticketpark")?,
            Arc::new(move || now.now()),
        );
        client
            .login(WORD)
            .await
            .context("the pretend Ticketpark refused the login")?;
        let effects = Effects::new(EffectSettings {
            capture: true,
            smtp: None,
            egress: EgressPolicy {
                allow: Vec::new(),
                allow_http: false,
            },
            ticketpark: Some(Arc::new(client)),
            secrets: Arc::new(NoSecrets),
            clock,
            extra_roots: Vec::new(),
            limits: Limits::default(),
        })?;
        Ok(Self {
            server,
            reads: LiveReads::new(Arc::new(effects), handle),
        })
    }

    /// Stops it.
    pub(crate) async fn stop(self) {
        self.server.stop().await;
    }
}
