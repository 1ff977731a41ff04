//! Subject, text and HTML of a mail: from the map, or from a template in the recipient's language.

use cuebook_core::Value;
use cuebook_core::failure::CallError;
use cuebook_core::function::PrepareContext;

use super::plain_text;
use crate::arguments::{Options, holds_secret};

/// The longest subject, in bytes.
const SUBJECT_LIMIT: usize = 900;

/// What a mail says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Content {
    /// Its subject.
    pub(super) subject: String,
    /// Its text.
    pub(super) text: String,
    /// The same as HTML, if there is any.
    pub(super) html: Option<String>,
}

impl Content {
    /// Reads it from the map; what the map gives itself goes before the template's.
    pub(crate) fn read(
        context: &PrepareContext<'_>,
        options: Options<'_>,
    ) -> Result<Self, CallError> {
        let template = match options.text("template") {
            Some(name) => Rendered::of(context, name, options)?,
            None => Rendered::default(),
        };
        let own = |name: &str| options.text(name).map(str::to_owned);
        let subject = own("subject").or(template.subject).ok_or_else(|| {
            CallError::invalid("a mail needs a `subject`, or a template with one")
        })?;
        let html = own("html").or(template.html);
        let text = own("text")
            .or(template.text)
            .or_else(|| html.as_deref().map(plain_text::from_html))
            .ok_or_else(|| CallError::invalid("a mail needs `text`, `html` or `template`"))?;
        Ok(Self {
            subject: check_subject(&subject)?,
            text,
            html,
        })
    }
}

/// What a template gave.
#[derive(Default)]
struct Rendered {
    subject: Option<String>,
    text: Option<String>,
    html: Option<String>,
}

impl Rendered {
    /// Renders template `name` in the first of the wanted locales that it has.
    fn of(
        context: &PrepareContext<'_>,
        name: &str,
        options: Options<'_>,
    ) -> Result<Self, CallError> {
        let nothing = Value::Map(std::collections::BTreeMap::new());
        let data = options.get("data").unwrap_or(&nothing);
        if holds_secret(data) {
            return Err(CallError::invalid("a secret cannot be shown in a mail"));
        }
        for locale in locales(options.text("locale"), context.default_locale) {
            let part = |part| context.templates.render(name, locale, part, data);
            let rendered = Self {
                subject: part("subject")?,
                text: part("txt")?,
                html: part("html")?,
            };
            if rendered.text.is_some() || rendered.html.is_some() || rendered.subject.is_some() {
                return Ok(rendered);
            }
        }
        Err(missing(context, name, options.text("locale")))
    }
}

/// The wanted locale, its language alone (`de` of `de_CH`), and the default.
fn locales<'a>(wanted: Option<&'a str>, default: &'a str) -> Vec<&'a str> {
    let language = wanted.and_then(|locale| Some(locale.split_once(['-', '_'])?.0));
    let mut locales: Vec<&str> = Vec::new();
    for locale in [wanted, language, Some(default)].into_iter().flatten() {
        if !locales.contains(&locale) {
            locales.push(locale);
        }
    }
    locales
}

fn missing(context: &PrepareContext<'_>, name: &str, wanted: Option<&str>) -> CallError {
    let existing = context.templates.locales(name);
    if existing.is_empty() {
        return CallError::invalid(format!(
            "there is no template {name:?}: make rules/templates/{name}.{}.txt",
            context.default_locale
        ));
    }
    CallError::invalid(format!(
        "the template {name:?} has neither the locale {:?} nor the default {:?}; it has {}",
        wanted.unwrap_or(context.default_locale),
        context.default_locale,
        existing.join(", ")
    ))
}

/// A subject is one line. The line break at the end of a template's file is none of its.
fn check_subject(subject: &str) -> Result<String, CallError> {
    let subject = subject.trim();
    if subject.is_empty() {
        return Err(CallError::invalid("the subject is empty"));
    }
    if subject.chars().any(char::is_control) {
        return Err(CallError::invalid(
            "a subject must not hold line breaks or control characters",
        ));
    }
    if subject.len() > SUBJECT_LIMIT {
        return Err(CallError::invalid(format!(
            "a subject has at most {SUBJECT_LIMIT} bytes"
        )));
    }
    Ok(subject.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_locale_falls_back_to_its_language_and_to_the_default() {
        assert_eq!(locales(Some("fr_CH"), "de"), ["fr_CH", "fr", "de"]);
        assert_eq!(locales(Some("de-CH"), "de"), ["de-CH", "de"]);
        assert_eq!(locales(Some("de"), "de"), ["de"]);
        assert_eq!(locales(None, "de"), ["de"]);
    }

    #[test]
    fn a_subject_is_one_line() {
        assert_eq!(check_subject(" Grüezi \n").unwrap(), "Grüezi");
        for subject in [
            "",
            " \n",
            "a\nBcc: b@c.ch",
            "a\rb",
            "a\u{7}b",
            &"x".repeat(901),
        ] {
            assert!(check_subject(subject).is_err(), "{subject:?}");
        }
    }
}
