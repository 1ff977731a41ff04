//! Many runs: which, and what is decided.

use std::collections::BTreeMap;
use std::sync::Arc;

use cuebook_core::event::Origin;
use cuebook_core::rule::{RuleName, VersionHash};
use cuebook_core::run::RunState;
use cuebook_core::{EventId, RunId, Timestamp};
use cuebook_rules::ActiveRules;
use cuebook_store::{Operated, RunFilter, SearchIn, Store, StoreError};
use poem_openapi::types::Example;
use poem_openapi::{Enum, Object};

use crate::admin::rule_sets::Hash;
use crate::admin::value::{Plain, Text, event_types};

/// What is to be done with runs: with `runs`, or with those that `filter` finds, of which an empty one finds all.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields, example)]
pub(crate) struct BulkRuns {
    /// What is to be done with each.
    pub(super) operation: RunOperation,
    /// With these.
    #[oai(validator(min_items = 1, max_items = 1000))]
    pub(super) runs: Option<Vec<Text<RunId>>>,
    /// With those that fit all members of the filter.
    pub(super) filter: Option<RunFilterBody>,
    /// When retried: whether on the newest version of their rule, instead of the one that they are pinned to.
    #[oai(default)]
    pub(super) latest: bool,
    /// Why, for the audit log. Mail addresses in it are hidden.
    pub(super) reason: Option<Text<Plain>>,
    /// Whether they are only counted.
    #[oai(default)]
    pub(super) dry_run: bool,
}

/// What is to be done with runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[oai(rename_all = "lowercase")]
pub(crate) enum RunOperation {
    /// Have failed and blocked ones go on from their journals.
    Retry,
    /// Have those that have ended begin anew.
    Restart,
    /// End those that are not over.
    Cancel,
}

/// Which runs: those that fit each member that is given.
#[derive(Debug, Default, Object)]
#[oai(rename = "RunFilter", deny_unknown_fields)]
pub(crate) struct RunFilterBody {
    /// Of events of one of these types.
    #[oai(rename = "type")]
    event_type: Option<Vec<Text<Plain>>>,
    /// Of this rule.
    rule: Option<Text<RuleName>>,
    /// On this version of a rule: its hash.
    rule_version: Option<Text<Hash>>,
    /// In this state.
    state: Option<Text<RunState>>,
    /// About this booking or person.
    subject: Option<Text<Plain>>,
    /// Of events that came this way.
    origin: Option<Text<Origin>>,
    /// Of this event.
    event: Option<Text<EventId>>,
    /// Made at this instant or later.
    since: Option<Text<Timestamp>>,
    /// Made before this instant.
    until: Option<Text<Timestamp>>,
    /// With this text in rule, subject or reason; without the scope `personal`, in rule and subject alone.
    q: Option<Text<Plain>>,
}

impl RunOperation {
    /// The states that allow it.
    pub(super) fn states(self) -> &'static [RunState] {
        match self {
            Self::Retry => &[RunState::Failed, RunState::Blocked],
            Self::Restart => &[
                RunState::Completed,
                RunState::Skipped,
                RunState::Failed,
                RunState::Blocked,
                RunState::Cancelled,
            ],
            Self::Cancel => &[
                RunState::Ready,
                RunState::Running,
                RunState::Waiting,
                RunState::Failed,
                RunState::Blocked,
            ],
        }
    }
}

impl RunFilterBody {
    /// The store's filter.
    pub(super) fn into_filter(self, q_in: SearchIn) -> RunFilter {
        RunFilter {
            event_type: event_types(self.event_type.unwrap_or_default()),
            rule: self.rule.map(|rule| rule.0),
            rule_version: self.rule_version.map(|version| VersionHash(version.0.0)),
            state: self.state.map(|state| state.0),
            subject: self.subject.map(|text| text.0.0),
            origin: self.origin.map(|origin| origin.0),
            event: self.event.map(|id| id.0),
            since: self.since.map(|at| at.0),
            until: self.until.map(|at| at.0),
            q: self.q.map(|text| text.0.0),
            q_in,
        }
    }
}

/// Carries a decision out for one run after another.
pub(super) struct RunDecision {
    /// Where they are, for whom it is decided.
    pub(super) store: Store,
    /// What is decided.
    pub(super) operation: RunOperation,
    /// The newest versions, if retried runs are to go on on these.
    pub(super) newest: Option<Arc<ActiveRules>>,
    /// Why runs are cancelled.
    pub(super) reason: String,
}

impl RunDecision {
    /// Decides about `run` of `rule`. Why it was not done, if it was not.
    pub(super) async fn about(&self, run: RunId, rule: &str) -> Result<Option<String>, StoreError> {
        let operated = match self.operation {
            RunOperation::Retry => {
                let version = match &self.newest {
                    None => None,
                    Some(rules) => match newest(rules, rule) {
                        Some(version) => Some(version),
                        None => return Ok(Some(format!("no rule {rule} is in force"))),
                    },
                };
                self.store.retry_run(run, version).await?
            }
            RunOperation::Restart => self.store.restart_run(run).await?,
            RunOperation::Cancel => self.store.cancel_run(run, self.reason.as_str()).await?,
        };
        Ok(match operated {
            Operated::Done => None,
            Operated::NoSuch => Some("there is no such run".to_owned()),
            Operated::NotIn(state) => Some(format!("it is {state}")),
        })
    }
}

fn newest(rules: &ActiveRules, rule: &str) -> Option<VersionHash> {
    let name: RuleName = rule.parse().ok()?;
    let set = rules.load();
    set.rules.get(&name).map(|rule| rule.version.clone())
}

/// The rules of runs that were named, as far as they are known.
pub(super) async fn rules_of(
    store: &Store,
    runs: &[RunId],
) -> Result<BTreeMap<RunId, String>, StoreError> {
    let mut rules = BTreeMap::new();
    for run in runs {
        if let Some(view) = store.look_at_run(*run).await? {
            rules.insert(*run, view.run.rule.to_string());
        }
    }
    Ok(rules)
}

impl Example for BulkRuns {
    fn example() -> Self {
        Self {
            operation: RunOperation::Retry,
            runs: None,
            filter: Some(RunFilterBody {
                rule: "new-booking/thank-you".parse().ok().map(Text),
                state: Some(Text(RunState::Failed)),
                ..RunFilterBody::default()
            }),
            latest: true,
            reason: Some(Text(Plain("the rule was mended".to_owned()))),
            dry_run: true,
        }
    }
}
