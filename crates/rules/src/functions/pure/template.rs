//! `template::render`: a template as a text.

use cuebook_core::CallError;
use cuebook_core::function::{Parameter, ParameterKind, Templates as _};
use cuebook_core::value::Value;

use super::PureContext;
use super::arguments::Arguments;
use super::function::{Body, PureFunction};
use crate::host::current;
use crate::suggest;
use crate::templates::TemplateSet;

/// The parts that are tried where the name says none.
const PARTS: &[&str] = &["txt", "html", "subject"];

/// `template::render(name, data[, locale])`.
pub(super) const RENDER: PureFunction = PureFunction {
    name: "template::render",
    parameters: &[
        Parameter {
            name: "name",
            kind: ParameterKind::Text,
            required: true,
            doc: "The template's name without its locale: of `templates/receipt.de.txt` it is `\"receipt\"`, or `\"receipt.html\"` for another part than the text.",
        },
        Parameter {
            name: "data",
            kind: ParameterKind::Map,
            required: true,
            doc: "Its variables.",
        },
        Parameter {
            name: "locale",
            kind: ParameterKind::Text,
            required: false,
            doc: "Such as `\"de\"`; the configured one if left out.",
        },
    ],
    answer: "string",
    doc: "Renders a template. It throws where there is none, or where the template uses a variable that the data does not have.",
    example: r#"template::render("receipt", #{ name: "Tom" }, "de")"#,
    gives: r#""Guten Tag Tom""#,
    body: Body::Values(render),
};

fn render(context: &PureContext, arguments: Arguments<'_>) -> Result<Value, CallError> {
    let Some(templates) = current::templates() else {
        return Err(CallError::new("template", "there are no templates here"));
    };
    let locale = arguments.text_if(2).unwrap_or(&context.default_locale);
    let (name, parts) = named(arguments.text(0));
    for part in parts {
        if let Some(text) = templates.render(name, locale, part, arguments.value(1))? {
            return Ok(text.into());
        }
    }
    Err(missing(&templates, name, locale))
}

/// The name of the template that a text names: `receipt.html` is a part of `receipt`.
pub(crate) fn template_name(text: &str) -> &str {
    named(text).0
}

/// The name of a template and the parts that are meant.
fn named(text: &str) -> (&str, &[&'static str]) {
    for (index, part) in PARTS.iter().enumerate() {
        if let Some(name) = text
            .strip_suffix(part)
            .and_then(|rest| rest.strip_suffix('.'))
        {
            return (name, PARTS.get(index..=index).unwrap_or_default());
        }
    }
    (text, PARTS)
}

fn missing(templates: &TemplateSet, name: &str, locale: &str) -> CallError {
    let locales = templates.locales(name);
    let message = if locales.is_empty() {
        let near = suggest::nearest(name, templates.names());
        let help = near.map_or_else(String::new, |near| format!("; did you mean {near:?}?"));
        format!("there is no template {:?}{help}", suggest::shown(name))
    } else {
        format!(
            "there is no template {name:?} for the locale {:?}, only for {}",
            suggest::shown(locale),
            locales.join(", ")
        )
    };
    CallError::new("template", message)
}
