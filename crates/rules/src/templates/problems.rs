//! What can be wrong with templates, said with file and line.

use std::error::Error as _;
use std::sync::LazyLock;

use minijinja::{Error, ErrorKind};
use regex::Regex;

use crate::diagnostic::{Diagnostic, code};
use crate::files::{self, RuleFiles};
use crate::suggest;

/// A literal name of another template.
static REFERENCE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"\{%[-+]?\s*(?:include|extends|import|from)\s+["']([^"']+)["']([^%]*)"#).ok()
});

/// A template's text, or why it has none.
pub(super) fn text<'a>(name: &str, bytes: &'a [u8]) -> Result<&'a str, Box<Diagnostic>> {
    let file = format!("templates/{name}");
    if bytes.len() > files::TEMPLATE {
        let limit = files::TEMPLATE / 1024;
        return Err(Diagnostic::error(
            &file,
            code::TOO_LONG,
            format!("the template is longer than {limit} KiB"),
        )
        .into());
    }
    std::str::from_utf8(bytes).map_err(|error| {
        let before = &bytes[..error.valid_up_to()];
        let line = before.split(|byte| *byte == b'\n').count();
        Diagnostic::error(&file, code::NOT_UTF8, "the template is not UTF-8 text")
            .at(line, 1, 1)
            .with_help("save it as UTF-8; a picture belongs to an address that mails link to")
            .into()
    })
}

/// What is wrong with a template that does not parse.
pub(super) fn syntax(name: &str, error: &Error) -> Diagnostic {
    let detail = error
        .detail()
        .map_or_else(|| error.kind().to_string(), str::to_owned);
    Diagnostic::error(
        &format!("templates/{name}"),
        code::TEMPLATE_SYNTAX,
        format!("the template cannot be read: {detail}"),
    )
    .at(error.line().unwrap_or(1), 1, 1)
}

/// The templates that others include or extend, and that there are not.
pub(super) fn missing_parts(files: &RuleFiles) -> Vec<Diagnostic> {
    let names: Vec<&str> = files.templates().map(|(name, _)| name).collect();
    let mut diagnostics = Vec::new();
    for (name, bytes) in files.templates() {
        let (Ok(text), Some(reference)) = (std::str::from_utf8(bytes), REFERENCE.as_ref()) else {
            continue;
        };
        if text.contains("{#") || text.contains("raw") {
            continue; // What stands in a comment or in a raw block refers to nothing.
        }
        for found in reference.captures_iter(text) {
            let (Some(target), rest) = (found.get(1), found.get(2)) else {
                continue;
            };
            let optional = rest.is_some_and(|rest| rest.as_str().contains("ignore missing"));
            if optional || names.contains(&target.as_str()) {
                continue;
            }
            let before = &text[..target.start()];
            let line_start = before.rfind('\n').map_or(0, |at| at + 1);
            let near = suggest::nearest(target.as_str(), names.iter().copied());
            diagnostics.push(
                Diagnostic::error(
                    &format!("templates/{name}"),
                    code::MISSING_TEMPLATE,
                    format!("there is no template `{}`", target.as_str()),
                )
                .at(
                    before.matches('\n').count() + 1,
                    text[line_start..target.start()].chars().count() + 1,
                    target.as_str().chars().count(),
                )
                .with_help_if(near.map(|near| format!("did you mean `{near}`?"))),
            );
        }
    }
    diagnostics
}

/// What went wrong in rendering: the innermost error, with the file and line where it stands.
pub(super) fn describe(error: &Error) -> String {
    let mut innermost = error;
    let mut source = error.source();
    while let Some(inner) = source {
        if let Some(inner) = inner.downcast_ref::<Error>() {
            innermost = inner;
        }
        source = inner.source();
    }
    let what = match (innermost.kind(), innermost.detail()) {
        (ErrorKind::OutOfFuel, _) => "the template does more than a template may".to_owned(),
        (_, Some(detail)) => detail.to_owned(),
        (kind, None) => kind.to_string(),
    };
    match (innermost.name(), innermost.line()) {
        (Some(name), Some(line)) => format!("templates/{name}, line {line}: {what}"),
        (Some(name), None) => format!("templates/{name}: {what}"),
        _ => what,
    }
}
