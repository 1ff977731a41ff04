//! `GET /readyz`: webhooks can be stored, the disk has room for them, and rules are loaded.

use std::sync::Arc;
use std::time::Duration;

use cuebook_rules::ActiveRules;
use cuebook_store::Store;
use poem::{Endpoint, Request, Response};

use crate::disk_room::DiskRoom;
use crate::problem::{Code, Problem};
use crate::rule_problems::RuleProblems;

/// How long the database may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// Answers whether Cuebook is ready.
pub(crate) struct Ready {
    /// Must answer.
    pub(crate) store: Store,
    /// Must have been loaded.
    pub(crate) rules: Arc<ActiveRules>,
    /// Why they could not be.
    pub(crate) problems: Arc<RuleProblems>,
    /// Must be there, where webhooks are received.
    pub(crate) disk_room: DiskRoom,
}

impl Endpoint for Ready {
    type Output = Response;

    async fn call(&self, _request: Request) -> poem::Result<Response> {
        let answered = matches!(
            tokio::time::timeout(PATIENCE, self.store.ping()).await,
            Ok(Ok(()))
        );
        if !answered {
            return Err(not_ready("the database does not answer"));
        }
        if self.disk_room.is_low() {
            return Err(not_ready(
                "the disk is nearly full: webhooks are put off until there is room",
            ));
        }
        if self.rules.load().rules.is_empty() && self.problems.load().is_some() {
            return Err(not_ready(
                "the rules cannot be used, and there is no earlier set: /api/v1/rules says why",
            ));
        }
        Ok(Response::builder()
            .content_type("application/json")
            .body(r#"{"status":"ready"}"#))
    }
}

fn not_ready(detail: &str) -> poem::Error {
    Problem::new(Code::NotReady, detail)
        .retry_after(5)
        .into_error()
}
