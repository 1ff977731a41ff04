//! The table for people.

use std::fmt::Write as _;

use super::book::{Book, median};

/// Medians by scenario and figure, then the ratios.
pub(crate) fn table(book: &Book) -> String {
    let mut text = String::new();
    let mut told: Vec<(&str, &str)> = Vec::new();
    for figure in &book.figures {
        let key = (figure.scenario, figure.name.as_str());
        if told.contains(&key) {
            continue;
        }
        told.push(key);
        let subjects: Vec<String> = book
            .figures
            .iter()
            .filter(|other| (other.scenario, other.name.as_str()) == key)
            .filter_map(|other| {
                Some(format!(
                    "{} {}",
                    other.subject,
                    short(median(&other.values)?)
                ))
            })
            .collect();
        line(
            &mut text,
            figure.scenario,
            &figure.name,
            &subjects.join(" · "),
        );
    }
    text.push('\n');
    for ratio in &book.ratios {
        let Some(value) = book.value(ratio) else {
            continue;
        };
        let verdict = match ratio.wanted {
            Some(wanted) if wanted.is_met_by(value) => format!("({wanted}: yes)"),
            Some(wanted) => format!("({wanted}: NO)"),
            None => String::new(),
        };
        let told = format!("{value:.2} × {} {verdict}", ratio.of);
        line(&mut text, ratio.scenario, &ratio.name, told.trim_end());
    }
    text
}

fn line(text: &mut String, scenario: &str, name: &str, told: &str) {
    // Writing to a text of our own cannot fail.
    let _ = writeln!(text, "{scenario:<15} {name:<40} {told}");
}

/// A number with three digits that say something.
pub(super) fn short(number: f64) -> String {
    if number >= 1000.0 {
        let digits = format!("{number:.0}");
        let (head, tail) = digits.split_at(digits.len() - 3);
        format!("{head},{tail}")
    } else if number >= 100.0 {
        format!("{number:.0}")
    } else if number >= 10.0 {
        format!("{number:.1}")
    } else {
        format!("{number:.3}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Wanted;

    #[test]
    fn each_figure_is_a_line_with_its_subjects_and_each_ratio_says_whether_it_is_met() {
        let mut book = Book::default();
        book.note("ingest", "rate", "durable ceiling", 40_000.0);
        book.note("ingest", "rate", "cuebook", 20_000.0);
        book.ratio(
            "ingest",
            "rate",
            "durable ceiling",
            Some(Wanted::AtLeast(0.7)),
        );
        let text = table(&book);
        let lines: Vec<String> = text
            .lines()
            .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
            .collect();
        assert_eq!(
            lines,
            [
                "ingest rate durable ceiling 40,000 · cuebook 20,000",
                "",
                "ingest rate 0.50 × durable ceiling (≥ 0.7: NO)",
            ]
        );
    }
}
