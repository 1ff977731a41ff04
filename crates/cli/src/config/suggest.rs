//! "Did you mean …?": the nearest of the known names.

/// The candidate that `word` was probably meant to be.
pub(crate) fn nearest<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    closer_than(0.6, word, candidates)
}

/// The same, for where a wrong guess does harm: only a slip of a finger or two.
pub(super) fn nearly_same<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    closer_than(0.75, word, candidates)
}

fn closer_than<'a>(
    least: f64,
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    candidates
        .into_iter()
        .map(|candidate| {
            let likeness = strsim::normalized_damerau_levenshtein(word, candidate);
            (likeness, candidate)
        })
        .filter(|(likeness, _)| *likeness >= least)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_finds_its_word_and_another_word_does_not() {
        assert_eq!(
            nearest("smtp.ulr", ["listen", "smtp.url"]),
            Some("smtp.url")
        );
        assert_eq!(nearest("colour", ["listen", "smtp.url"]), None);
        assert_eq!(nearly_same("LISTNE", ["LISTEN"]), Some("LISTEN"));
        assert_eq!(nearly_same("PORT", ["ROLE", "SMTP_URL"]), None);
    }
}
