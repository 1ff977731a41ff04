//! Where a test is written to: beside its rule, under a name that is free.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, anyhow};
use cuebook_core::rule::RuleName;

use super::find::Past;
use crate::commands::test::Test;
use crate::config::Config;
use crate::exit::Failure;

/// Where a test is written to.
pub(super) struct Place {
    /// The file.
    pub(super) file: PathBuf,
    /// The test's name.
    pub(super) name: String,
    /// The rules' folder.
    pub(super) root: PathBuf,
    /// The rule.
    pub(super) rule: RuleName,
    /// What the file holds already.
    before: String,
}

impl Place {
    /// The file beside the run's rule.
    pub(super) fn of(past: &Past, arguments: &Test, config: &Config) -> Result<Self, Failure> {
        let rule = past.run.run.rule.clone();
        let root = match arguments.paths.as_slice() {
            [] => &config.rules_dir,
            [folder] if folder.is_dir() => folder,
            _ => {
                return Err(Failure::usage(anyhow!(
                    "--from-run takes one folder of rules, or none for the configured one"
                )));
            }
        };
        if !root.join(format!("{rule}.rhai")).is_file() {
            return Err(Failure::usage(anyhow!(
                "the rule {rule} is not in {}: name the folder that has it",
                root.display()
            )));
        }
        let file = root.join(format!("{rule}.test.rhai"));
        let before = if file.exists() {
            fs::read_to_string(&file)
                .with_context(|| format!("cannot read {}", file.display()))
                .map_err(Failure::usage)?
        } else {
            String::new()
        };
        let name = name_of(past);
        if before.contains(&format!("fn {name}(")) {
            return Err(Failure::usage(anyhow!(
                "{} has a test of this run already: {name}",
                file.display()
            )));
        }
        Ok(Self {
            file,
            name,
            root: root.clone(),
            rule,
            before,
        })
    }

    /// Adds a test to the file.
    pub(super) fn add(&self, text: &str) -> Result<(), Failure> {
        let mut whole = self.before.clone();
        if whole.is_empty() {
            let _ = writeln!(
                whole,
                "// Tests of {}: run them with `cuebook test`.",
                self.rule
            );
        } else if !whole.ends_with('\n') {
            whole.push('\n');
        }
        whole.push('\n');
        whole.push_str(text);
        fs::write(&self.file, whole)
            .with_context(|| format!("cannot write {}", self.file.display()))
            .map_err(Failure::usage)
    }
}

/// The test of a run: its moment and its last digits tell it from others.
fn name_of(past: &Past) -> String {
    let id = past.run.run.id.0.simple().to_string();
    let at = past.event.received_at.format("%Y%m%d");
    let end = id.get(id.len().saturating_sub(6)..).unwrap_or_default();
    format!("test_run_of_{at}_{end}")
}
