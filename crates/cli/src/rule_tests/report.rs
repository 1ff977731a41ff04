//! The results for people, as `cargo test` shows them.

use std::fmt::Write as _;

use cuebook_rules::testing::{TestOutcome, TestResult};

use super::failure;
use super::tested::Tested;
use crate::diagnostics;
use crate::output::Colour;

/// All results, the failures one after the other, and the sum.
pub(super) fn text(tested: &Tested, show_output: bool, colour: Colour) -> String {
    let mut text = diagnostics::render_all(&tested.diagnostics, &tested.sources, colour);
    if !tested.diagnostics.is_empty() {
        text.push_str("the rules have errors: their tests were not run\n");
        return text;
    }
    // Writing into a text cannot fail.
    let _ = writeln!(text, "running {}", count(tested.results.len(), "test"));
    for result in &tested.results {
        let verdict = match result.outcome {
            TestOutcome::Passed => colour.paint("32", "ok"),
            TestOutcome::Failed(_) => colour.paint("31", "FAILED"),
        };
        let _ = writeln!(text, "test {}::{} ... {verdict}", result.file, result.name);
        if show_output && result.outcome == TestOutcome::Passed {
            printed(&mut text, result);
        }
    }
    failures(&mut text, tested, colour);
    text.push('\n');
    sum(&mut text, tested, "test result", colour);
    text
}

/// What failed, and the sum in a line.
pub(super) fn brief(tested: &Tested, colour: Colour) -> String {
    let mut text = diagnostics::render_all(&tested.diagnostics, &tested.sources, colour);
    failures(&mut text, tested, colour);
    sum(&mut text, tested, "tests", colour);
    text
}

fn failures(text: &mut String, tested: &Tested, colour: Colour) {
    for result in &tested.results {
        if let TestOutcome::Failed(why) = &result.outcome {
            let _ = writeln!(text, "\n---- {}::{} ----", result.file, result.name);
            let source = tested.sources.get(&why.file);
            let source = source.and_then(|bytes| std::str::from_utf8(bytes).ok());
            text.push_str(&failure::render(why, source, colour));
            printed(text, result);
        }
    }
}

fn printed(text: &mut String, result: &TestResult) {
    if result.printed.is_empty() {
        return;
    }
    text.push_str("printed:\n");
    for line in &result.printed {
        let _ = writeln!(text, "  {line}");
    }
}

fn sum(text: &mut String, tested: &Tested, what: &str, colour: Colour) {
    let failed = tested.failed();
    let verdict = if failed == 0 {
        colour.paint("32", "ok")
    } else {
        colour.paint("31", "FAILED")
    };
    let _ = write!(
        text,
        "{what}: {verdict}. {} passed; {failed} failed",
        tested.results.len() - failed
    );
    if tested.filtered_out > 0 {
        let _ = write!(text, "; {} filtered out", tested.filtered_out);
    }
    let _ = writeln!(text, "; finished in {:.2}s", tested.took.as_secs_f64());
}

fn count(number: usize, what: &str) -> String {
    let end = if number == 1 { "" } else { "s" };
    format!("{number} {what}{end}")
}
