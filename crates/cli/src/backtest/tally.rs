//! What is counted: per rule, and in total.

use std::collections::BTreeMap;

use cuebook_core::rule::RuleName;
use serde_json::{Map, Value as Json, json};

use super::compare::Change;
use super::replay::{Assumed, NotCompared, Replayed, Verdict};

/// What is counted of one rule, or of all. It grows with the number of functions and versions, and not with that of events.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tally {
    /// The runs that were compared.
    pub(super) compared: u64,
    /// Those of them that would do what was done.
    pub(super) as_before: u64,
    /// Those of them whose event had no run of the rule.
    pub(super) new_runs: u64,
    /// The differing effects by function.
    pub(super) effects: BTreeMap<String, Counts>,
    /// How often a field of a changed effect differs.
    pub(super) fields: BTreeMap<(String, &'static str), u64>,
    /// The runs that fail now and did not then.
    pub(super) new_errors: u64,
    /// The runs that failed then and do not now.
    pub(super) mended: u64,
    /// The runs that ask for what nobody has an answer to.
    pub(super) unanswered: u64,
    /// For what they ask.
    pub(super) unanswered_calls: BTreeMap<String, u64>,
    /// The runs that were not compared.
    pub(super) not_compared: BTreeMap<NotCompared, u64>,
    /// The answers that no journal has exactly.
    pub(super) assumed: BTreeMap<(Assumed, String), u64>,
    /// The past runs that were pinned to another version than the candidate, by version.
    pub(super) other_versions: BTreeMap<String, u64>,
}

/// Effects of one function.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) added: u64,
    pub(super) removed: u64,
    pub(super) changed: u64,
}

impl Tally {
    /// Counts what came of one event; `version` is the candidate's.
    pub(super) fn count(&mut self, replayed: &Replayed, version: Option<&str>) {
        for (function, assumed) in &replayed.assumed {
            *self
                .assumed
                .entry((*assumed, function.clone()))
                .or_default() += 1;
        }
        match &replayed.verdict {
            Verdict::NotCompared(why) => {
                *self.not_compared.entry(*why).or_default() += 1;
                return;
            }
            Verdict::Unanswered(calls) => {
                self.unanswered += 1;
                for call in calls {
                    *self
                        .unanswered_calls
                        .entry(call.function.clone())
                        .or_default() += 1;
                }
            }
            Verdict::Compared {
                changes,
                error,
                mended,
            } => {
                self.compared += 1;
                self.new_runs += u64::from(!replayed.ran);
                self.new_errors += u64::from(error.is_some());
                self.mended += u64::from(mended.is_some());
                let same = changes.is_empty() && error.is_none() && mended.is_none();
                self.as_before += u64::from(same);
                for change in changes {
                    self.change(change);
                }
            }
        }
        if let Some(past) = &replayed.past_version
            && version.is_some_and(|version| version != past)
        {
            *self.other_versions.entry(past.clone()).or_default() += 1;
        }
    }

    fn change(&mut self, change: &Change) {
        let function = match change {
            Change::Added(effect) | Change::Removed(effect) | Change::Changed { effect, .. } => {
                &effect.function
            }
        };
        let counts = self.effects.entry(function.clone()).or_default();
        match change {
            Change::Added(_) => counts.added += 1,
            Change::Removed(_) => counts.removed += 1,
            Change::Changed { fields, .. } => {
                counts.changed += 1;
                for field in fields {
                    *self
                        .fields
                        .entry((function.clone(), field.name))
                        .or_default() += 1;
                }
            }
        }
    }

    /// Adds what was counted elsewhere.
    pub(super) fn add(&mut self, other: &Self) {
        self.compared += other.compared;
        self.as_before += other.as_before;
        self.new_runs += other.new_runs;
        self.new_errors += other.new_errors;
        self.mended += other.mended;
        self.unanswered += other.unanswered;
        for (function, counts) in &other.effects {
            let sum = self.effects.entry(function.clone()).or_default();
            sum.added += counts.added;
            sum.removed += counts.removed;
            sum.changed += counts.changed;
        }
        merge(&mut self.fields, &other.fields);
        merge(&mut self.unanswered_calls, &other.unanswered_calls);
        merge(&mut self.not_compared, &other.not_compared);
        merge(&mut self.assumed, &other.assumed);
        merge(&mut self.other_versions, &other.other_versions);
    }

