//! Two versions of a rule, both rehearsed on one event: what the new one does otherwise.

use cuebook_rules::rehearse::{Rehearsal, Standing};

use super::compare::compare;
use super::findings::{Finding, What};
use super::report;
use super::wanted::of_rehearsal;
use crate::output::Colour;

/// The differences, in lines; `None` where both do the same.
pub(crate) fn difference(
    before: Option<&Rehearsal>,
    after: &Rehearsal,
    colour: Colour,
) -> Option<String> {
    let then = before.map(of_rehearsal).unwrap_or_default();
    let changes = compare(then, of_rehearsal(after));
    let failures = match (before.and_then(failure), failure(after)) {
        (Some(then), Some(now)) if then == now => None,
        (_, Some(now)) => Some(What::NewError(now)),
        (Some(then), None) => Some(What::Mended(then)),
        (None, None) => None,
    };
    let event = after.event();
    let mut text = String::new();
    for what in changes.into_iter().map(What::of).chain(failures) {
        let finding = Finding::new(event, after.rule(), what);
        report::finding(&mut text, &finding, colour);
    }
    (!text.is_empty()).then_some(text)
}

fn failure(run: &Rehearsal) -> Option<String> {
    match run.standing() {
        Standing::Failed(_) | Standing::Blocked(_) => run.standing().reason(),
        _ => None,
    }
}
