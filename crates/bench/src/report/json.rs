//! The figures for programs.

use serde_json::json as object;

use super::book::{Book, Wanted, median};
use crate::scenarios::Plan;

/// Every figure with each of its values, and the ratios.
pub(crate) fn json(book: &Book, plan: &Plan) -> serde_json::Result<String> {
    let figures: Vec<_> = book
        .figures
        .iter()
        .map(|figure| {
            object!({
                "scenario": figure.scenario,
                "figure": figure.name,
                "subject": figure.subject,
                "median": median(&figure.values),
                "values": figure.values,
            })
        })
        .collect();
    let ratios: Vec<_> = book
        .ratios
        .iter()
        .map(|ratio| {
            let value = book.value(ratio);
            let met = value
                .zip(ratio.wanted)
                .map(|(value, wanted)| wanted.is_met_by(value));
            let (at_least, at_most) = match ratio.wanted {
                Some(Wanted::AtLeast(least)) => (Some(least), None),
                Some(Wanted::AtMost(most)) => (None, Some(most)),
                None => (None, None),
            };
            object!({
                "scenario": ratio.scenario,
                "figure": ratio.name,
                "of": ratio.of,
                "ratio": value,
                "at_least": at_least,
                "at_most": at_most,
                "met": met,
            })
        })
        .collect();
    serde_json::to_string_pretty(&object!({
        "seconds": plan.seconds.as_secs(),
        "repeats": plan.repeats,
        "database": if plan.postgres_url.is_some() { "postgres" } else { "sqlite" },
        "figures": figures,
        "ratios": ratios,
    }))
}
