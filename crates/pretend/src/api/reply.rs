//! What a request is answered with.

use poem::Response;
use poem::http::StatusCode;
use serde_json::{Value as Json, json};

use crate::world::Standing;

/// An answer before it is HTTP.
pub(crate) struct Reply {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Option<Json>,
}

impl Reply {
    /// A status alone; an error's with a word for people.
    pub(crate) fn status(status: u16) -> Self {
        let word = StatusCode::from_u16(status)
            .ok()
            .and_then(|status| status.canonical_reason());
        let body = (status >= 400).then(|| json!({"code": status, "message": word}));
        Self {
            status,
            headers: Vec::new(),
            body,
        }
    }

    /// 200 with a body.
    pub(crate) fn json(body: Json) -> Self {
        Self {
            status: 200,
            headers: Vec::new(),
            body: Some(body),
        }
    }

    /// 404 or 403 for a record that cannot be seen.
    pub(crate) fn hidden(standing: Standing) -> Self {
        Self::status(if standing == Standing::Forbidden {
            403
        } else {
            404
        })
    }

    pub(crate) fn with_status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(crate) fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = Response::builder().status(status);
        for (name, value) in self.headers {
            response = response.header(name, value);
        }
        match self.body {
            Some(body) => response
                .content_type("application/json")
                .body(body.to_string()),
            None => response.finish(),
        }
    }
}
