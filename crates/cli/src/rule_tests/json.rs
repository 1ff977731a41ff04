//! The results for tools.

use cuebook_rules::Diagnostic;
use cuebook_rules::testing::{TestOutcome, TestResult};
use serde::Serialize;

use super::tested::Tested;

#[derive(Serialize)]
struct Document<'a> {
    passed: usize,
    failed: usize,
    filtered_out: usize,
    milliseconds: u128,
    diagnostics: &'a [Diagnostic],
    tests: Vec<Row<'a>>,
}

#[derive(Serialize)]
struct Row<'a> {
    file: &'a str,
    name: &'a str,
    line: u32,
    outcome: &'static str,
    microseconds: u128,
    printed: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<FailureRow<'a>>,
}

#[derive(Serialize)]
struct FailureRow<'a> {
    file: &'a str,
    line: u32,
    column: u32,
    message: &'a str,
    left: Option<&'a str>,
    right: Option<&'a str>,
    help: Option<&'a str>,
    log: &'a [String],
}

/// One object with all results.
pub(super) fn text(tested: &Tested) -> serde_json::Result<String> {
    let failed = tested.failed();
    serde_json::to_string_pretty(&Document {
        passed: tested.results.len() - failed,
        failed,
        filtered_out: tested.filtered_out,
        milliseconds: tested.took.as_millis(),
        diagnostics: &tested.diagnostics,
        tests: tested.results.iter().map(row).collect(),
    })
}

fn row(result: &TestResult) -> Row<'_> {
    let failure = match &result.outcome {
        TestOutcome::Passed => None,
        TestOutcome::Failed(failure) => {
            let (left, right) = failure.sides.as_ref().map_or((None, None), |sides| {
                (Some(sides.0.as_str()), Some(sides.1.as_str()))
            });
            Some(FailureRow {
                file: &failure.file,
                line: failure.line,
                column: failure.column,
                message: &failure.message,
                left,
                right,
                help: failure.help.as_deref(),
                log: &failure.log,
            })
        }
    };
    Row {
        file: &result.file,
        name: &result.name,
        line: result.line,
        outcome: if failure.is_none() {
            "passed"
        } else {
            "failed"
        },
        microseconds: result.took.as_micros(),
        printed: &result.printed,
        failure,
    }
}
