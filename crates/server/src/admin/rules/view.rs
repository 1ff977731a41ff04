//! Rules and diagnostics as the API shows them.

use std::collections::BTreeSet;
use std::sync::Arc;

use cuebook_core::Timestamp;
use cuebook_core::rule::{Concurrency, RuleName, RuleOptions};
use cuebook_rules::{Diagnostic, Rule, RuleSet, Timetable};
use poem_openapi::Object;
use poem_openapi::types::Example;

use crate::admin::sample;
use crate::admin::value::Text;
use crate::auth::Masking;
use crate::rule_problems::FailedReload;

/// A rule in force.
#[derive(Debug, Object)]
#[oai(rename = "Rule", example)]
pub(crate) struct RuleBody {
    /// Its name: `<event-type>/<name>`.
    name: String,
    /// What its head says about it.
    description: String,
    /// Whether new events start runs of it: its head or an operator may have disabled it.
    enabled: bool,
    /// The hash of its source, imports and templates.
    version: String,
    /// What its head configures.
    options: OptionsBody,
    /// The files that make up its version.
    files: Vec<String>,
    /// Its source; `null` in lists.
    source: Option<String>,
}

/// What a rule's head configures.
#[derive(Debug, Object)]
#[oai(rename = "RuleOptions")]
pub(crate) struct OptionsBody {
    /// `subject`: one run at a time per booking or person; `none`: all at once.
    concurrency: String,
    /// For rules in `any/`: the types that it is for; empty for all.
    types: Vec<String>,
    /// How its calls are retried.
    retry: RetryBody,
    /// For rules in `schedule/`: when they run, as a cron text.
    schedule: Option<String>,
    /// For rules in `schedule/`: by the clocks of which time zone.
    timezone: Option<String>,
}

/// How a rule's calls are retried.
#[derive(Debug, Object)]
#[oai(rename = "RetryOptions")]
pub(crate) struct RetryBody {
    /// How often in all.
    attempts: u32,
    /// The first pause, in seconds.
    first_seconds: u64,
    /// The longest pause, in seconds.
    max_seconds: u64,
}

/// The rules in force.
#[derive(Debug, Object)]
#[oai(example)]
pub(crate) struct RuleList {
    /// The rules by name.
    pub(crate) items: Vec<RuleBody>,
    /// Always `null`: all rules are on one page.
    pub(crate) next_cursor: Option<String>,
    /// The hash of the set in force.
    pub(crate) hash: String,
    /// The last change, if it was refused: the set in force is then the one before.
    pub(crate) failed_reload: Option<FailedReloadBody>,
}

/// A change of the rules that was refused.
#[derive(Debug, Object)]
#[oai(rename = "FailedReload")]
pub(crate) struct FailedReloadBody {
    /// When.
    at: Text<Timestamp>,
    /// Why.
    diagnostics: Vec<DiagnosticBody>,
}

/// What the checker has to say about a place in a file.
#[derive(Debug, Object)]
#[oai(rename = "Diagnostic", example)]
pub(crate) struct DiagnosticBody {
    /// The file, relative to the rules' folder.
    pub(crate) file: String,
    /// The line, from 1.
    pub(crate) line: u32,
    /// The character in the line, from 1.
    pub(crate) column: u32,
    /// How many characters it concerns.
    pub(crate) length: u32,
    /// `error` or `warning`.
    pub(crate) severity: String,
    /// A stable word for this kind of finding.
    pub(crate) code: String,
    /// What is wrong.
    pub(crate) message: String,
    /// What stands at the place, in a few words.
    pub(crate) label: Option<String>,
    /// How to mend it.
    pub(crate) help: Option<String>,
    /// What else is good to know.
    pub(crate) notes: Vec<String>,
}

impl RuleList {
    /// Hides what may not be seen.
    pub(crate) fn mask(&mut self, masking: Masking) {
        for rule in &mut self.items {
            rule.mask(masking);
        }
        if let Some(failed) = &mut self.failed_reload {
            for diagnostic in &mut failed.diagnostics {
                diagnostic.mask(masking);
            }
        }
    }

    /// The rules of `set`.
    pub(crate) fn new(
        set: &RuleSet,
        disabled: &BTreeSet<RuleName>,
        failed: Option<Arc<FailedReload>>,
    ) -> Self {
        Self {
            items: set
                .rules
                .values()
                .map(|rule| RuleBody::new(rule, disabled))
                .collect(),
            next_cursor: None,
            hash: set.hash.clone(),
            failed_reload: failed.map(|failed| FailedReloadBody {
                at: Text(failed.at),
                diagnostics: failed.diagnostics.iter().map(DiagnosticBody::new).collect(),
            }),
        }
    }
}

