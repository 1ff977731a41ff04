//! What is to be replayed, and how.

use cuebook_core::event::{EventState, Origin};
use cuebook_core::replay::{ReplayFilter, ReplayOf, ReplayVersion};
use cuebook_core::rule::{RuleName, VersionHash};
use cuebook_core::{EventId, Timestamp};
use cuebook_store::SearchIn;
use poem_openapi::types::Example;
use poem_openapi::{Enum, Object};

use crate::admin::rule_sets::Hash;
use crate::admin::sample;
use crate::admin::value::{Plain, Text, event_types};

/// What is to be replayed: `events` or those that `filter` finds, of which an empty one finds all.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields, example)]
pub(crate) struct NewReplay {
    /// These events, each once.
    #[oai(validator(min_items = 1, max_items = 10000))]
    pub(crate) events: Option<Vec<Text<EventId>>>,
    /// The events that there are now and that all members of the filter fit.
    pub(crate) filter: Option<ReplayFilterBody>,
    /// Through this rule alone; through all that are for the event, where none is named. The way to a rule of `manual/`.
    pub(crate) rule: Option<Text<RuleName>>,
    /// On which version of the rules.
    #[oai(default)]
    pub(crate) version: VersionBody,
    /// What becomes of writes and sends.
    #[oai(default)]
    pub(crate) effects: EffectsWanted,
    /// Why, for the audit log. Mail addresses in it are hidden.
    pub(crate) reason: Option<Text<Plain>>,
    /// Whether the events are only counted.
    #[oai(default)]
    pub(crate) dry_run: bool,
}

/// Which events are replayed: those that fit each member that is given. What is itself a replay is left out, unless
/// `origin` asks for it.
#[derive(Debug, Default, Object)]
#[oai(rename = "ReplayFilter", deny_unknown_fields)]
pub(crate) struct ReplayFilterBody {
    /// Of one of these types.
    #[oai(rename = "type")]
    event_type: Option<Vec<Text<Plain>>>,
    /// About this booking or person.
    subject: Option<Text<Plain>>,
    /// In this state when their turn comes.
    state: Option<Text<EventState>>,
    /// That came this way.
    origin: Option<Text<Origin>>,
    /// That this rule ran for.
    rule: Option<Text<RuleName>>,
    /// That ran on this version of a rule: its hash.
    rule_version: Option<Text<Hash>>,
    /// That came at this instant or later.
    since: Option<Text<Timestamp>>,
    /// That came before this instant.
    until: Option<Text<Timestamp>>,
    /// In which each of these words occurs; without the scope `personal`, in type and subject alone.
    q: Option<Text<Plain>>,
}

/// On which version of its rules an event is replayed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Enum)]
#[oai(rename = "ReplayVersion", rename_all = "lowercase")]
pub(crate) enum VersionBody {
    /// On the one that is in force.
    #[default]
    Newest,
    /// On the one that each of its former runs had, for the rules that ran then.
    Original,
}

/// What becomes of writes and sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Enum)]
#[oai(rename = "ReplayEffects", rename_all = "lowercase")]
pub(crate) enum EffectsWanted {
    /// They are recorded and none is performed.
    #[default]
    Capture,
    /// They are performed.
    Perform,
}

impl NewReplay {
    /// The events that are meant, or why that cannot be told.
    pub(crate) fn selection(&mut self, q_in: SearchIn) -> Result<ReplayOf, &'static str> {
        match (self.events.take(), self.filter.take()) {
            (Some(ids), None) => {
                let mut ids: Vec<EventId> = ids.into_iter().map(|id| id.0).collect();
                ids.sort_unstable();
                ids.dedup();
                Ok(ReplayOf::Events(ids))
            }
            (None, Some(filter)) => Ok(ReplayOf::Filter(filter.into_filter(q_in))),
            (None, None) => {
                Err("name the `events`, or give a `filter`; an empty one stands for all events")
            }
            (Some(_), Some(_)) => Err("`events` and `filter` exclude each other"),
        }
    }
}

impl ReplayFilterBody {
    fn into_filter(self, q_in: SearchIn) -> ReplayFilter {
        ReplayFilter {
            types: event_types(self.event_type.unwrap_or_default()),
            subject: self.subject.map(|text| text.0.0),
            state: self.state.map(|state| state.0),
            origin: self.origin.map(|origin| origin.0),
            rule: self.rule.map(|rule| rule.0),
            rule_version: self.rule_version.map(|version| VersionHash(version.0.0)),
            since: self.since.map(|at| at.0),
            until: self.until.map(|at| at.0),
            q: self.q.map(|text| text.0.0),
            names_only: q_in == SearchIn::Names,
        }
    }
}

impl From<VersionBody> for ReplayVersion {
    fn from(version: VersionBody) -> Self {
        match version {
            VersionBody::Newest => Self::Newest,
            VersionBody::Original => Self::Original,
        }
    }
}

impl From<ReplayVersion> for VersionBody {
    fn from(version: ReplayVersion) -> Self {
        match version {
            ReplayVersion::Newest => Self::Newest,
            ReplayVersion::Original => Self::Original,
        }
    }
}

impl Example for NewReplay {
    fn example() -> Self {
        Self {
            events: None,
            filter: Some(ReplayFilterBody {
                rule: "new-booking/thank-you".parse().ok().map(Text),
                rule_version: Some(Text(Hash("4f1b".repeat(16)))),
                since: Some(Text(sample::instant(0))),
                ..ReplayFilterBody::default()
            }),
            rule: "manual/apology".parse().ok().map(Text),
            version: VersionBody::Newest,
            effects: EffectsWanted::Capture,
            reason: Some(Text(Plain("the link in the mail was wrong".to_owned()))),
            dry_run: true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replay(events: usize, filter: bool) -> NewReplay {
        NewReplay {
            events: (events > 0).then(|| vec![Text(sample::event_id()); events]),
            filter: filter.then(ReplayFilterBody::default),
            ..NewReplay::example()
        }
    }

    #[test]
    fn either_events_or_a_filter_is_given_and_no_event_twice() {
        let selection = |events, filter| replay(events, filter).selection(SearchIn::Names);
        assert!(selection(0, false).is_err());
        assert!(selection(1, true).is_err());
        assert_eq!(
            selection(3, false),
            Ok(ReplayOf::Events(vec![sample::event_id()]))
        );
        let Ok(ReplayOf::Filter(all)) = selection(0, true) else {
            panic!("a filter was given");
        };
        assert!(all.names_only);
    }
}
