//! Which templates there are: by name, locale and part.

use std::collections::BTreeMap;

/// The parts that a mail has.
const PARTS: &[&str] = &["subject", "txt", "html"];

/// One template file that can be rendered by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// Its path below `templates/`.
    pub(super) path: String,
    /// The locale as the file's name has it.
    pub(super) locale: String,
}

/// Template files by name and part. A file whose name has no locale is there to be included only.
#[derive(Debug, Default)]
pub(super) struct Index(BTreeMap<String, BTreeMap<&'static str, Vec<Entry>>>);

impl Index {
    /// The index of files with these paths below `templates/`.
    pub(super) fn new<'a>(paths: impl Iterator<Item = &'a str>) -> Self {
        let mut index = Self::default();
        for path in paths {
            if let Some((name, locale, part)) = parse(path) {
                let entry = Entry {
                    path: path.to_owned(),
                    locale: locale.to_owned(),
                };
                let parts = index.0.entry(name.to_owned()).or_default();
                parts.entry(part).or_default().push(entry);
            }
        }
        index
    }

    /// The file for a locale: `de-CH` is the same as `de_ch`, and falls back to `de`.
    pub(super) fn find(&self, name: &str, locale: &str, part: &str) -> Option<&Entry> {
        let entries = self.0.get(name)?.get(part)?;
        let wanted = plain(locale);
        let language = wanted.split('-').next().unwrap_or_default().to_owned();
        [wanted, language]
            .iter()
            .find_map(|locale| entries.iter().find(|entry| plain(&entry.locale) == *locale))
    }

    /// All files: the name of the template, the part, and the path below `templates/`.
    pub(super) fn files(&self) -> impl Iterator<Item = (&str, &'static str, &str)> {
        self.0.iter().flat_map(|(name, parts)| {
            parts.iter().flat_map(move |(part, entries)| {
                let paths = entries.iter().map(|entry| entry.path.as_str());
                paths.map(move |path| (name.as_str(), *part, path))
            })
        })
    }

    /// The names of all templates.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The locales that a template exists in.
    pub(super) fn locales(&self, name: &str) -> Vec<String> {
        let mut locales: Vec<String> = self
            .0
            .get(name)
            .into_iter()
            .flat_map(BTreeMap::values)
            .flatten()
            .map(|entry| entry.locale.clone())
            .collect();
        locales.sort();
        locales.dedup();
        locales
    }
}

/// Name, locale and part of a template's path below `templates/`.
pub(super) fn parse(path: &str) -> Option<(&str, &str, &'static str)> {
    let (rest, part) = path.rsplit_once('.')?;
    let part = PARTS.iter().copied().find(|known| *known == part)?;
    let (name, locale) = rest.rsplit_once('.')?;
    (is_locale(locale) && !name.is_empty()).then_some((name, locale, part))
}

fn is_locale(text: &str) -> bool {
    let mut parts = text.split(['-', '_']);
    let language = parts.next().unwrap_or_default();
    (2..=3).contains(&language.len())
        && language.bytes().all(|b| b.is_ascii_lowercase())
        && parts.all(|part| {
            (2..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric())
        })
}

fn plain(locale: &str) -> String {
    locale.replace('_', "-").to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_name_locale_and_part() {
        assert_eq!(
            parse("thank-you.de.html"),
            Some(("thank-you", "de", "html"))
        );
        assert_eq!(
            parse("mails/thank.you.de-CH.subject"),
            Some(("mails/thank.you", "de-CH", "subject"))
        );
        for path in [
            "layout.html",
            "foot.parts.html",
            "thanks.de.md",
            ".de.txt",
            "logo",
        ] {
            assert_eq!(parse(path), None, "{path}");
        }
    }

    #[test]
    fn a_locale_is_found_in_each_spelling_and_falls_back_to_its_language() {
        let index = Index::new(["t.de.txt", "t.fr_CH.txt", "t.en.html"].into_iter());
        let found = |locale| {
            index
                .find("t", locale, "txt")
                .map(|entry| entry.path.as_str())
        };
        assert_eq!(found("de"), Some("t.de.txt"));
        assert_eq!(found("de_CH"), Some("t.de.txt"));
        assert_eq!(found("fr-ch"), Some("t.fr_CH.txt"));
        assert_eq!(found("fr"), None);
        assert_eq!(found("en"), None);
        assert_eq!(index.locales("t"), ["de", "en", "fr_CH"]);
        assert_eq!(index.locales("u"), Vec::<String>::new());
    }
}
