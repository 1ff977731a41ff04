//! The connection of one command: asks, and prints either what people or what tools read.

use serde_json::Value as Json;
use url::form_urlencoded::Serializer;

use crate::client::{ApiClient, Refusal};
use crate::context::Context;
use crate::exit::Failure;
use crate::output::{self, Colour};

/// A running Cuebook, asked by one command.
pub(crate) struct Remote {
    /// Its API.
    pub(crate) client: ApiClient,
    /// Whether colour may be used.
    pub(crate) colour: Colour,
    json: bool,
}

impl Remote {
    /// The one that environment and configuration name. With `json`, answers are printed as they came.
    pub(crate) fn new(context: &Context, json: bool) -> Result<Self, Failure> {
        let config = context.config()?;
        Ok(Self {
            client: ApiClient::new(&config, context.environment())?,
            colour: Colour::of_stdout(context.environment()),
            json,
        })
    }

    /// `GET`, narrowed by `query`.
    pub(crate) async fn get(
        &self,
        path: &str,
        query: &[(&'static str, String)],
    ) -> Result<Json, Failure> {
        self.client.get(&asked(path, query)).await.map_err(failure)
    }

    /// `GET` for bytes, narrowed by `query`.
    pub(crate) async fn bytes_of(
        &self,
        path: &str,
        query: &[(&'static str, String)],
    ) -> Result<Vec<u8>, Failure> {
        self.bytes(&asked(path, query)).await
    }

    /// `GET` for bytes.
    pub(crate) async fn bytes(&self, path: &str) -> Result<Vec<u8>, Failure> {
        self.client.bytes(path).await.map_err(failure)
    }

    /// `POST`.
    pub(crate) async fn post(&self, path: &str, body: &Json) -> Result<Json, Failure> {
        self.client.post(path, body).await.map_err(failure)
    }

    /// `PUT`.
    pub(crate) async fn put(&self, path: &str, body: &Json) -> Result<Json, Failure> {
        self.client.put(path, body).await.map_err(failure)
    }

    /// `PATCH`.
    pub(crate) async fn patch(&self, path: &str, body: &Json) -> Result<Json, Failure> {
        self.client.patch(path, body).await.map_err(failure)
    }

    /// `DELETE`.
    pub(crate) async fn delete(&self, path: &str) -> Result<(), Failure> {
        self.client.delete(path).await.map_err(failure)
    }

    /// Prints an answer: as it came for tools, else as `text` says it.
    pub(crate) fn print(&self, answer: &Json, text: impl FnOnce(&Json) -> String) {
        if self.json {
            output::line(format!("{answer:#}"));
        } else {
            output::text(&text(answer));
        }
    }

    /// Whether tools read.
    pub(crate) fn is_json(&self) -> bool {
        self.json
    }
}

/// The path with its query.
fn asked(path: &str, query: &[(&'static str, String)]) -> String {
    if query.is_empty() {
        return path.to_owned();
    }
    let query = Serializer::new(String::new()).extend_pairs(query).finish();
    format!("{path}?{query}")
}

/// What was refused was asked for in a wrong way; anything else could not be reached.
fn failure(error: anyhow::Error) -> Failure {
    match error.downcast_ref::<Refusal>() {
        Some(refusal) if refusal.is_of_the_request() => Failure::usage(error),
        _ => Failure::unreachable(error),
    }
}

/// `text` as one part of a path.
pub(crate) fn path_part(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
