//! Where files lie: which are rules, libraries, templates, and which lie where nobody looks for them.

use std::collections::BTreeSet;

use cuebook_core::events::{self, EventType};
use cuebook_core::rule::RuleName;

use crate::diagnostic::{Diagnostic, code};
use crate::files::RuleFiles;
use crate::set::{LIB, RESERVED, TEMPLATES};
use crate::suggest;

/// What a file is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Place {
    Rule(RuleName),
    Library,
    Template,
}

/// What the file at `path` is, by where it lies.
pub(super) fn place(path: &str) -> Result<Place, Box<Diagnostic>> {
    let Some((folder, rest)) = path.split_once('/') else {
        let message = "a rule lies in the folder of its event type";
        let help = format!("move it to `new-booking/{path}`, or to the folder of its type");
        return Err(Diagnostic::error(path, code::RULE_NAME, message)
            .with_help(help)
            .into());
    };
    if folder == TEMPLATES {
        return Ok(Place::Template);
    }
    if folder == LIB {
        return Ok(Place::Library);
    }
    if rest.contains('/') {
        return Err(Diagnostic::error(
            path,
            code::RULE_NAME,
            format!(
                "a rule lies directly in the folder of its event type, not deeper: `{folder}/<name>.rhai`"
            ),
        )
        .into());
    }
    let name = path.strip_suffix(".rhai").unwrap_or(path);
    name.parse().map(Place::Rule).map_err(|_| {
        Diagnostic::error(
            path,
            code::RULE_NAME,
            "the names of rules and their folders have letters, digits, `-` and `_` only",
        )
        .with_help("rename the file")
        .into()
    })
}

/// Warnings about folders whose names are no event types that are known: rules in them may never run.
pub(super) fn warnings(files: &RuleFiles) -> Vec<Diagnostic> {
    let mut seen = BTreeSet::new();
    let known: Vec<&str> = events::ALL
        .iter()
        .map(|descriptor| descriptor.name)
        .collect();
    let mut warnings = Vec::new();
    for path in files.0.keys() {
        let Some((folder, _)) = path.split_once('/') else {
            continue;
        };
        if RESERVED.contains(&folder) || known.contains(&folder) || !seen.insert(folder) {
            continue;
        }
        let canonical = EventType::from_wire(folder);
        let help = if canonical.descriptor().is_some() {
            format!(
                "events of type `{folder}` are taken as `{canonical}`: move the rules to `{canonical}/`"
            )
        } else {
            let names = known.iter().chain(RESERVED).copied();
            // A name like none of these is one's own: rules emit it, or another system sends it.
            let Some(near) = suggest::nearest(folder, names) else {
                continue;
            };
            format!("did you mean `{near}`?")
        };
        warnings.push(
            Diagnostic::warning(
                path,
                code::UNKNOWN_FOLDER,
                format!("`{folder}` is no type of event that is known"),
            )
            .with_help(help),
        );
    }
    warnings
}
