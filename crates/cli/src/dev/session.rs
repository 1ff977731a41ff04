//! One save after the other: the check, the tests, the last event.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use cuebook_core::Clock;
use cuebook_core::rule::RuleName;
use cuebook_core::rule_set::StoredRuleSet;
use cuebook_rules::{Diagnostic, Engine, Rule, RuleFiles, RuleSet, on_big_stack};

use super::begin::Desk;
use super::difference::tried;
use super::occasion::{Occasion, sample, stored};
use super::saved::{Concerned, Saved};
use crate::dry_run::Pretended;
use crate::{diagnostics, output, rule_tests};

/// What is known from one save to the next.
pub(super) struct Session {
    desk: Desk,
    engine: Engine,
    pretend: Pretended,
    clock: Arc<dyn Clock>,
    /// What the folder held.
    seen: Saved,
    /// The last set without errors.
    before: RuleSet,
}

/// What the check says.
struct Checked {
    text: String,
    /// The set, where it has no errors.
    set: Option<RuleSet>,
    /// Whether the tests can be run.
    tests: bool,
}

impl Session {
    /// Begins with the rules that run.
    pub(super) fn begin(
        desk: Desk,
        engine: Engine,
        pretend: Pretended,
        clock: Arc<dyn Clock>,
    ) -> anyhow::Result<Self> {
        let stored = desk.handle.block_on(desk.store.active_rule_set())?;
        let check = |stored: StoredRuleSet| engine.check_apart(&RuleFiles(stored.files));
        let running = stored.map(check).transpose()?;
        Ok(Self {
            seen: Saved::read(&desk.config.rules_dir)?,
            before: running
                .and_then(|checked| checked.set)
                .unwrap_or_else(RuleSet::empty),
            desk,
            engine,
            pretend,
            clock,
        })
    }

    /// Looks at the folder, and tells about what has changed in it, if anything has.
    pub(super) fn look(&mut self) -> anyhow::Result<()> {
        let now = Saved::read(&self.desk.config.rules_dir).context("cannot read the rules")?;
        let changed = now.changed_since(&self.seen);
        if changed.is_empty() {
            return Ok(());
        }
        self.seen = now;
        self.tell_head(&changed);
        let checked = self.checked()?;
        output::text(&checked.text);
        let Some(set) = checked.set else {
            output::line("the rules before the save go on running\n");
            return Ok(());
        };
        if checked.tests {
            output::text(&self.tests(&changed)?);
        } else {
            output::line("tests: not run");
        }
        let text = self.tries(&set);
        // Also where it could not be tried: the next save is compared with this one.
        self.before = set;
        output::line(text?);
        Ok(())
    }

    fn tell_head(&self, changed: &BTreeSet<String>) {
        let time = self.clock.now().with_timezone(&self.desk.config.timezone);
        let files: Vec<&str> = changed.iter().map(String::as_str).collect();
        let head = format!("{}  {}", time.format("%H:%M:%S"), files.join(", "));
        output::line(self.desk.colour.paint("1", &head));
    }

    fn checked(&self) -> anyhow::Result<Checked> {
        let Saved { rules, tests } = &self.seen;
        let checked = self.engine.check_apart(rules)?;
        let of_tests = on_big_stack(|| self.engine.check_tests(rules, tests))?;
        let tests_are_good = !of_tests.iter().any(Diagnostic::is_error);
        let shown = |file: &str| self.shown(file).display().to_string();
        let found: Vec<Diagnostic> = checked
            .diagnostics
            .into_iter()
            .chain(of_tests)
            .map(|mut diagnostic| {
                diagnostic.file = shown(&diagnostic.file);
                diagnostic
            })
            .collect();
        let files = rules.0.iter().chain(&tests.0);
        let sources = files.map(|(file, text)| (shown(file), text.clone()));
        let colour = self.desk.colour;
        let mut text = diagnostics::render_all(&found, &sources.collect(), colour);
        let errors = found.iter().filter(|found| found.is_error()).count();
        let verdict = match (errors, found.len() - errors) {
            (0, 0) => colour.paint("32", "ok"),
            (0, warnings) => colour.paint("33", &count(warnings, "warning")),
            (errors, _) => colour.paint("31", &count(errors, "error")),
        };
        // Writing into a text cannot fail.
        let _ = writeln!(text, "check: {verdict}");
        Ok(Checked {
            text,
            set: checked.set,
            tests: tests_are_good,
        })
    }