impl RuleBody {
    /// Hides what may not be seen.
    pub(crate) fn mask(&mut self, masking: Masking) {
        self.description = masking.text(std::mem::take(&mut self.description));
        self.source = masking.optional(self.source.take());
    }

    fn new(rule: &Rule, disabled: &BTreeSet<RuleName>) -> Self {
        Self {
            name: rule.name.to_string(),
            description: rule.description.clone(),
            enabled: rule.options.enabled && !disabled.contains(&rule.name),
            version: rule.version.to_string(),
            options: OptionsBody::new(&rule.options, rule.timetable.as_ref()),
            files: rule.paths.clone(),
            source: None,
        }
    }

    /// The rule of `set` with its source.
    pub(crate) fn with_source(rule: &Rule, set: &RuleSet, disabled: &BTreeSet<RuleName>) -> Self {
        let path = format!("{}.rhai", rule.name);
        Self {
            source: set.files.text(&path).map(str::to_owned),
            ..Self::new(rule, disabled)
        }
    }
}

impl OptionsBody {
    fn new(options: &RuleOptions, timetable: Option<&Timetable>) -> Self {
        let concurrency = match options.concurrency {
            Concurrency::Subject => "subject",
            Concurrency::None => "none",
        };
        Self {
            concurrency: concurrency.to_owned(),
            types: options.types.clone(),
            retry: RetryBody {
                attempts: options.retry.attempts,
                first_seconds: options.retry.first.as_secs(),
                max_seconds: options.retry.max.as_secs(),
            },
            schedule: timetable.map(|timetable| timetable.cron().to_owned()),
            timezone: timetable.map(|timetable| timetable.zone().to_owned()),
        }
    }
}

impl DiagnosticBody {
    /// Hides what may not be seen: the checker repeats pieces of what it reads.
    pub(crate) fn mask(&mut self, masking: Masking) {
        for text in [&mut self.file, &mut self.message]
            .into_iter()
            .chain(self.label.as_mut())
            .chain(self.help.as_mut())
            .chain(self.notes.iter_mut())
        {
            *text = masking.text(std::mem::take(text));
        }
    }

    /// What the checker said.
    pub(crate) fn new(diagnostic: &Diagnostic) -> Self {
        let severity = if diagnostic.is_error() {
            "error"
        } else {
            "warning"
        };
        Self {
            file: diagnostic.file.clone(),
            line: diagnostic.line,
            column: diagnostic.column,
            length: diagnostic.length,
            severity: severity.to_owned(),
            code: diagnostic.code.to_owned(),
            message: diagnostic.message.clone(),
            label: diagnostic.label.clone(),
            help: diagnostic.help.clone(),
            notes: diagnostic.notes.clone(),
        }
    }
}

impl Example for RuleBody {
    fn example() -> Self {
        Self {
            name: "new-booking/thank-you".to_owned(),
            description: "Thanks the customer once the booking has been paid.".to_owned(),
            enabled: true,
            version: "4f1b".repeat(16),
            options: OptionsBody::new(&RuleOptions::default(), None),
            files: vec![
                "new-booking/thank-you.rhai".to_owned(),
                "templates/thank-you.de.txt".to_owned(),
            ],
            source: Some("//! Thanks the customer.\n\nlog::info(\"thanks\");\n".to_owned()),
        }
    }
}

impl Example for RuleList {
    fn example() -> Self {
        Self {
            items: vec![RuleBody {
                source: None,
                ..RuleBody::example()
            }],
            next_cursor: None,
            hash: "9f2c".repeat(16),
            failed_reload: Some(FailedReloadBody {
                at: Text(sample::instant(60)),
                diagnostics: vec![DiagnosticBody::example()],
            }),
        }
    }
}

impl Example for DiagnosticBody {
    fn example() -> Self {
        Self {
            file: "new-booking/thank-you.rhai".to_owned(),
            line: 4,
            column: 1,
            length: 11,
            severity: "error".to_owned(),
            code: "E0301".to_owned(),
            message: "there is no function `email::sent`".to_owned(),
            label: None,
            help: Some("did you mean `email::send`?".to_owned()),
            notes: Vec::new(),
        }
    }
}
