//! What an operator decides about runs: try again, begin anew, end.

use std::sync::Arc;

use cuebook_core::RunId;
use cuebook_core::run::RunState;
use cuebook_rules::ActiveRules;
use cuebook_store::{Operated, RunView, Store, is_erased, is_expired};
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;

use super::operations::{OperatedRun, RestartedRun, RunCancellation, RunRestart, RunRetry};
use crate::admin::given::Given;
use crate::admin::tag::Tag;
use crate::admin::value::{Plain, Text};
use crate::auth::{Allowed, Write};
use crate::problem::{Code, Refused, refusals};

refusals! {
    /// `POST /runs/{id}/retry`
    RetryRefusals = [InvalidId, NotFound, WrongState, Expired, InvalidBody, BrokenBody, BodyTimeout, BodyTooLarge, UnsupportedMediaType];
    /// `POST /runs/{id}/restart`
    RestartRefusals = [InvalidId, NotFound, WrongState, Expired, InvalidBody, BrokenBody, BodyTimeout, BodyTooLarge, UnsupportedMediaType];
    /// `POST /runs/{id}/cancel`
    CancelRefusals = [InvalidId, NotFound, WrongState, InvalidBody, BrokenBody, BodyTimeout, BodyTooLarge, UnsupportedMediaType];
}

/// Why a run was cancelled, where nobody says so.
const NO_REASON: &str = "an operator cancelled it";

/// Why a run of old cannot go on.
const EXPIRED: &str =
    "what the run's event and its journal said is no longer kept, so it cannot go on";

/// The operations of operators on runs.
pub(crate) struct OperateRunsApi {
    /// Where they are.
    pub(crate) store: Store,
    /// Where the newest versions are.
    pub(crate) rules: Arc<ActiveRules>,
}

