//! What lies around every endpoint: errors and panics become problems, answers get the headers that keep browsers from
//! guessing, and each request leaves one line in the log and its numbers in the metrics.

use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Instant;

use cuebook_core::{Chance, Clock};
use futures::FutureExt;
use ipnet::IpNet;
use poem::http::{HeaderValue, header};
use poem::{Endpoint, IntoResponse, Request, Response};

use crate::client_address::client_address;
use crate::limits::ServerLimits;
use crate::metrics::Metrics;
use crate::problem::{Code, Problem, problem_of};
use crate::request_id::{REQUEST_ID, RequestId};
use crate::request_log;

/// The endpoint around all others.
pub(crate) struct Outermost<E> {
    /// What is inside.
    pub(crate) inner: E,
    /// What is counted.
    pub(crate) metrics: Metrics,
    /// The limits of heads that HTTP/2 does not check by itself.
    pub(crate) limits: ServerLimits,
    /// By which ids are made.
    pub(crate) clock: Arc<dyn Clock>,
    /// What makes them.
    pub(crate) chance: Arc<dyn Chance>,
    /// Whose word on a client's address is believed.
    pub(crate) trusted_proxies: Arc<[IpNet]>,
}

impl<E: Endpoint<Output = Response>> Endpoint for Outermost<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> poem::Result<Response> {
        let started = Instant::now();
        let method = request_log::method_name(request.method());
        let id = self.chance.uuid(self.clock.now());
        let peer = request.remote_addr().as_socket_addr().map(SocketAddr::ip);
        let client = client_address(peer, request.headers(), &self.trusted_proxies);
        request.set_data(RequestId(id));
        request.set_data(client);
        let mut response = self.answer(request).await;
        harden(&mut response);
        if let Ok(value) = HeaderValue::from_str(&id.to_string()) {
            response.headers_mut().insert(REQUEST_ID, value);
        }
        let route = request_log::route_of(&response);
        let took = started.elapsed();
        request_log::write(method, &route, id, &response, took);
        self.metrics
            .answered(method, route, response.status().as_u16(), took);
        Ok(response)
    }
}

impl<E: Endpoint<Output = Response>> Outermost<E> {
    async fn answer(&self, request: Request) -> Response {
        if request.headers().len() > self.limits.headers {
            return Problem::new(Code::HeadersTooLarge, "the request has too many headers")
                .into_response();
        }
        match AssertUnwindSafe(self.inner.call(request))
            .catch_unwind()
            .await
        {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => in_own_words(error),
            Err(_) => {
                tracing::error!("an endpoint panicked");
                Problem::new(Code::Internal, "the request could not be carried out").into_response()
            }
        }
    }
}

/// The answer to an error: ours as it is, poem's as a problem. What it carries for the log goes along.
pub(crate) fn in_own_words(error: poem::Error) -> Response {
    if error.is_from_response() {
        return error.into_response();
    }
    let mut response = problem_of(&error).into_response();
    let carried = error.into_response();
    *response.extensions_mut() = carried.extensions().clone();
    if response.status() == poem::http::StatusCode::METHOD_NOT_ALLOWED {
        let allowed = if request_log::route_of(&response).starts_with("/hooks/") {
            "POST"
        } else {
            "GET, HEAD"
        };
        response
            .headers_mut()
            .insert(header::ALLOW, HeaderValue::from_static(allowed));
    }
    response
}

fn harden(response: &mut Response) {
    let headers = response.headers_mut();
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers.insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    );
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    headers
        .entry(header::CONTENT_SECURITY_POLICY)
        .or_insert(HeaderValue::from_static(
            "default-src 'none'; frame-ancestors 'none'",
        ));
}