    /// Whether anything would be otherwise, or cannot be told.
    pub(crate) fn differs(&self) -> bool {
        self.new_errors + self.mended + self.unanswered > 0 || !self.effects.is_empty()
    }

    /// For tools.
    pub(super) fn to_json(&self) -> Json {
        let effects: Map<String, Json> = self
            .effects
            .iter()
            .map(|(function, counts)| {
                let of_function = |((name, _), _): &(&(String, &str), &u64)| name == function;
                let fields: Map<String, Json> = self
                    .fields
                    .iter()
                    .filter(of_function)
                    .map(|((_, field), count)| ((*field).to_owned(), Json::from(*count)))
                    .collect();
                let counts = json!({"added": counts.added, "removed": counts.removed, "changed": counts.changed, "changed_fields": fields});
                (function.clone(), counts)
            })
            .collect();
        let not_compared: Map<String, Json> = self
            .not_compared
            .iter()
            .map(|(why, count)| (word(*why).to_owned(), Json::from(*count)))
            .collect();
        let assumed: Vec<Json> = self
            .assumed
            .iter()
            .map(|((how, function), count)| {
                json!({"function": function, "how": how_word(*how), "times": count})
            })
            .collect();
        json!({
            "compared": self.compared,
            "as_before": self.as_before,
            "without_former_run": self.new_runs,
            "effects": effects,
            "new_errors": self.new_errors,
            "mended_errors": self.mended,
            "unanswered": self.unanswered,
            "unanswered_calls": self.unanswered_calls,
            "not_compared": not_compared,
            "assumed_answers": assumed,
            "former_versions": self.other_versions,
        })
    }
}

fn merge<K: Ord + Clone>(sums: &mut BTreeMap<K, u64>, others: &BTreeMap<K, u64>) {
    for (key, count) in others {
        *sums.entry(key.clone()).or_default() += count;
    }
}

fn word(why: NotCompared) -> &'static str {
    match why {
        NotCompared::AtWork => "at_work",
        NotCompared::Interrupted => "interrupted",
        NotCompared::Superseded => "superseded",
        NotCompared::WithoutPayload => "without_payload",
        NotCompared::NotRead => "not_read",
    }
}

fn how_word(how: Assumed) -> &'static str {
    match how {
        Assumed::OtherArguments => "recorded_for_other_arguments",
        Assumed::Accepted => "accepted",
        Assumed::NothingRemembered => "nothing_remembered",
    }
}

/// What is counted, by rule.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tallies {
    /// The events that were looked at.
    pub(crate) events: u64,
    /// By rule.
    pub(super) rules: BTreeMap<RuleName, Tally>,
}

impl Tallies {
    /// With a place for each of these rules, so that one without any event is told of, too.
    pub(crate) fn of<'a>(rules: impl Iterator<Item = &'a RuleName>) -> Self {
        Self {
            events: 0,
            rules: rules.map(|rule| (rule.clone(), Tally::default())).collect(),
        }
    }

    /// The tally of a rule.
    pub(super) fn rule(&mut self, rule: &RuleName) -> &mut Tally {
        self.rules.entry(rule.clone()).or_default()
    }

    /// Adds what was counted elsewhere.
    pub(crate) fn add(&mut self, other: &Self) {
        self.events += other.events;
        for (rule, tally) in &other.rules {
            self.rule(rule).add(tally);
        }
    }

    /// All rules together.
    pub(crate) fn total(&self) -> Tally {
        let mut total = Tally::default();
        for tally in self.rules.values() {
            total.add(tally);
        }
        total
    }

    /// For tools: by rule and in total.
    pub(crate) fn to_json(&self) -> (Json, Json) {
        let rules: Map<String, Json> = self
            .rules
            .iter()
            .map(|(rule, tally)| (rule.to_string(), tally.to_json()))
            .collect();
        (Json::Object(rules), self.total().to_json())
    }
}
