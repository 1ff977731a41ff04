//! The operations on many.

use std::collections::BTreeMap;
use std::sync::Arc;

use cuebook_core::{EffectId, RunId};
use cuebook_rules::ActiveRules;
use cuebook_store::{Store, StoreError};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use poem_openapi::OpenApi;
use poem_openapi::payload::Json;

use super::effects::BulkEffects;
use super::runs::{BulkRuns, RunDecision, rules_of};
use super::view::{AT_ONCE, BulkOutcome};
use crate::admin::tag::Tag;
use crate::admin::value::{Plain, Text};
use crate::auth::{Allowed, Caller, Write};
use crate::problem::{Code, Refused, refusals};

refusals! {
    /// `POST /bulk/runs` and `POST /bulk/effects`
    BulkRefusals = [InvalidValue, InvalidBody, BrokenBody, BodyTimeout, BodyTooLarge, UnsupportedMediaType];
}

/// How many decisions are on their way to the writer at once: they share its transactions.
const TOGETHER: usize = 64;
/// Why runs are cancelled, where nobody says so.
const NO_REASON: &str = "an operator cancelled it";

/// The operations on many.
pub(crate) struct BulkApi {
    /// Where they are.
    pub(crate) store: Store,
    /// Where the newest versions are.
    pub(crate) rules: Arc<ActiveRules>,
}

#[OpenApi]
impl BulkApi {
    /// Decide about many runs
    ///
    /// Retries, restarts or cancels runs as the operations on a single one do, 1,000 at most with one request, the oldest
    /// first; `more` says whether to send it again. With `dry_run` they are counted, and nothing is changed.
    #[oai(
        path = "/bulk/runs",
        method = "post",
        operation_id = "operate_runs",
        tag = "Tag::Runs"
    )]
    async fn operate_runs(
        &self,
        key: Allowed<Write>,
        /// Which runs, and what is to be done with them.
        body: Json<BulkRuns>,
    ) -> Result<Json<BulkOutcome>, Refused<BulkRefusals>> {
        let wanted = body.0;
        let states = wanted.operation.states();
        let (matched, taken): (u64, Vec<(RunId, String)>) = match (wanted.runs, wanted.filter) {
            (Some(ids), None) => {
                let mut ids: Vec<RunId> = ids.into_iter().map(|id| id.0).collect();
                ids.sort_unstable();
                ids.dedup();
                let rules = if wanted.latest {
                    rules_of(&self.store, &ids).await?
                } else {
                    BTreeMap::new()
                };
                let named = ids.into_iter().map(|id| {
                    let rule = rules.get(&id).cloned().unwrap_or_default();
                    (id, rule)
                });
                let named: Vec<_> = named.collect();
                (named.len() as u64, named)
            }
            (None, Some(filter)) => {
                let filter = filter.into_filter(key.0.search_in());
                let matched = self.store.count_runs(&filter, states).await?;
                let found = self.store.find_runs(&filter, states, AT_ONCE as u64);
                (
                    matched,
                    if wanted.dry_run {
                        Vec::new()
                    } else {
                        found.await?
                    },
                )
            }
            given => return Err(ambiguous(given.0.is_some(), "runs")),
        };
        if wanted.dry_run {
            key.0.changed_nothing();
            return Ok(Json(BulkOutcome::counted(matched)));
        }
        let reason = wanted.reason.map(|Text(Plain(text))| text);
        explain(&key.0, reason.as_deref());
        let decision = RunDecision {
            store: key.0.store(&self.store),
            operation: wanted.operation,
            newest: wanted.latest.then(|| Arc::clone(&self.rules)),
            reason: reason.unwrap_or_else(|| NO_REASON.to_owned()),
        };
        let decisions = taken.into_iter().map(|(run, rule)| {
            let decision = &decision;
            async move { Ok((run.to_string(), decision.about(run, &rule).await?)) }
        });
        Ok(Json(BulkOutcome::of(matched, all(decisions).await?)))
    }

    /// Decide about many effects
    ///
    /// Retries, approves or discards effects as the operations on a single one do, 1,000 at most with one request, the oldest
    /// first; `more` says whether to send it again. With `dry_run` they are counted, and nothing is changed.
    #[oai(
        path = "/bulk/effects",
        method = "post",
        operation_id = "operate_effects",
        tag = "Tag::Effects"
    )]
    async fn operate_effects(
        &self,
        key: Allowed<Write>,
        /// Which effects, and what is to be done with them.
        body: Json<BulkEffects>,
    ) -> Result<Json<BulkOutcome>, Refused<BulkRefusals>> {
        let wanted = body.0;
        let operation = wanted.operation;
        let (states, sends) = operation.states();
        let (matched, taken): (u64, Vec<EffectId>) = match (wanted.effects, wanted.filter) {
            (Some(ids), None) => {
                let mut ids: Vec<EffectId> = ids.into_iter().map(|id| id.0).collect();
                ids.sort_unstable();
                ids.dedup();
                (ids.len() as u64, ids)
            }
            (None, Some(filter)) => {
                let filter = filter.into_filter(key.0.search_in());
                let matched = self.store.count_effects(&filter, states, sends).await?;
                let found = self
                    .store
                    .find_effects(&filter, states, sends, AT_ONCE as u64);
                (
                    matched,
                    if wanted.dry_run {
                        Vec::new()
                    } else {
                        found.await?
                    },
                )
            }
            given => return Err(ambiguous(given.0.is_some(), "effects")),
        };
        if wanted.dry_run {
            key.0.changed_nothing();
            return Ok(Json(BulkOutcome::counted(matched)));
        }
        let reason = wanted.reason.map(|Text(Plain(text))| text);
        explain(&key.0, reason.as_deref());
        let store = key.0.store(&self.store);
        let decisions = taken.into_iter().map(|effect| {
            let store = &store;
            async move { Ok((effect.to_string(), operation.about(store, effect).await?)) }
        });
        Ok(Json(BulkOutcome::of(matched, all(decisions).await?)))
    }
}

/// Waits for all decisions, some at a time.
async fn all<D>(
    decisions: impl Iterator<Item = D>,
) -> Result<Vec<(String, Option<String>)>, StoreError>
where
    D: Future<Output = Result<(String, Option<String>), StoreError>>,
{
    stream::iter(decisions)
        .buffered(TOGETHER)
        .try_collect()
        .await
}

fn explain(caller: &Caller, reason: Option<&str>) {
    if let Some(reason) = reason {
        caller.because(reason);
    }
}

fn ambiguous(named: bool, what: &str) -> Refused<BulkRefusals> {
    let detail = if named {
        format!("`{what}` and `filter` exclude each other")
    } else {
        format!("name the `{what}`, or give a `filter`; an empty one stands for all of them")
    };
    Refused::new(Code::InvalidValue, detail)
}
