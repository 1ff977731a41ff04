//! How an operation that changes something is carried out: to its end, also when the client has gone; once for each
//! `Idempotency-Key`; and never without a row in the audit log.

use std::sync::Arc;

use cuebook_store::{Actor, RepeatableRequest, Store};
use poem::endpoint::BoxEndpoint;
use poem::{Endpoint, IntoResponse, Request, Response};
use tokio_util::task::TaskTracker;

use super::repeatable;
use crate::outermost::in_own_words;
use crate::problem::{Code, Problem};

/// What changes something, and who asks for it.
pub(super) struct Writing {
    /// What carries it out.
    pub(super) api: Arc<BoxEndpoint<'static, Response>>,
    /// Where it is written down.
    pub(super) store: Store,
    /// Who asks.
    pub(super) actor: Arc<Actor>,
    /// The first part of its address, and the thing that it names.
    pub(super) target: (String, String),
    /// What the client calls its request.
    pub(super) repeatable: Option<RepeatableRequest>,
}

impl Writing {
    /// Carries it out.
    pub(super) async fn carry_out(self, request: Request, tasks: &TaskTracker) -> Response {
        if let Some(repeatable) = &self.repeatable {
            match repeatable::begin(&self.store, repeatable).await {
                Ok(None) => {}
                Ok(Some(answered_before)) => return answered_before,
                Err(problem) => return problem.into_response(),
            }
        }
        // A client that goes away takes its connection's task along; what was begun is ended all the same.
        tasks
            .spawn(self.finish(request))
            .await
            .unwrap_or_else(|error| {
                tracing::error!(%error, "an operation panicked");
                let detail = "the request could not be carried out";
                Problem::new(Code::Internal, detail).into_response()
            })
    }

    async fn finish(self, request: Request) -> Response {
        let response = match self.api.call(request).await {
            Ok(response) => response,
            Err(error) => in_own_words(error),
        };
        if response.status().is_success() {
            let (kind, id) = &self.target;
            if let Err(error) = self.store.write_audit(&self.actor, Some((kind, id))).await {
                tracing::error!(%error, "an operation was carried out and is not in the audit log");
            }
        }
        match &self.repeatable {
            Some(repeatable) => repeatable::end(&self.store, repeatable, response).await,
            None => response,
        }
    }
}
