//! A whole run: each scenario in turn, again and again, then the report.

use std::fs;

use super::plan::{Plan, Scenario};
use super::{call_out, growth, ingest, long_wait, mail, memory, read_then_mail, rule, start_up};
use crate::report::{Book, json, plot, table};

/// Measures what the plan says and reports it.
pub(crate) fn run(plan: &Plan) -> anyhow::Result<()> {
    let mut book = Book::default();
    for scenario in &plan.scenarios {
        let measure = match scenario {
            Scenario::Ingest => ingest::measure,
            Scenario::Rule => rule::measure,
            Scenario::CallOut => call_out::measure,
            Scenario::Mail => mail::measure,
            Scenario::ReadThenMail => read_then_mail::measure,
            Scenario::LongWait => long_wait::measure,
            Scenario::Growth => growth::measure,
            Scenario::Memory => memory::measure,
            Scenario::StartUp => start_up::measure,
        };
        for repeat in 1..=plan.repeats {
            note(&format!("{scenario:?}, {repeat} of {}", plan.repeats));
            measure(plan, &mut book)?;
        }
    }
    print(&table(&book));
    if let Some(path) = &plan.json {
        fs::write(path, json(&book, plan)?)?;
    }
    if let Some(path) = &plan.plot {
        fs::write(path, plot(&book))?;
    }
    Ok(())
}

#[expect(clippy::print_stdout, reason = "it is a command")]
fn print(text: &str) {
    println!("{text}");
}

#[expect(clippy::print_stderr, reason = "it is a command")]
fn note(text: &str) {
    eprintln!("{text}");
}
