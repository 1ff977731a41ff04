//! Many effects: which, and what is decided.

use cuebook_core::effect::EffectState;
use cuebook_core::event::Origin;
use cuebook_core::rule::{RuleName, VersionHash};
use cuebook_core::{EffectId, EventId, RunId, Timestamp};
use cuebook_store::{EffectFilter, EffectOperated, SearchIn, Store, StoreError};
use poem_openapi::types::Example;
use poem_openapi::{Enum, Object};

use crate::admin::rule_sets::Hash;
use crate::admin::value::{Plain, Text, event_types, texts};

/// What is to be done with effects: with `effects`, or with those that `filter` finds, of which an empty one finds all.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields, example)]
pub(crate) struct BulkEffects {
    /// What is to be done with each.
    pub(super) operation: EffectOperation,
    /// With these.
    #[oai(validator(min_items = 1, max_items = 1000))]
    pub(super) effects: Option<Vec<Text<EffectId>>>,
    /// With those that fit all members of the filter.
    pub(super) filter: Option<EffectFilterBody>,
    /// Why, for the audit log. Mail addresses in it are hidden.
    pub(super) reason: Option<Text<Plain>>,
    /// Whether they are only counted.
    #[oai(default)]
    pub(super) dry_run: bool,
}

/// What is to be done with effects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[oai(rename_all = "lowercase")]
pub(crate) enum EffectOperation {
    /// Have sends tried again that have failed or whose outcome is unknown.
    Retry,
    /// Let sends go that are held.
    Approve,
    /// Decide against what is pending, held or failed.
    Discard,
}

/// Which effects: those that fit each member that is given.
#[derive(Debug, Default, Object)]
#[oai(rename = "EffectFilter", deny_unknown_fields)]
pub(crate) struct EffectFilterBody {
    /// Of one of these functions, such as `email::send`.
    kind: Option<Vec<Text<Plain>>>,
    /// Behind which an event of one of these types stands.
    #[oai(rename = "type")]
    event_type: Option<Vec<Text<Plain>>>,
    /// Of runs about this booking or person.
    subject: Option<Text<Plain>>,
    /// Behind which an event stands that came this way.
    origin: Option<Text<Origin>>,
    /// In this state.
    state: Option<Text<EffectState>>,
    /// Of this rule.
    rule: Option<Text<RuleName>>,
    /// Of runs on this version of a rule: its hash.
    rule_version: Option<Text<Hash>>,
    /// Of this run.
    run: Option<Text<RunId>>,
    /// Of this event.
    event: Option<Text<EventId>>,
    /// Wanted at this instant or later.
    since: Option<Text<Timestamp>>,
    /// Wanted before this instant.
    until: Option<Text<Timestamp>>,
    /// With this text in kind, target or key; without the scope `personal`, in the kind alone.
    q: Option<Text<Plain>>,
}

impl EffectOperation {
    /// The states that allow it, and whether it is for sends alone.
    pub(super) fn states(self) -> (&'static [EffectState], bool) {
        match self {
            Self::Retry => (&[EffectState::Failed, EffectState::Unknown], true),
            Self::Approve => (&[EffectState::Held], true),
            Self::Discard => (
                &[EffectState::Pending, EffectState::Held, EffectState::Failed],
                false,
            ),
        }
    }

    /// Decides about `effect`. Why it was not done, if it was not.
    pub(super) async fn about(
        self,
        store: &Store,
        effect: EffectId,
    ) -> Result<Option<String>, StoreError> {
        let operated = match self {
            Self::Retry => store.retry_send(effect).await?,
            Self::Approve => store.approve_send(effect).await?,
            Self::Discard => store.discard_effect(effect).await?,
        };
        Ok(match operated {
            EffectOperated::Done => None,
            EffectOperated::NoSuch => Some("there is no such effect".to_owned()),
            EffectOperated::NotIn(state) => Some(format!("it is {state}")),
            EffectOperated::IsCall => Some("it is a call, whose answer its run needs".to_owned()),
            EffectOperated::UnderWay => Some("an attempt is being made just now".to_owned()),
        })
    }
}

impl EffectFilterBody {
    /// The store's filter.
    pub(super) fn into_filter(self, q_in: SearchIn) -> EffectFilter {
        EffectFilter {
            kind: texts(self.kind.unwrap_or_default()),
            event_type: event_types(self.event_type.unwrap_or_default()),
            subject: self.subject.map(|text| text.0.0),
            origin: self.origin.map(|origin| origin.0),
            state: self.state.map(|state| state.0),
            rule: self.rule.map(|rule| rule.0),
            rule_version: self.rule_version.map(|version| VersionHash(version.0.0)),
            run: self.run.map(|id| id.0),
            event: self.event.map(|id| id.0),
            since: self.since.map(|at| at.0),
            until: self.until.map(|at| at.0),
            q: self.q.map(|text| text.0.0),
            q_in,
            ..EffectFilter::default()
        }
    }
}

impl Example for BulkEffects {
    fn example() -> Self {
        Self {
            operation: EffectOperation::Discard,
            effects: None,
            filter: Some(EffectFilterBody {
                rule: "new-booking/thank-you".parse().ok().map(Text),
                state: Some(Text(EffectState::Held)),
                ..EffectFilterBody::default()
            }),
            reason: Some(Text(Plain("the rule was wrong".to_owned()))),
            dry_run: true,
        }
    }
}