#[OpenApi]
impl OperateRunsApi {
    /// Retry a run
    ///
    /// Has a failed or blocked run go on from its journal, which is cut after the last successful write or long wait: what
    /// stands behind is asked again, with the same idempotency keys. With `latest` it goes on on the newest version of its
    /// rule instead of the one that it is pinned to.
    #[oai(
        path = "/runs/:id/retry",
        method = "post",
        operation_id = "retry_run",
        tag = "Tag::Runs"
    )]
    async fn retry_run(
        &self,
        key: Allowed<Write>,
        /// The run's id.
        id: Path<Text<RunId>>,
        /// How.
        body: Given<RunRetry>,
    ) -> Result<Json<OperatedRun>, Refused<RetryRefusals>> {
        let id = id.0.0;
        let found = self.find(id).await?;
        let found = found.ok_or_else(|| Refused::not_found("run"))?;
        if self.is_expired(&found).await? {
            return Err(Refused::new(Code::Expired, EXPIRED));
        }
        let mut version = None;
        if body.0.latest {
            let rules = self.rules.load();
            let newest = rules.rules.get(&found.run.rule).ok_or_else(|| {
                Refused::new(
                    Code::WrongState,
                    format!(
                        "no rule {} is in force: without `latest` the run goes on on the version that it is pinned to",
                        found.run.rule
                    ),
                )
            })?;
            version = Some(newest.version.clone());
        }
        match key.0.store(&self.store).retry_run(id, version).await? {
            Operated::Done => Ok(Json(OperatedRun::new(&found.run, RunState::Ready, None))),
            Operated::NoSuch => Err(Refused::not_found("run")),
            Operated::NotIn(state) => Err(Refused::new(
                Code::WrongState,
                format!(
                    "the run is {state}: only a failed or blocked one can be retried; {}",
                    instead(state)
                ),
            )),
        }
    }

    /// Restart a run
    ///
    /// Has a run that has ended begin anew: with an empty journal, the newest version of its rule and other idempotency
    /// keys, so that what it does outside is done again. The answer lists the effects that were done before, may have been,
    /// or are on their way; with `dry_run` it does nothing else.
    #[oai(
        path = "/runs/:id/restart",
        method = "post",
        operation_id = "restart_run",
        tag = "Tag::Runs"
    )]
    async fn restart_run(
        &self,
        key: Allowed<Write>,
        /// The run's id.
        id: Path<Text<RunId>>,
        /// How.
        body: Given<RunRestart>,
    ) -> Result<Json<RestartedRun>, Refused<RestartRefusals>> {
        let id = id.0.0;
        let found = self.find(id).await?;
        let found = found.ok_or_else(|| Refused::not_found("run"))?;
        if self.is_expired(&found).await? {
            return Err(Refused::new(Code::Expired, EXPIRED));
        }
        let refused = |state: RunState| {
            Refused::new(
                Code::WrongState,
                format!(
                    "the run is {state}: only one that has ended can be restarted; cancel it first"
                ),
            )
        };
        let done = self.store.effects_done(id).await?;
        let masking = key.0.masking();
        if body.0.dry_run {
            let state = found.run.state;
            if !state.has_ended() {
                return Err(refused(state));
            }
            key.0.changed_nothing();
            let run = OperatedRun::new(&found.run, state, found.run.reason.clone());
            return Ok(Json(RestartedRun::new(run, true, done, masking)));
        }
        match key.0.store(&self.store).restart_run(id).await? {
            Operated::Done => {
                let run = OperatedRun::new(&found.run, RunState::Ready, None);
                Ok(Json(RestartedRun::new(run, false, done, masking)))
            }
            Operated::NoSuch => Err(Refused::not_found("run")),
            Operated::NotIn(state) => Err(refused(state)),
        }
    }

    /// Cancel a run
    ///
    /// Ends a run that is ready, running, waiting, failed or blocked. A running one is taken from its worker; a call that
    /// is under way then is `unknown` in the ledger. Sends that are in the outbox already go out: discard them to stop them.
    #[oai(
        path = "/runs/:id/cancel",
        method = "post",
        operation_id = "cancel_run",
        tag = "Tag::Runs"
    )]
    async fn cancel_run(
        &self,
        key: Allowed<Write>,
        /// The run's id.
        id: Path<Text<RunId>>,
        /// Why.
        body: Given<RunCancellation>,
    ) -> Result<Json<OperatedRun>, Refused<CancelRefusals>> {
        let id = id.0.0;
        let found = self.find(id).await?;
        let found = found.ok_or_else(|| Refused::not_found("run"))?;
        let reason = body.0.reason;
        let reason = reason.map_or_else(|| NO_REASON.to_owned(), |Text(Plain(text))| text);
        key.0.because(&reason);
        let store = key.0.store(&self.store);
        match store.cancel_run(id, reason.as_str()).await? {
            Operated::Done => Ok(Json(OperatedRun::new(
                &found.run,
                RunState::Cancelled,
                Some(reason),
            ))),
            Operated::NoSuch => Err(Refused::not_found("run")),
            Operated::NotIn(state) => Err(Refused::new(
                Code::WrongState,
                format!("the run is {state}: it is over already"),
            )),
        }
    }
}

impl OperateRunsApi {
    async fn find(&self, id: RunId) -> Result<Option<RunView>, cuebook_store::StoreError> {
        self.store.look_at_run(id).await
    }

    /// Whether nothing of the run is kept that it could go on from.
    async fn is_expired(&self, found: &RunView) -> Result<bool, cuebook_store::StoreError> {
        let event = self.store.event(found.run.event_id).await?;
        Ok(event.is_some_and(|event| is_expired(&event) || is_erased(&event)))
    }
}

/// What can be done with a run that cannot be retried.
fn instead(state: RunState) -> &'static str {
    match state {
        RunState::Ready | RunState::Running | RunState::Waiting => {
            "it goes on by itself, and `cancel` ends it"
        }
        _ => "`restart` begins it anew",
    }
}
