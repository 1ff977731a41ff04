//! The running server: what it is made of, how it starts and how it ends.

use std::collections::BTreeSet;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use cuebook_core::{Chance, Clock};
use cuebook_rules::{ActiveRules, Engine};
use cuebook_store::Store;
use ipnet::IpNet;
use prometheus_client::registry::Registry;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::admission::Admission;
use crate::connection::Serving;
use crate::disk_room::DiskRoom;
use crate::endpoint_urls::EndpointUrls;
use crate::limits::ServerLimits;
use crate::listen::accept_until_stopped;
use crate::metrics::Metrics;
use crate::readable::Readable;
use crate::router;
use crate::rule_problems::RuleProblems;
use crate::ticketpark_login::TicketparkLogin;
use crate::tls::{Tls, TlsFiles};

/// Everything that the server needs.
#[derive(Clone)]
pub struct ServerParts {
    /// Where events are stored and read.
    pub store: Store,
    /// Checks rules.
    pub engine: Engine,
    /// The rules in force.
    pub rules: Arc<ActiveRules>,
    /// The last failed reload of the rules.
    pub rule_problems: Arc<RuleProblems>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Makes ids.
    pub chance: Arc<dyn Chance>,
    /// What `/metrics` shows.
    pub registry: Arc<Registry>,
    /// The server's own metrics, registered there.
    pub metrics: Metrics,
    /// Logs in at Ticketpark, where that is configured.
    pub ticketpark: Option<Arc<dyn TicketparkLogin>>,
    /// What the operator decided.
    pub settings: ServerSettings,
}

/// What the operator decided about the server.
#[derive(Debug, Clone)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a decision of its own"
)]
pub struct ServerSettings {
    /// The address that users see, without a slash at its end.
    pub public_url: String,
    /// Whether every effect is recorded instead of performed.
    pub effects_captured: bool,
    /// Cuebook's version.
    pub version: &'static str,
    /// Whether the rules come from a folder: then none can be deployed.
    pub rules_from_folder: bool,
    /// Whether webhooks are received here.
    pub ingest: bool,
    /// Whether the admin API and its pages are served here.
    pub admin: bool,
    /// The limits.
    pub limits: ServerLimits,
    /// The proxies whose word on a client's address is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// The certificate to speak TLS with; plain HTTP without one.
    pub tls: Option<TlsFiles>,
    /// Tells what a send or a call says.
    pub readable: Readable,
    /// Whether messages may be forwarded to a URL.
    pub endpoint_urls: EndpointUrls,
    /// Whether Ticketpark's API can be asked.
    pub ticketpark_configured: bool,
    /// The types of events that Ticketpark is asked about before their rules run.
    pub confirmed_types: Arc<BTreeSet<String>>,
    /// Whether the disk has room for webhooks.
    pub disk_room: DiskRoom,
}

impl ServerSettings {
    /// Everything served, nothing captured, the usual limits.
    pub fn new(public_url: impl Into<String>, version: &'static str) -> Self {
        Self {
            public_url: public_url.into(),
            effects_captured: false,
            rules_from_folder: true,
            version,
            ingest: true,
            admin: true,
            limits: ServerLimits::default(),
            trusted_proxies: Vec::new(),
            tls: None,
            readable: Readable::default(),
            endpoint_urls: EndpointUrls::default(),
            ticketpark_configured: false,
            confirmed_types: Arc::default(),
            disk_room: DiskRoom::default(),
        }
    }
}

/// A server that listens.
pub struct Server {
    local: SocketAddr,
    tasks: TaskTracker,
    stop: CancellationToken,
    abort: CancellationToken,
}

impl Server {
    /// Starts to answer on `listener`. Must be called within a tokio runtime.
    pub async fn start(listener: std::net::TcpListener, parts: ServerParts) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        let listener = TcpListener::from_std(listener)?;
        let local = listener.local_addr()?;
        let limits = parts.settings.limits;
        let tls = match parts.settings.tls.clone() {
            Some(files) => Some(Arc::new(Tls::load(files).await.map_err(io::Error::other)?)),
            None => None,
        };
        let tasks = TaskTracker::new();
        let admission = Admission::new(limits.connections);
        let serving = Serving {
            endpoint: Arc::new(router::endpoint(&parts, Arc::clone(&admission), &tasks)),
            limits,
            tasks: tasks.clone(),
            stop: CancellationToken::new(),
            abort: CancellationToken::new(),
            local,
            tls: tls.clone(),
        };
        if let Some(tls) = tls {
            tasks.spawn(tls.watch(limits.certificate_every, serving.stop.clone()));
        }
        let server = Self {
            local,
            tasks: tasks.clone(),
            stop: serving.stop.clone(),
            abort: serving.abort.clone(),
        };
        tasks.spawn(accept_until_stopped(listener, serving, admission));
        Ok(server)
    }

    /// Where it listens.
    pub fn local_addr(&self) -> SocketAddr {
        self.local
    }

    /// Takes no further connection, finishes the requests in hand for at most `grace`, then closes all.
    pub async fn stop(self, grace: Duration) {
        self.stop.cancel();
        self.tasks.close();
        if tokio::time::timeout(grace, self.tasks.wait())
            .await
            .is_err()
        {
            tracing::warn!("some requests did not end within the grace period");
            self.abort.cancel();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.abort.cancel();
        self.stop.cancel();
    }
}
