//! `template::render` in a run: the templates of the run's own version.

use cuebook_rules::Outcome;

use crate::driver::{self, engine, failure, files, run};

fn render(call: &str) -> driver::Run {
    let mut run = run("");
    let rule = driver::RULE.parse().unwrap();
    let source = format!("log::info({call});");
    let files = files(&[
        ("new-booking/test.rhai", &source),
        (
            "templates/receipt.de.txt",
            "Guten Tag {{ name }}, {{ amount|money('CHF') }}",
        ),
        ("templates/receipt.de.html", "<p>{{ name }}</p>"),
        ("templates/receipt.fr.txt", "Bonjour {{ name }}"),
    ]);
    run.program = engine().program(&rule, &files).unwrap();
    run
}

#[test]
fn a_template_is_rendered_by_name_part_and_locale() {
    for (call, expected) in [
        (
            "template::render(\"receipt\", #{ name: \"Tom\", amount: decimal(\"1234.5\") })",
            "Guten Tag Tom, CHF 1'234.50",
        ),
        (
            "template::render(\"receipt\", #{ name: \"Tom\" }, \"fr_CH\")",
            "Bonjour Tom",
        ),
        (
            "template::render(\"receipt.html\", #{ name: \"<Tom>\" })",
            "<p>&lt;Tom&gt;</p>",
        ),
    ] {
        let mut run = render(call);
        assert_eq!(run.pass().outcome, Outcome::Completed, "{call}");
        assert_eq!(run.said(), expected);
    }
}

#[test]
fn what_is_missing_is_told_by_name() {
    for (call, expected) in [
        (
            "template::render(\"reciept\", #{})",
            "there is no template \"reciept\"; did you mean \"receipt\"?",
        ),
        (
            "template::render(\"receipt\", #{}, \"en\")",
            "there is no template \"receipt\" for the locale \"en\", only for de, fr",
        ),
        (
            "template::render(\"receipt\", #{})",
            "templates/receipt.de.txt, line 1: `name` is undefined",
        ),
    ] {
        let pass = render(call).pass();
        let (code, reason) = failure(&pass);
        assert_eq!(code, "script_error");
        assert!(reason.contains(expected), "{reason}");
    }
}
