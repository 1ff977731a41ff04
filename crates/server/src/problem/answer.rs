//! A problem as it is answered: `application/problem+json` by RFC 9457 with a stable `code`.

use poem::http::{HeaderValue, header};
use poem::{IntoResponse, Response};
use poem_openapi::Object;
use poem_openapi::types::ToJSON;
use uuid::Uuid;

use super::Code;

/// The media type of RFC 9457.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// What went wrong, by RFC 9457.
#[derive(Debug, Clone, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct Problem {
    /// Names the problem; the last part is the `code`.
    #[oai(rename = "type")]
    pub problem_type: String,
    /// The problem in a few words.
    pub title: String,
    /// The answer's status.
    pub status: u16,
    /// A stable word to act upon; `docs/reference/errors.md` lists them.
    pub code: String,
    /// What happened in this case.
    pub detail: String,
    /// What can be done about it.
    pub hint: String,
    /// The event in which a refused message is kept.
    pub id: Option<Uuid>,
    /// After how many seconds it is worth trying again: also in the header `Retry-After`.
    pub retry_after: Option<u32>,
}

impl Problem {
    /// A problem of `code`; `detail` says what happened in this case, without anything secret.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self {
            problem_type: format!("urn:cuebook:problem:{}", code.as_str()),
            title: code.title().to_owned(),
            status: code.status().as_u16(),
            code: code.as_str().to_owned(),
            detail: detail.into(),
            hint: code.help().to_owned(),
            id: None,
            retry_after: None,
        }
    }

    /// The same with the event in which the refused message is kept.
    #[must_use]
    pub fn kept_as(mut self, id: Uuid) -> Self {
        self.id = Some(id);
        self
    }

    /// The same with the time after which it is worth trying again.
    #[must_use]
    pub fn retry_after(mut self, seconds: u32) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// The same as a poem error, for `?`.
    pub fn into_error(self) -> poem::Error {
        poem::Error::from_response(self.into_response())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = poem::http::StatusCode::from_u16(self.status).unwrap_or_default();
        let mut response = Response::builder()
            .status(status)
            .content_type(PROBLEM_JSON)
            .body(self.to_json_string());
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == poem::http::StatusCode::UNAUTHORIZED {
            headers.insert(
                header::WWW_AUTHENTICATE,
                HeaderValue::from_static("Bearer realm=\"cuebook\""),
            );
        }
        response
    }
}
