//! `Idempotency-Key`: a write that a client may send again without having it done again.
//!
//! The first request with a key is carried out, and what it was answered is kept for a day, sealed. The same request with
//! that key gets the same answer; another one is refused, and so is one that comes while the first is at work. What was not
//! carried out, since it could not be read or stored, leaves its key free.

use cuebook_store::{KeptAnswer, RepeatableRequest, RequestBegun, Store};
use poem::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use poem::{Body, Response};

use crate::problem::{Code, Problem, store_problem};

/// The header in which a client names its request.
pub(crate) const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// The header by which an answer says that it was given before.
pub(crate) const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// The longest name of a request.
pub(crate) const LONGEST: usize = 255;
/// Headers of an answer that are kept with it.
const KEPT_HEADERS: [HeaderName; 2] = [header::CONTENT_TYPE, header::LOCATION];

/// What the client calls its request, if it does.
#[expect(
    clippy::result_large_err,
    reason = "a problem is made once and answered at once"
)]
pub(super) fn named(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get(IDEMPOTENCY_KEY) else {
        return Ok(None);
    };
    let text = value.to_str().unwrap_or_default().trim();
    let visible = text.bytes().all(|byte| byte.is_ascii_graphic());
    if text.is_empty() || text.len() > LONGEST || !visible {
        let detail = format!(
            "`Idempotency-Key`: 1 to {LONGEST} visible characters of ASCII, best a fresh UUID"
        );
        return Err(Problem::new(Code::InvalidParameter, detail));
    }
    Ok(Some(text.to_owned()))
}

/// Takes a place for the request; otherwise gives what is to be answered instead of carrying it out.
pub(super) async fn begin(
    store: &Store,
    request: &RepeatableRequest,
) -> Result<Option<Response>, Problem> {
    let begun = store
        .begin_request(request)
        .await
        .map_err(|error| store_problem(&error))?;
    match begun {
        RequestBegun::First => Ok(None),
        RequestBegun::Answered(answer) => Ok(Some(response_of(answer))),
        RequestBegun::UnderWay => Err(Problem::new(
            Code::RequestUnderWay,
            "the first request with this `Idempotency-Key` is being carried out",
        )
        .retry_after(1)),
        RequestBegun::CutOff => Err(Problem::new(
            Code::RequestCutOff,
            "the first request with this `Idempotency-Key` was cut off: it is not known whether it was carried out",
        )),
        RequestBegun::Other => Err(Problem::new(
            Code::IdempotencyKeyReused,
            "another request came with this `Idempotency-Key`",
        )),
    }
}

/// Keeps the answer to a request that was the first; what was not carried out leaves its key free.
pub(super) async fn end(
    store: &Store,
    request: &RepeatableRequest,
    mut response: Response,
) -> Response {
    let kept = if is_decided(response.status()) {
        let bytes = response.take_body().into_bytes().await.unwrap_or_default();
        response.set_body(Body::from(bytes.clone()));
        let answer = KeptAnswer {
            status: response.status().as_u16(),
            headers: kept_headers(response.headers()),
            // Every answer to a write is JSON or empty.
            body: String::from_utf8_lossy(&bytes).into_owned(),
        };
        store.answer_request(request, &answer).await
    } else {
        store.forget_request(request).await
    };
    if let Err(error) = kept {
        tracing::error!(%error, "an answer could not be kept for repeated requests");
    }
    response
}

/// Whether an answer says what became of the request, and not that it was never tried.
fn is_decided(status: StatusCode) -> bool {
    status.is_success()
        || matches!(
            status,
            StatusCode::NOT_FOUND | StatusCode::CONFLICT | StatusCode::UNPROCESSABLE_ENTITY
        )
}

fn kept_headers(headers: &HeaderMap) -> Vec<(String, String)> {
    KEPT_HEADERS
        .iter()
        .filter_map(|name| {
            let value = headers.get(name)?.to_str().ok()?;
            Some((name.to_string(), value.to_owned()))
        })
        .collect()
}

fn response_of(answer: KeptAnswer) -> Response {
    let mut response = Response::builder().body(answer.body);
    response.set_status(StatusCode::from_u16(answer.status).unwrap_or_default());
    let headers = response.headers_mut();
    for (name, value) in answer.headers {
        if let (Ok(name), Ok(value)) = (
            HeaderName::from_bytes(name.as_bytes()),
            HeaderValue::from_str(&value),
        ) {
            headers.insert(name, value);
        }
    }
    headers.insert(REPLAYED, HeaderValue::from_static("true"));
    response
}
