//! `cuebook test`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use cuebook_core::RunId;

use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::rule_tests;

/// Run the rules' tests, without server or network. Exits with 1 if a test fails.
///
/// Tests are the functions `test_*` in `<name>.test.rhai` beside a rule. A call without a mock fails its test by name.
#[derive(Debug, Clone, Args)]
#[command(
    after_help = "Examples:\n  cuebook test\n  cuebook test rules/new-booking/thank-you.rhai\n  cuebook test --filter refund --watch\n  cuebook test --crash-everywhere\n  cuebook test --from-run 01997a5e-8c1b-7c52-b7a4-3b1f6f9f0a11\n\nA test that --from-run writes holds the data of the run's event and of the answers that it got, as they are\nstored: names, addresses, amounts. Take out what is personal before you share the file."
)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of the command line"
)]
pub(crate) struct Test {
    /// Folders of rules, or single rules or files of tests [default: the configured `rules_dir`]
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Only tests with this in their name, which is `<file>::<function>`.
    #[arg(long, value_name = "TEXT")]
    pub(crate) filter: Option<String>,
    /// Run each test once more as if the process died after every step, and demand the same effects.
    #[arg(long)]
    pub(crate) crash_everywhere: bool,
    /// Run the tests again whenever a rule, template or test changes.
    #[arg(long)]
    pub(crate) watch: bool,
    /// Show what tests print also where they pass.
    #[arg(long)]
    pub(crate) show_output: bool,
    /// Write a test from a run in the database: its event, the answers that it got as mocks, what it did as assertions.
    #[arg(long, value_name = "RUN", conflicts_with_all = ["watch", "filter"])]
    pub(crate) from_run: Option<RunId>,
    /// With --from-run: read the database of `cuebook serve --demo`.
    #[arg(long, requires = "from_run")]
    pub(crate) demo: bool,
    /// How to print the results.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

/// How to print the results.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Text,
    /// For tools: one object.
    Json,
}

/// Runs the tests of each path and prints what became of them.
pub(crate) fn run(arguments: &Test, context: &Context) -> Result<Exit, Failure> {
    if let Some(run) = arguments.from_run {
        return rule_tests::from_run(run, arguments, context);
    }
    if arguments.watch {
        return rule_tests::watch(arguments, context);
    }
    rule_tests::once(arguments, context)
}
