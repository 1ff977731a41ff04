//! Sets of rules: what is active, which rules an event is for, and which version of each.
//!
//! A set is checked as a whole and never changes: a change is another set.

mod active;
mod version;

use std::collections::BTreeMap;
use std::sync::Arc;

use cuebook_core::event::Origin;
use cuebook_core::events::EventType;
use cuebook_core::rule::{RuleName, RuleOptions, VersionHash};
use cuebook_core::rule_set::StoredRuleSet;
use cuebook_core::tick;

pub use active::ActiveRules;
pub(crate) use version::{paths_of, set_hash, version_hash};

use crate::files::RuleFiles;
use crate::program::Program;
use crate::timetable::Timetable;

/// The folder of rules on several types.
pub(crate) const ANY: &str = "any";
/// The folder of rules that run only when they are asked for by name.
pub(crate) const MANUAL: &str = "manual";
/// The folder of rules on a timetable.
pub(crate) const SCHEDULE: &str = "schedule";
/// The folder of what rules import.
pub(crate) const LIB: &str = "lib";
/// The folder of templates.
pub(crate) const TEMPLATES: &str = "templates";

/// The folders that are no event types.
pub(crate) const RESERVED: &[&str] = &[ANY, MANUAL, SCHEDULE, LIB, TEMPLATES];

/// A checked rule.
#[derive(Debug)]
pub struct Rule {
    /// Its name.
    pub name: RuleName,
    /// What its head says it does.
    pub description: String,
    /// What its head configures.
    pub options: RuleOptions,
    /// When it runs, if it is one of `schedule/`.
    pub timetable: Option<Timetable>,
    /// Its version.
    pub version: VersionHash,
    /// The files that make up this version: its own, its imports, and all templates.
    pub paths: Vec<String>,
    /// What it compiled to.
    pub program: Arc<Program>,
}

impl Rule {
    /// Whether an event of this type that came in this way is for the rule.
    fn is_for(&self, event_type: &EventType, origin: Origin) -> bool {
        self.options.enabled && self.takes(event_type, origin)
    }

    /// The same, whether it is enabled or not.
    pub(crate) fn takes(&self, event_type: &EventType, origin: Origin) -> bool {
        let event_type = event_type.as_str();
        match self.name.folder() {
            // A message from outside may call itself anything, also like one of our folders.
            MANUAL | SCHEDULE | LIB | TEMPLATES => false,
            ANY if self.options.types.is_empty() => {
                !matches!(origin, Origin::Emit | Origin::Schedule)
            }
            ANY => self.options.types.iter().any(|name| name == event_type),
            folder => folder == event_type,
        }
    }
}

/// A checked set of rules.
#[derive(Debug)]
pub struct RuleSet {
    /// The hash of all its files: 64 hex digits.
    pub hash: String,
    /// Its files.
    pub files: RuleFiles,
    /// Its rules, also those that are not enabled.
    pub rules: BTreeMap<RuleName, Arc<Rule>>,
}

impl RuleSet {
    /// The set without any rule.
    pub fn empty() -> Self {
        let files = RuleFiles::default();
        Self {
            hash: set_hash(&files),
            files,
            rules: BTreeMap::new(),
        }
    }

    /// The set as it is kept in the database.
    pub fn stored(&self) -> StoredRuleSet {
        StoredRuleSet {
            hash: self.hash.clone(),
            files: self.files.0.clone(),
            rules: self
                .rules
                .values()
                .map(|rule| (rule.name.clone(), rule.version.clone(), rule.paths.clone()))
                .collect(),
        }
    }

    /// The enabled rules that an event is for, in the order of their names: those of its type's folder, and those of
    /// `any/`. The latter take what rules emitted and timetables made only if their `types` say so.
    pub fn for_event(&self, event_type: &EventType, origin: Origin) -> Vec<&Arc<Rule>> {
        self.rules
            .values()
            .filter(|rule| rule.is_for(event_type, origin))
            .collect()
    }
}

impl RuleSet {
    /// The enabled rules that run by a timetable, each with it.
    pub fn by_timetable(&self) -> impl Iterator<Item = (&Arc<Rule>, &Timetable)> {
        let rules = self.rules.values();
        rules
            .filter(|rule| rule.options.enabled)
            .filter_map(|rule| Some((rule, rule.timetable.as_ref()?)))
    }

    /// The enabled rules that a tick of `rule`'s timetable is for: that rule, and those of `any/` whose `types` name
    /// ticks.
    pub fn for_tick(&self, rule: &RuleName) -> Vec<&Arc<Rule>> {
        let itself = self.rules.get(rule);
        let itself = itself.filter(|rule| rule.options.enabled && rule.timetable.is_some());
        let any = self.for_event(&EventType::from_wire(tick::TYPE), Origin::Schedule);
        any.into_iter().chain(itself).collect()
    }
}

impl Default for RuleSet {
    fn default() -> Self {
        Self::empty()
    }
}