    fn tests(&self, changed: &BTreeSet<String>) -> anyhow::Result<String> {
        let paths: Vec<PathBuf> = match self.seen.concerned(changed) {
            Concerned::All if self.seen.tests.0.is_empty() => Vec::new(),
            Concerned::All => vec![self.desk.config.rules_dir.clone()],
            Concerned::Files(files) => files.iter().map(|file| self.shown(file)).collect(),
        };
        if paths.is_empty() {
            return Ok("tests: none\n".to_owned());
        }
        rule_tests::brief(paths, &self.desk.config, self.desk.colour)
            .map_err(|failure| anyhow::anyhow!("{failure}"))
    }

    /// Tries each rule that is another one than before.
    fn tries(&self, set: &RuleSet) -> anyhow::Result<String> {
        let mut text = String::new();
        let mut same = Vec::new();
        for rule in set.rules.values() {
            let before = self.before.rules.get(&rule.name).map(Arc::as_ref);
            if before.is_some_and(|before| before.version == rule.version) {
                continue;
            }
            match self.told(set, before, rule)? {
                Some(told) => text.push_str(&told),
                None => same.push(rule.name.as_str()),
            }
        }
        let is_gone = |name: &&RuleName| !set.rules.contains_key(*name);
        for name in self.before.rules.keys().filter(is_gone) {
            let _ = writeln!(text, "{name} is gone");
        }
        if !same.is_empty() {
            let _ = writeln!(text, "the same effects: {}", same.join(", "));
        }
        Ok(text)
    }

    /// What a rule does otherwise; `None` where it does the same and comes to its end.
    fn told(
        &self,
        set: &RuleSet,
        before: Option<&Rule>,
        rule: &Rule,
    ) -> anyhow::Result<Option<String>> {
        let colour = self.desk.colour;
        let name = colour.paint("1", rule.name.as_str());
        let occasion = match self.occasion(set, rule) {
            Ok(occasion) => occasion,
            Err(error) => return Ok(Some(format!("{name}: {error:#}\n"))),
        };
        let reads = &self.pretend.reads;
        let tried = tried(&self.engine, before, rule, &occasion, reads, colour)?;
        if before.is_some() && tried.difference.is_none() && tried.trouble.is_none() {
            return Ok(None);
        }
        let event_type = occasion.event.event_type.as_ref();
        let event_type = event_type.map_or("?", |name| name.as_str());
        let which = if occasion.is_sample {
            "the sample of"
        } else {
            "the last"
        };
        let mut text = format!("{name} on {which} {event_type}\n");
        match &tried.difference {
            Some(difference) => text.push_str(difference),
            None if before.is_none() => text.push_str("  no effects\n"),
            None => text.push_str("  the same effects\n"),
        }
        if let Some(trouble) = &tried.trouble {
            let _ = writeln!(text, "  {}", colour.paint("31", trouble));
        }
        Ok(Some(text))
    }

    fn occasion(&self, set: &RuleSet, rule: &Rule) -> anyhow::Result<Occasion> {
        let found = self
            .desk
            .handle
            .block_on(stored(&self.desk.store, set, rule))?;
        found.map_or_else(|| sample(rule, self.clock.now()), Ok)
    }

    fn shown(&self, file: &str) -> PathBuf {
        self.desk.config.rules_dir.join(file)
    }
}

fn count(number: usize, what: &str) -> String {
    let end = if number == 1 { "" } else { "s" };
    format!("{number} {what}{end}")
}
