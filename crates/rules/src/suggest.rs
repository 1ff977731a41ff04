//! "Did you mean": the known name that is nearest to one that nobody knows.

/// The nearest of `known` to `name`, if any is near enough that a slip explains it; the first of several.
pub(crate) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let allowed = (name.chars().count() / 3).min(4);
    known
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(name, candidate), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// "did you mean `…`?", or else the list of what there is, if it is short.
pub(crate) fn help(name: &str, known: &[&str], what: &str) -> Option<String> {
    if let Some(near) = nearest(name, known.iter().copied()) {
        return Some(format!("did you mean `{near}`?"));
    }
    (!known.is_empty() && known.len() <= 16).then(|| format!("{what}: `{}`", known.join("`, `")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_finds_its_name_and_a_stranger_none() {
        let known = ["enabled", "concurrency", "types", "retry"];
        assert_eq!(nearest("enabeld", known), Some("enabled"));
        assert_eq!(nearest("concurency", known), Some("concurrency"));
        assert_eq!(nearest("type", known), Some("types"));
        assert_eq!(nearest("colour", known), None);
        assert_eq!(nearest("x", ["y", "+"]), None);
    }

    #[test]
    fn of_names_that_are_equally_near_the_first_is_taken() {
        assert_eq!(nearest("gret", ["greet", "get"]), Some("greet"));
    }

    #[test]
    fn without_a_near_name_a_short_list_is_shown() {
        assert_eq!(
            help("colour", &["enabled", "types"], "known options").as_deref(),
            Some("known options: `enabled`, `types`")
        );
        assert_eq!(help("colour", &[], "known options"), None);
    }
}
