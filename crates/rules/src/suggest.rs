//! "Did you mean": the known name that is nearest to one that nobody knows.

use std::borrow::Cow;

/// The longest name that is compared or shown whole, in bytes: comparing takes time in proportion to both lengths.
const LONGEST: usize = 100;

/// The nearest of `known` to `name`, if any is near enough that a slip explains it; the first of several.
pub(crate) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if name.len() > LONGEST {
        return None;
    }
    let allowed = (name.chars().count() / 3).min(4);
    known
        .into_iter()
        .filter(|candidate| candidate.len() <= LONGEST)
        .map(|candidate| (strsim::damerau_levenshtein(name, candidate), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// `name` as a message shows it: the beginning of one that is very long.
pub(crate) fn shown(name: &str) -> Cow<'_, str> {
    if name.len() <= LONGEST {
        return name.into();
    }
    let mut end = LONGEST;
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}…", name.get(..end).unwrap_or_default()).into()
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
    fn a_name_that_is_very_long_has_no_neighbours_and_is_shown_in_part() {
        let long = "é".repeat(1_000_000);
        assert_eq!(nearest(&long, [long.as_str(), "e"]), None);
        assert_eq!(nearest("short", [long.as_str()]), None);
        assert_eq!(shown(&long), format!("{}…", "é".repeat(50)));
        assert_eq!(shown("short"), "short");
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
