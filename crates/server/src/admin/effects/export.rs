//! The operation that exports the ledger.

use cuebook_core::effect::EffectState;
use cuebook_core::event::Origin;
use cuebook_core::rule::{RuleName, VersionHash};
use cuebook_core::{EventId, RunId, Timestamp};
use cuebook_store::{EffectFilter, Store};
use poem_openapi::OpenApi;
use poem_openapi::param::Query;

use super::csv::EffectsCsv;
use super::refusals::ListRefusals;
use crate::admin::rule_sets::Hash;
use crate::admin::tag::Tag;
use crate::admin::value::{Plain, Text, event_types, texts};
use crate::auth::{Allowed, Read};
use crate::problem::Refused;

/// The operation that exports effects.
pub(crate) struct ExportEffectsApi(pub(crate) Store);

#[OpenApi]
impl ExportEffectsApi {
    /// Export effects
    ///
    /// All effects that the filters find, newest first, as CSV with a heading. Without the scope `personal`, mail addresses
    /// are masked. Where the connection ends before the answer does, it is not all of them.
    #[oai(
        path = "/effects.csv",
        method = "get",
        operation_id = "export_effects",
        tag = "Tag::Effects"
    )]
    #[expect(clippy::too_many_arguments, reason = "each is a parameter of the API")]
    #[expect(clippy::unused_async, reason = "the answer is read while it is sent")]
    async fn export_effects(
        &self,
        key: Allowed<Read>,
        /// Only effects of this function, such as `email::send`; may be given several times.
        kind: Query<Vec<Text<Plain>>>,
        /// Only effects behind which an event of this type stands; may be given several times.
        #[oai(name = "type")]
        event_type: Query<Vec<Text<Plain>>>,
        /// Only effects of runs about this booking or person.
        subject: Query<Option<Text<Plain>>>,
        /// Only effects behind which an event stands that came this way.
        origin: Query<Option<Text<Origin>>>,
        /// Only effects in this state.
        state: Query<Option<Text<EffectState>>>,
        /// Only effects of this rule.
        rule: Query<Option<Text<RuleName>>>,
        /// Only effects of runs on this version of a rule: its hash.
        rule_version: Query<Option<Text<Hash>>>,
        /// Only effects of this run.
        run: Query<Option<Text<RunId>>>,
        /// Only effects of this event.
        event: Query<Option<Text<EventId>>>,
        /// Only effects wanted at this instant or later.
        since: Query<Option<Text<Timestamp>>>,
        /// Only effects wanted before this instant.
        until: Query<Option<Text<Timestamp>>>,
        /// Only effects with this text in kind, target or key; without the scope `personal`, in the kind alone.
        q: Query<Option<Text<Plain>>>,
    ) -> Result<EffectsCsv, Refused<ListRefusals>> {
        let filter = EffectFilter {
            kind: texts(kind.0),
            event_type: event_types(event_type.0),
            subject: subject.0.map(|text| text.0.0),
            origin: origin.0.map(|origin| origin.0),
            state: state.0.map(|state| state.0),
            rule: rule.0.map(|rule| rule.0),
            rule_version: rule_version.0.map(|version| VersionHash(version.0.0)),
            run: run.0.map(|id| id.0),
            event: event.0.map(|id| id.0),
            since: since.0.map(|at| at.0),
            until: until.0.map(|at| at.0),
            q: q.0.map(|text| text.0.0),
            q_in: key.0.search_in(),
            ..EffectFilter::default()
        };
        Ok(EffectsCsv::of(self.0.clone(), filter, key.0.masking()))
    }
}
