//! The HTTP side of every ceiling: poem parses the JSON and answers 202, once the row is stored where rows are stored.

use poem::error::{BadRequest, ServiceUnavailable};
use poem::http::StatusCode;
use poem::{Endpoint, Request, Response};
use uuid::Uuid;

use super::writer::Writer;

/// Receives webhooks.
pub(super) struct Receive {
    /// Where they are stored, if they are.
    pub(super) writer: Option<Writer>,
}

impl Endpoint for Receive {
    type Output = Response;

    async fn call(&self, mut request: Request) -> poem::Result<Response> {
        let body = request.take_body().into_vec().await.map_err(BadRequest)?;
        let message: serde_json::Value = serde_json::from_slice(&body).map_err(BadRequest)?;
        if !message["type"].is_string() {
            return Err(StatusCode::BAD_REQUEST.into());
        }
        #[expect(clippy::disallowed_methods, reason = "a ceiling is no part of Cuebook")]
        let id = Uuid::now_v7();
        if let Some(writer) = &self.writer {
            writer.store(id, body).await.map_err(ServiceUnavailable)?;
        }
        Ok(Response::builder()
            .status(StatusCode::ACCEPTED)
            .content_type("application/json")
            .body(format!("{{\"id\":\"{id}\"}}")))
    }
}
