//! What is known about a file beyond its text: for which events it runs, what it may import, and what it is.

use std::collections::BTreeMap;

use cuebook_core::rule::{RuleName, RuleOptions};

use super::deeds::Deeds;
use super::kind::Types;
use super::kinds::types_named;
use crate::program::Unit;
use crate::set::{ANY, MANUAL, SCHEDULE};

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Nature {
    /// A rule.
    Rule,
    /// A library: its functions are for others.
    Library,
    /// The tests of a rule.
    Tests,
}

/// What is known about a file beyond its text.
pub(super) struct Subject<'a> {
    /// What it is.
    pub(super) nature: Nature,
    /// The names of the types of events that it runs on; `None` where any may come.
    pub(super) names: Option<Vec<&'a str>>,
    /// The libraries of the set, by path.
    pub(super) libraries: &'a BTreeMap<String, Unit>,
    /// What their functions do.
    pub(super) deeds: &'a Deeds,
}

impl<'a> Subject<'a> {
    /// A rule.
    pub(super) fn rule(
        name: &'a RuleName,
        options: &'a RuleOptions,
        libraries: &'a BTreeMap<String, Unit>,
        deeds: &'a Deeds,
    ) -> Self {
        let names = match name.folder() {
            MANUAL | SCHEDULE => None,
            ANY if options.types.is_empty() => None,
            ANY => Some(options.types.iter().map(String::as_str).collect()),
            folder => Some(vec![folder]),
        };
        Self {
            nature: Nature::Rule,
            names,
            libraries,
            deeds,
        }
    }

    /// A library, or the tests of a rule.
    pub(super) fn other(
        nature: Nature,
        libraries: &'a BTreeMap<String, Unit>,
        deeds: &'a Deeds,
    ) -> Self {
        Self {
            nature,
            names: None,
            libraries,
            deeds,
        }
    }

    /// What is known of the types; nothing if any of them is not known.
    pub(super) fn types(&self) -> Types {
        types_named(self.names.iter().flatten().copied())
    }
}
