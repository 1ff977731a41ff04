//! The server: starts on an address, ends in an orderly way, and takes a test's wishes.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use chrono::{DateTime, Utc};
use poem::listener::TcpAcceptor;
use serde_json::{Map, Value as Json};
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

use crate::api::{Api, State};
use crate::collection::Collection;
use crate::mishaps::{Mishap, Mishaps};
use crate::oauth::{Credentials, OAuth};
use crate::request_log::{RequestLog, Requests};
use crate::world::World;

/// How long requests under way may take once the server is to stop.
const GRACE: Duration = Duration::from_secs(1);

/// Tells the time.
pub type Now = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// How a pretend Ticketpark is to be.
pub struct Options {
    /// Where it listens; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The OAuth client's key.
    pub client_key: String,
    /// The OAuth client's secret.
    pub client_secret: String,
    /// Who may log in.
    pub username: String,
    /// With which password.
    pub password: String,
    /// Tells the time: tokens end by it, and edits bear it.
    pub now: Now,
}

/// A pretend Ticketpark that runs. It ends when it is dropped, too, but only `stop` waits for the end.
pub struct Pretend {
    state: Arc<State>,
    tasks: TaskTracker,
    _stop: DropGuard,
}

impl Pretend {
    /// Starts it. Requests are answered from when this returns.
    pub async fn start(options: Options) -> io::Result<Self> {
        let listener = TcpListener::bind(options.listen).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let acceptor = TcpAcceptor::from_tokio(listener)?;
        let stop = CancellationToken::new();
        let state = Arc::new(State {
            url,
            world: World::default(),
            oauth: OAuth::new(Credentials {
                client_key: options.client_key,
                client_secret: options.client_secret,
                username: options.username,
                password: options.password,
            }),
            mishaps: Mishaps::default(),
            requests: Requests::default(),
            now: options.now,
            stop: stop.clone(),
            made: AtomicU64::default(),
        });
        let api = Api(Arc::clone(&state));
        let stopped = stop.clone().cancelled_owned();
        let tasks = TaskTracker::new();
        tasks.spawn(async move {
            let server = poem::Server::new_with_acceptor(acceptor);
            server
                .run_with_graceful_shutdown(api, stopped, Some(GRACE))
                .await
        });
        tasks.close();
        Ok(Self {
            state,
            tasks,
            _stop: stop.drop_guard(),
        })
    }

    /// Its base URL.
    pub fn url(&self) -> String {
        self.state.url.clone()
    }

    /// Ends it: no further connection, and a second for requests under way.
    pub async fn stop(self) {
        self.state.stop.cancel();
        self.tasks.wait().await;
    }

    /// The latest requests, the oldest first.
    pub fn requests(&self) -> Vec<RequestLog> {
        self.state.requests.all()
    }

    /// Moves a record's `updated` to now. It stands in lists from then on, also if it was withheld.
    pub fn touch(&self, collection: Collection, pid: &str) {
        self.edit(collection, pid, Map::new());
    }

    /// Changes members of a record, as a `PATCH` would, unchecked.
    pub fn edit(&self, collection: Collection, pid: &str, changes: Map<String, Json>) {
        let now = (self.state.now)();
        self.state.world.edits.change(collection, pid, changes, now);
    }

    /// Makes a record unknown: 404, and in no list.
    pub fn withhold(&self, collection: Collection, pid: &str) {
        self.state.world.edits.remove(collection, pid);
    }

    /// Answers the next request that has no mishap yet with `status`, without handling it.
    pub fn fail_next(&self, status: u16) {
        self.state.mishaps.plan(Mishap::Fail(status));
    }

    /// Handles the next request that has no mishap yet, and holds its answer back for `pause`.
    pub fn hang_next(&self, pause: Duration) {
        self.state.mishaps.plan(Mishap::Hang(pause));
    }

    /// Makes every access token void before its time; refresh tokens stay good.
    pub fn revoke_access_tokens(&self) {
        self.state.oauth.revoke_access();
    }
}
