//! What is answered to a decision about many.

use poem_openapi::Object;
use poem_openapi::types::Example;

use crate::admin::sample;

/// The most things that one request decides about.
pub(super) const AT_ONCE: usize = 1_000;
/// How many of those that could not be decided about are told.
const TOLD: usize = 20;

/// What came of a decision about many.
#[derive(Debug, Object)]
#[oai(example)]
pub(crate) struct BulkOutcome {
    /// Whether nothing was changed.
    dry_run: bool,
    /// How many there are to decide about: what the filter finds in a state that allows it.
    matched: u64,
    /// About how many of them it was decided, or would be, by this request: 1,000 at most, the oldest first.
    taken: u64,
    /// For how many it was carried out.
    done: u64,
    /// Some of those for which it could not be.
    refused: Vec<RefusedOne>,
    /// Whether there are more: send the same request again.
    more: bool,
}

/// A thing that could not be decided about.
#[derive(Debug, Object)]
#[oai(rename = "BulkRefusal")]
pub(crate) struct RefusedOne {
    /// Its id.
    id: String,
    /// Why.
    detail: String,
}

impl BulkOutcome {
    /// What a decision would be about.
    pub(super) fn counted(matched: u64) -> Self {
        let taken = matched.min(AT_ONCE as u64);
        Self {
            dry_run: true,
            matched,
            taken,
            done: 0,
            refused: Vec::new(),
            more: matched > taken,
        }
    }

    /// What came of it: for each thing its id, and why it was refused, if it was.
    pub(super) fn of(matched: u64, outcomes: Vec<(String, Option<String>)>) -> Self {
        let taken = outcomes.len() as u64;
        let refused: Vec<RefusedOne> = outcomes
            .into_iter()
            .filter_map(|(id, detail)| {
                Some(RefusedOne {
                    id,
                    detail: detail?,
                })
            })
            .collect();
        Self {
            dry_run: false,
            matched,
            taken,
            done: taken - refused.len() as u64,
            refused: refused.into_iter().take(TOLD).collect(),
            more: matched > taken,
        }
    }
}

impl Example for BulkOutcome {
    fn example() -> Self {
        Self {
            dry_run: false,
            matched: 40,
            taken: 40,
            done: 39,
            refused: vec![RefusedOne {
                id: sample::run_id().to_string(),
                detail: "it is completed by now".to_owned(),
            }],
            more: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_refused_is_counted_and_some_of_it_is_told() {
        let outcomes = (0..50).map(|n| (n.to_string(), (n < 30).then(|| "no".to_owned())));
        let outcome = BulkOutcome::of(60, outcomes.collect());
        assert_eq!(
            (outcome.taken, outcome.done, outcome.refused.len()),
            (50, 20, TOLD)
        );
        assert!(outcome.more);
        assert!(!BulkOutcome::of(50, vec![(String::new(), None); 50]).more);
    }
}
