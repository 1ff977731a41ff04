//! Takes each request: reads it, logs it, lets a mishap happen, checks the token, and hands it to what answers it.

use std::sync::atomic::{AtomicU64, Ordering};

use percent_encoding::percent_decode_str;
use poem::http::{Method, header};
use poem::{Endpoint, Request, Response};
use serde_json::{Value as Json, json};
use tokio_util::sync::CancellationToken;

use super::reply::Reply;
use super::{email, reads, writes};
use crate::collection::Collection;
use crate::mishaps::{Mishap, Mishaps};
use crate::oauth::OAuth;
use crate::parameters;
use crate::request_log::{RequestLog, Requests};
use crate::server::Now;
use crate::world::World;

/// The largest body that is taken.
const BODY_LIMIT: usize = 1024 * 1024;
const TOKEN_PATH: [&str; 3] = ["oauth", "v2", "token"];

/// All that the server knows.
pub(crate) struct State {
    pub(crate) url: String,
    pub(crate) world: World,
    pub(crate) oauth: OAuth,
    pub(crate) mishaps: Mishaps,
    pub(crate) requests: Requests,
    pub(crate) now: Now,
    pub(crate) stop: CancellationToken,
    /// Counts what was made, so that each gets a pid of its own.
    pub(crate) made: AtomicU64,
}

impl State {
    pub(crate) fn next_made(&self) -> u64 {
        self.made.fetch_add(1, Ordering::Relaxed)
    }
}

/// The endpoint.
pub(crate) struct Api(pub(crate) std::sync::Arc<State>);

impl Endpoint for Api {
    type Output = Response;

    async fn call(&self, mut request: Request) -> poem::Result<Response> {
        let state = &self.0;
        let body = request.take_body().into_bytes_limit(BODY_LIMIT).await;
        let Ok(body) = body else {
            return Ok(Reply::status(413).into_response());
        };
        let segments = segments(request.uri().path());
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        let is_token = segments == TOKEN_PATH;
        let json: Option<Json> = serde_json::from_slice(&body).ok();
        state.requests.push(RequestLog {
            method: request.method().to_string(),
            path_and_query: request
                .uri()
                .path_and_query()
                .map(ToString::to_string)
                .unwrap_or_default(),
            body: json.clone().filter(|_| !is_token).unwrap_or_default(),
        });
        let mishap = state.mishaps.next();
        if let Some(Mishap::Fail(status)) = mishap {
            return Ok(Reply::status(status).into_response());
        }
        let reply = if is_token {
            token(state, &request, &body)
        } else if state.oauth.is_good(authorization(&request), (state.now)()) {
            answer(state, &request, &segments, json)
        } else {
            Reply::status(401)
        };
        if let Some(Mishap::Hang(pause)) = mishap {
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = state.stop.cancelled() => {}
            }
        }
        Ok(reply.into_response())
    }
}

fn token(state: &State, request: &Request, body: &[u8]) -> Reply {
    if request.method() != Method::POST {
        return Reply::status(405);
    }
    match state
        .oauth
        .grant(authorization(request), body, (state.now)())
    {
        Ok(tokens) => Reply::json(tokens).header("cache-control", "no-store"),
        Err((status, error)) => Reply::json(json!({ "error": error })).with_status(status),
    }
}

fn answer(state: &State, request: &Request, segments: &[&str], body: Option<Json>) -> Reply {
    let method = request.method();
    if segments == ["email", "send"] {
        return match *method {
            Method::POST => email::send(state, body.as_ref()),
            _ => Reply::status(405),
        };
    }
    let Some(collection) = segments.first().and_then(|name| Collection::named(name)) else {
        return Reply::status(404);
    };
    let query = parameters::parse(request.uri().query().unwrap_or_default());
    match (method, &segments[1..]) {
        (&Method::GET, []) => {
            reads::list(state, collection, state.world.listed(collection), &query)
        }
        (&Method::GET, [pid]) => reads::record(state, collection, pid, &query),
        (&Method::GET, [pid, name]) => reads::children(state, collection, pid, name, &query),
        (&Method::POST, []) => writes::create(state, collection, body),
        (&Method::PATCH, []) => writes::edit_several(state, collection, body),
        (&Method::PATCH, [pid]) => writes::edit(state, collection, pid, body),
        (&Method::DELETE, [pid]) => writes::delete(state, collection, pid),
        (_, [] | [_]) => Reply::status(405),
        _ => Reply::status(404),
    }
}

fn authorization(request: &Request) -> Option<&str> {
    request.headers().get(header::AUTHORIZATION)?.to_str().ok()
}

/// The parts of a path, with or without a slash at its end.
fn segments(path: &str) -> Vec<String> {
    let parts = path
        .trim_matches('/')
        .split('/')
        .filter(|part| !part.is_empty());
    parts
        .map(|part| percent_decode_str(part).decode_utf8_lossy().into_owned())
        .collect()
}
