//! The operations on runs.

use cuebook_core::event::Origin;
use cuebook_core::rule::{RuleName, VersionHash};
use cuebook_core::run::RunState;
use cuebook_core::{EventId, RunId, Timestamp};
use cuebook_store::{RunFilter, Store};
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;

use super::view::{RunBody, RunPage};
use crate::admin::page::{Cursor, Limit, page, shown};
use crate::admin::rule_sets::Hash;
use crate::admin::tag::Tag;
use crate::admin::value::{Plain, Text, event_types};
use crate::auth::{Allowed, Read};
use crate::problem::{Refused, refusals};

refusals! {
    /// `GET /runs`
    ListRefusals = [InvalidParameter];
    /// `GET /runs/{id}`
    ShowRefusals = [InvalidId, NotFound];
}

/// The operations on runs.
pub(crate) struct RunsApi(pub(crate) Store);

#[OpenApi]
impl RunsApi {
    /// List runs
    ///
    /// The runs, newest first, without their steps, logs and effects.
    #[oai(
        path = "/runs",
        method = "get",
        operation_id = "list_runs",
        tag = "Tag::Runs"
    )]
    #[expect(clippy::too_many_arguments, reason = "each is a parameter of the API")]
    async fn list_runs(
        &self,
        key: Allowed<Read>,
        /// Only runs of events of this type; may be given several times.
        #[oai(name = "type")]
        event_type: Query<Vec<Text<Plain>>>,
        /// Only runs of this rule.
        rule: Query<Option<Text<RuleName>>>,
        /// Only runs on this version of a rule: its hash.
        rule_version: Query<Option<Text<Hash>>>,
        /// Only runs in this state.
        state: Query<Option<Text<RunState>>>,
        /// Only runs about this booking or person.
        subject: Query<Option<Text<Plain>>>,
        /// Only runs of events that came this way.
        origin: Query<Option<Text<Origin>>>,
        /// Only runs of this event.
        event: Query<Option<Text<EventId>>>,
        /// Only runs that were made at this instant or later.
        since: Query<Option<Text<Timestamp>>>,
        /// Only runs that were made before this instant.
        until: Query<Option<Text<Timestamp>>>,
        /// Only runs with this text in rule, subject or reason; without the scope `personal`, in rule and subject alone.
        q: Query<Option<Text<Plain>>>,
        /// How many to answer.
        limit: Query<Option<Text<Limit>>>,
        /// The `next_cursor` of the page before.
        cursor: Query<Option<Text<Cursor>>>,
    ) -> Result<Json<RunPage>, Refused<ListRefusals>> {
        let filter = RunFilter {
            event_type: event_types(event_type.0),
            rule: rule.0.map(|rule| rule.0),
            rule_version: rule_version.0.map(|version| VersionHash(version.0.0)),
            state: state.0.map(|state| state.0),
            subject: subject.0.map(|text| text.0.0),
            origin: origin.0.map(|origin| origin.0),
            event: event.0.map(|id| id.0),
            since: since.0.map(|at| at.0),
            until: until.0.map(|at| at.0),
            q: q.0.map(|text| text.0.0),
            q_in: key.0.search_in(),
        };
        let listed = self.0.list_runs(&filter, &page(limit.0, cursor.0)).await?;
        let masking = key.0.masking();
        let (items, next_cursor) = shown(listed, |view| RunBody::new(view, masking));
        Ok(Json(RunPage { items, next_cursor }))
    }

    /// Show a run
    ///
    /// One run with its steps, logs and effects. Without the scope `personal`, mail addresses are masked.
    #[oai(
        path = "/runs/:id",
        method = "get",
        operation_id = "show_run",
        tag = "Tag::Runs"
    )]
    async fn show_run(
        &self,
        key: Allowed<Read>,
        /// The run's id.
        id: Path<Text<RunId>>,
    ) -> Result<Json<RunBody>, Refused<ShowRefusals>> {
        let view = self.0.look_at_run(id.0.0).await?;
        view.map(|view| Json(RunBody::new(view, key.0.masking())))
            .ok_or_else(|| Refused::not_found("run"))
    }
}
