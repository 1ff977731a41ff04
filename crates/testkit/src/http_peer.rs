//! Another system that speaks HTTP: it records what reaches it and answers as the test says.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::time::sleep;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

use crate::waiting::eventually;

/// A request that reached the peer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// Its method.
    pub method: String,
    /// Its path and query.
    pub path: String,
    /// Its headers, names in lower case; of several of one name the last.
    pub headers: BTreeMap<String, String>,
    /// Its body.
    pub body: Vec<u8>,
    /// The status of what the peer answered.
    pub answered: u16,
}

impl Recorded {
    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// A header; empty where there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }
}

/// What the peer answers.
#[derive(Debug, Clone)]
pub struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    gate: Option<Gate>,
    delay: Duration,
}

impl Answer {
    /// A status with a body.
    pub fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: body.into(),
            gate: None,
            delay: Duration::ZERO,
        }
    }

    /// The same with a header.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same, some milliseconds later: so answers come in another order than their questions.
    #[must_use]
    pub fn after(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// The same, held back until `gate` opens.
    #[must_use]
    pub fn behind(mut self, gate: &Gate) -> Self {
        self.gate = Some(gate.clone());
        self
    }
}

/// Holds answers back until it is opened.
#[derive(Debug, Clone)]
pub struct Gate(Arc<watch::Sender<bool>>);

impl Default for Gate {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(false)))
    }
}

impl Gate {
    /// Lets through what waits and what comes.
    pub fn open(&self) {
        self.0.send_replace(true);
    }

    async fn pass(&self) {
        // The sender lives as long as the gate: waiting cannot fail.
        let _ = self.0.subscribe().wait_for(|open| *open).await;
    }
}

type Script = dyn Fn(&Recorded) -> Answer + Send + Sync;

/// An HTTP server on loopback. It ends when it is dropped.
pub struct HttpPeer {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<Recorded>>>,
    _stop: DropGuard,
}

impl HttpPeer {
    /// Starts a peer that answers by `script`.
    ///
    /// # Errors
    /// When it cannot listen.
    pub async fn start(
        script: impl Fn(&Recorded) -> Answer + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let requests = Arc::new(Mutex::new(Vec::new()));
        let stop = CancellationToken::new();
        let tracker = TaskTracker::new();
        let serving = serve(
            listener,
            Arc::new(script),
            requests.clone(),
            tracker.clone(),
            stop.clone(),
        );
        tracker.spawn(stop.clone().run_until_cancelled_owned(serving));
        Ok(Self {
            address,
            requests,
            _stop: stop.drop_guard(),
        })
    }

    /// A peer that answers everything with 200.
    ///
    /// # Errors
    /// When it cannot listen.
    pub async fn welcoming() -> io::Result<Self> {
        Self::start(|_| Answer::new(200, r#"{"ok":true}"#)).await
    }

    /// The URL of `path` here.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// What has reached it, in order.
    pub fn requests(&self) -> Vec<Recorded> {
        locked(&self.requests).clone()
    }

    /// Waits until `count` requests have come, and gives them.
    pub async fn wait_for(&self, count: usize) -> Vec<Recorded> {
        let what = format!("{count} requests");
        eventually(&what, async || {
            Some(self.requests()).filter(|requests| requests.len() >= count)
        })
        .await
    }
}

async fn serve(
    listener: TcpListener,
    script: Arc<Script>,
    requests: Arc<Mutex<Vec<Recorded>>>,
    tracker: TaskTracker,
    stop: CancellationToken,
) {
    // A listener that fails ends the peer; the test then waits in vain and says for what.
    while let Ok((stream, _)) = listener.accept().await {
        let script = script.clone();
        let requests = requests.clone();
        let service = service_fn(move |request| {
            let script = script.clone();
            let requests = requests.clone();
            async move { answer(request, &*script, &requests).await }
        });
        let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
        tracker.spawn(stop.clone().run_until_cancelled_owned(connection));
    }
}

async fn answer(
    request: Request<Incoming>,
    script: &Script,
    requests: &Mutex<Vec<Recorded>>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    // A request that is cut off has not reached the peer.
    let Ok(body) = body.collect().await else {
        return Ok(Response::new(Full::default()));
    };
    let mut recorded = Recorded {
        method: head.method.to_string(),
        path: head.uri.to_string(),
        headers: head
            .headers
            .iter()
            .map(|(name, value)| {
                let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
                (name.as_str().to_owned(), value)
            })
            .collect(),
        body: body.to_bytes().to_vec(),
        answered: 0,
    };
    let answer = script(&recorded);
    recorded.answered = answer.status;
    locked(requests).push(recorded);
    if let Some(gate) = &answer.gate {
        gate.pass().await;
    }
    if !answer.delay.is_zero() {
        sleep(answer.delay).await;
    }
    let mut response = Response::builder().status(answer.status);
    for (name, value) in &answer.headers {
        response = response.header(name, value);
    }
    Ok(response
        .body(Full::from(answer.body))
        .unwrap_or_else(|_| Response::new(Full::default())))
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
