//! How amounts and dates are written in the languages of Ticketpark's customers.
//!
//! A locale without a country is taken for Switzerland's, which is where Ticketpark is at home.

mod dates;
mod money;

pub(crate) use dates::{Style, date};
pub(crate) use money::money;

/// Language and country of a locale such as `de`, `de-CH` or `de_CH.UTF-8`, in lower case.
fn parts(locale: &str) -> (String, String) {
    let locale = locale.split(['.', '@']).next().unwrap_or_default();
    let mut parts = locale.split(['-', '_']).map(str::to_ascii_lowercase);
    let language = parts.next().unwrap_or_default();
    let country = parts.find(|part| part.len() == 2).unwrap_or_default();
    (language, country)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn language_and_country_are_found_in_each_spelling() {
        let of = |locale| {
            let (language, country) = parts(locale);
            format!("{language}/{country}")
        };
        assert_eq!(of("de"), "de/");
        assert_eq!(of("de-CH"), "de/ch");
        assert_eq!(of("de_CH.UTF-8"), "de/ch");
        assert_eq!(of("zh-Hant-TW"), "zh/tw");
        assert_eq!(of(""), "/");
    }
}
