//! One connection: HTTP/1 or HTTP/2 by hyper, with the time limits that poem's own server lacks.
//!
//! hyper times a head that has begun; nothing times the first bytes of a connection and idle HTTP/2, so a watch beside
//! it does. Knows nothing of routes.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::body::Incoming;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use poem::endpoint::BoxEndpoint;
use poem::http::uri::Scheme;
use poem::web::{LocalAddr, RemoteAddr};
use poem::{Addr, Endpoint, Response};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::activity::Activity;
use crate::admission::Seat;
use crate::limits::ServerLimits;
use crate::tls::Tls;

/// How long a connection without a request in hand may take to say goodbye.
const FAREWELL: Duration = Duration::from_millis(500);

/// How long a connection that has brought no request yet may take to bring its first one while the server stops. Whoever
/// was accepted a moment before would be closed without an answer otherwise.
const FIRST_REQUEST: Duration = Duration::from_secs(1);

/// The endpoint that answers all requests.
pub(crate) type Answering = BoxEndpoint<'static, Response>;

/// What each connection is served with.
#[derive(Clone)]
pub(crate) struct Serving {
    /// What answers.
    pub(crate) endpoint: Arc<Answering>,
    /// The limits.
    pub(crate) limits: ServerLimits,
    /// What an orderly end waits for.
    pub(crate) tasks: TaskTracker,
    /// No further requests.
    pub(crate) stop: CancellationToken,
    /// No further patience.
    pub(crate) abort: CancellationToken,
    /// Where the server listens.
    pub(crate) local: SocketAddr,
    /// The certificate, where the server speaks TLS.
    pub(crate) tls: Option<Arc<Tls>>,
}

/// Runs hyper's tasks where an orderly end waits for them.
#[derive(Clone)]
struct Tracked(TaskTracker);

impl<F> hyper::rt::Executor<F> for Tracked
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    fn execute(&self, future: F) {
        self.0.spawn(future);
    }
}

/// A request in hand, for as long as it lives.
struct InHand(Arc<Activity>);

impl InHand {
    fn take(activity: &Arc<Activity>) -> Self {
        activity.begin();
        Self(Arc::clone(activity))
    }
}

impl Drop for InHand {
    fn drop(&mut self) {
        self.0.end();
    }
}

impl Serving {
    /// Serves one connection to its end, after the handshake where the server speaks TLS.
    pub(crate) async fn welcome(self, stream: TcpStream, remote: SocketAddr, seat: Seat) {
        let Some(tls) = self.tls.clone() else {
            return self.serve(stream, remote, seat).await;
        };
        let handshake = tls.shake_hands(stream, self.limits.handshake_time);
        let stream = tokio::select! {
            stream = handshake => stream,
            // Who has not said a word yet loses nothing.
            () = seat.leave.cancelled() => None,
            () = self.stop.cancelled() => None,
        };
        if let Some(stream) = stream {
            self.serve(stream, remote, seat).await;
        }
    }

    /// Serves one connection to its end.
    async fn serve<S>(self, stream: S, remote: SocketAddr, seat: Seat)
    where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let activity = Arc::clone(&seat.activity);
        let endpoint = Arc::clone(&self.endpoint);
        let local = self.local;
        let scheme = if self.tls.is_some() {
            Scheme::HTTPS
        } else {
            Scheme::HTTP
        };
        let service = hyper::service::service_fn({
            let activity = Arc::clone(&activity);
            move |request: http::Request<Incoming>| {
                let in_hand = InHand::take(&activity);
                let endpoint = Arc::clone(&endpoint);
                let scheme = scheme.clone();
                async move {
                    let local = LocalAddr(Addr::SocketAddr(local));
                    let remote = RemoteAddr(Addr::SocketAddr(remote));
                    let request = (request, local, remote, scheme).into();
                    let response = endpoint.get_response(request).await;
                    drop(in_hand);
                    Ok::<http::Response<_>, Infallible>(response.into())
                }
            }
        });
        let protocol = self.protocol();
        let mut connection =
            std::pin::pin!(protocol.serve_connection(TokioIo::new(stream), service));
        let (mut stopping, mut leaving) = (false, false);
        let mut deadline = Instant::now() + self.limits.header_time;
        loop {
            tokio::select! {
                // A broken connection is the client's business: there is nothing to tell and nobody to tell it to.
                _ = connection.as_mut() => return,
                () = self.abort.cancelled() => return,
                () = self.stop.cancelled(), if !stopping && !leaving => {
                    stopping = true;
                    if !activity.has_begun() {
                        deadline = Instant::now() + FIRST_REQUEST;
                        continue;
                    }
                    leaving = true;
                }
                () = seat.leave.cancelled(), if !leaving => leaving = true,
                () = tokio::time::sleep_until(deadline) => {
                    match self.patience(&activity, leaving) {
                        // Its first request has not come, or is in hand.
                        _ if stopping && !leaving => leaving = true,
                        Some(later) => {
                            deadline = later;
                            continue;
                        }
                        None if leaving => return,
                        None => leaving = true,
                    }
                }
            }
            connection.as_mut().graceful_shutdown();
            deadline = Instant::now() + FAREWELL;
        }
    }

    /// Until when to go on waiting; `None` when patience is at its end.
    fn patience(&self, activity: &Activity, leaving: bool) -> Option<Instant> {
        let now = Instant::now();
        let allowed = if leaving {
            FAREWELL
        } else if activity.has_begun() {
            self.limits.idle_time
        } else {
            self.limits.header_time
        };
        if activity.is_busy() {
            return Some(now + allowed);
        }
        let until = activity.idle_since() + allowed;
        (until > now).then_some(until)
    }

    fn protocol(&self) -> auto::Builder<Tracked> {
        let limits = &self.limits;
        let mut builder = auto::Builder::new(Tracked(self.tasks.clone()));
        builder
            .http1()
            .timer(TokioTimer::new())
            .header_read_timeout(limits.header_time)
            .max_headers(limits.headers)
            .max_buf_size(limits.header_bytes.max(8 * 1024))
            .keep_alive(true);
        builder
            .http2()
            .timer(TokioTimer::new())
            .max_header_list_size(u32::try_from(limits.header_bytes).unwrap_or(u32::MAX))
            .max_concurrent_streams(100)
            .max_pending_accept_reset_streams(20)
            .keep_alive_interval(limits.idle_time / 3)
            .keep_alive_timeout(limits.header_time);
        builder
    }
}
