//! What is listed: each difference with its event, as a line of JSON or some lines of text.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use cuebook_core::event::Event;
use cuebook_core::rule::RuleName;
use cuebook_core::value::rfc3339;
use cuebook_core::{EventId, Value};
use cuebook_effects::readable::Fields;
use serde_json::{Map, Value as Json, json};

use super::compare::{Change, FieldChange};
use super::replay::{Replayed, Verdict};
use crate::output;

/// A difference.
#[derive(Debug)]
pub(super) struct Finding {
    pub(super) event: EventId,
    pub(super) event_type: String,
    pub(super) received_at: String,
    pub(super) rule: RuleName,
    pub(super) what: What,
}

/// What differs.
#[derive(Debug)]
pub(super) enum What {
    Added(Told),
    Removed(Told),
    Changed {
        function: String,
        target: String,
        fields: Vec<FieldChange>,
    },
    NewError(String),
    Mended(String),
    Unanswered {
        function: String,
        arguments: Vec<Json>,
        line: Option<u32>,
    },
}

/// An effect as it is told.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) function: String,
    pub(super) target: String,
    pub(super) fields: Fields,
}

/// What is to be listed of one event and one rule.
pub(super) fn findings(event: &Event, replayed: Replayed) -> Vec<Finding> {
    let what: Vec<What> = match replayed.verdict {
        Verdict::NotCompared(_) => Vec::new(),
        Verdict::Unanswered(calls) => calls
            .into_iter()
            .map(|call| What::Unanswered {
                function: call.function,
                arguments: call.arguments.iter().map(Value::to_json).collect(),
                line: call.line,
            })
            .collect(),
        Verdict::Compared {
            changes,
            error,
            mended,
        } => changes
            .into_iter()
            .map(What::of)
            .chain(error.map(What::NewError))
            .chain(mended.map(What::Mended))
            .collect(),
    };
    what.into_iter()
        .map(|what| Finding::new(event, &replayed.rule, what))
        .collect()
}

impl What {
    /// What a change of the effects is.
    pub(super) fn of(change: Change) -> Self {
        let told = |effect: super::wanted::Effect| Told {
            fields: effect.fields(),
            function: effect.function,
            target: effect.target,
        };
        match change {
            Change::Added(effect) => Self::Added(told(effect)),
            Change::Removed(effect) => Self::Removed(told(effect)),
            Change::Changed { effect, fields } => Self::Changed {
                function: effect.function,
                target: effect.target,
                fields,
            },
        }
    }
}

impl Finding {
    /// What differs in a run of `rule` on `event`.
    pub(super) fn new(event: &Event, rule: &RuleName, what: What) -> Self {
        Self {
            event: event.id,
            event_type: event
                .event_type
                .as_ref()
                .map_or_else(String::new, ToString::to_string),
            received_at: rfc3339(event.received_at),
            rule: rule.clone(),
            what,
        }
    }

    /// For tools.
    fn to_json(&self) -> Json {
        let mut json = json!({
            "event": self.event,
            "event_type": self.event_type,
            "received_at": self.received_at,
            "rule": self.rule,
        });
        let (change, more) = match &self.what {
            What::Added(told) => ("added", told.to_json()),
            What::Removed(told) => ("removed", told.to_json()),
            What::Changed {
                function,
                target,
                fields,
            } => {
                let fields: Map<String, Json> = fields
                    .iter()
                    .map(|field| {
                        let change = json!({"before": field.before, "after": field.after});
                        (field.name.to_owned(), change)
                    })
                    .collect();
                let more = json!({"function": function, "target": target, "fields": fields});
                ("changed", more)
            }
            What::NewError(reason) => ("new_error", json!({ "reason": reason })),
            What::Mended(reason) => ("mended_error", json!({ "reason": reason })),
            What::Unanswered {
                function,
                arguments,
                line,
            } => {
                let more = json!({"function": function, "arguments": arguments, "line": line});
                ("unanswered", more)
            }
        };
        json["change"] = Json::from(change);
        if let (Json::Object(all), Json::Object(more)) = (&mut json, more) {
            all.extend(more);
        }
        json
    }
}

impl Told {
    fn to_json(&self) -> Json {
        let fields = self.fields.iter();
        let fields: Map<String, Json> = fields
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect();
        json!({"function": self.function, "target": self.target, "fields": fields})
    }
}

/// Writes findings as the items of a JSON array, as they come.
#[derive(Debug, Default)]
pub(crate) struct JsonFindings {
    any: bool,
}

impl JsonFindings {
    /// Writes the next ones.
    pub(super) fn write(&mut self, findings: &[Finding]) {
        let mut text = String::new();
        for finding in findings {
            let comma = if self.any { "," } else { "" };
            self.any = true;
            // Writing to a string does not fail.
            let _ = write!(text, "{comma}\n    {}", finding.to_json());
        }
        output::text(&text);
    }
}

/// Keeps the first findings of each rule, and counts the others.
#[derive(Debug)]
pub(crate) struct Listed {
    most: usize,
    pub(super) by_rule: BTreeMap<RuleName, (Vec<Finding>, u64)>,
}

impl Listed {
    /// Keeps `most` of each rule.
    pub(crate) fn new(most: usize) -> Self {
        Self {
            most,
            by_rule: BTreeMap::new(),
        }
    }

    /// Takes the next ones.
    pub(super) fn take(&mut self, findings: Vec<Finding>) {
        for finding in findings {
            let (kept, more) = self.by_rule.entry(finding.rule.clone()).or_default();
            if kept.len() < self.most {
                kept.push(finding);
            } else {
                *more += 1;
            }
        }
    }
}
