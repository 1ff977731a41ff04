//! `GET /healthz`: the process answers. Says nothing of the database.

use poem::{Endpoint, Request, Response};

/// Answers that it answers.
pub(crate) struct Alive;

impl Endpoint for Alive {
    type Output = Response;

    async fn call(&self, _request: Request) -> poem::Result<Response> {
        Ok(Response::builder()
            .content_type("application/json")
            .body(r#"{"status":"alive"}"#))
    }
}
