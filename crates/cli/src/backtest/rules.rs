//! Which rules an event is tried on.

use std::sync::Arc;

use cuebook_core::event::Event;
use cuebook_core::rule::RuleName;
use cuebook_rules::{Rule, RuleSet};
use cuebook_store::PastRun;

/// The folder of rules that run only when they are asked for by name.
const MANUAL: &str = "manual";
/// The folder of rules that run on a timetable.
const SCHEDULE: &str = "schedule";
/// The folders whose name is no type of events.
const NO_TYPES: &[&str] = &["any", MANUAL, SCHEDULE];

/// The candidate rules.
pub(crate) struct Rules {
    set: RuleSet,
    only: Option<RuleName>,
}

/// What is to be done for one event and one rule.
pub(super) enum Task<'a> {
    /// The rule would run.
    Run(&'a Arc<Rule>, Option<PastRun>),
    /// The rule, which ran then, would not run.
    Gone(PastRun),
}

impl Rules {
    /// All of `set`, or only one of it.
    pub(crate) fn new(set: RuleSet, only: Option<RuleName>) -> Self {
        Self { set, only }
    }

    /// The types that it is enough to look at; all where it is empty.
    pub(crate) fn types(&self) -> Vec<String> {
        let folder = self.only.as_ref().map(RuleName::folder);
        folder
            .filter(|folder| !NO_TYPES.contains(folder))
            .map(str::to_owned)
            .into_iter()
            .collect()
    }

    /// The rules whose past runs matter; all where there is no one that is meant.
    pub(crate) fn only(&self) -> Option<&RuleName> {
        self.only.as_ref()
    }

    /// What is to be done for `event`, which led to `past`.
    pub(super) fn tasks<'a>(&'a self, event: &Event, past: Vec<PastRun>) -> Vec<Task<'a>> {
        let mut past = past;
        let mut tasks = Vec::new();
        let Some(event_type) = &event.event_type else {
            return tasks;
        };
        for rule in self.set.for_event(event_type, event.origin) {
            if self.is_meant(&rule.name) {
                let ran = past.iter().position(|run| run.run.rule == rule.name);
                tasks.push(Task::Run(rule, ran.map(|at| past.remove(at))));
            }
        }
        for run in past {
            let name = &run.run.rule;
            if !self.is_meant(name) {
                continue;
            }
            match self.set.rules.get(name) {
                // It ran since it was asked for by name, or since its time had come, and would again.
                Some(rule) if matches!(name.folder(), MANUAL | SCHEDULE) => {
                    tasks.push(Task::Run(rule, Some(run)));
                }
                _ => tasks.push(Task::Gone(run)),
            }
        }
        tasks
    }

    fn is_meant(&self, name: &RuleName) -> bool {
        self.only.as_ref().is_none_or(|only| only == name)
    }

    /// Its rules by name.
    pub(crate) fn names(&self) -> impl Iterator<Item = &RuleName> {
        self.set.rules.keys().filter(|name| self.is_meant(name))
    }

    /// A rule's version, as the set has it.
    pub(super) fn version(&self, name: &RuleName) -> Option<&str> {
        let rule = self.set.rules.get(name)?;
        Some(rule.version.0.as_str())
    }
}
