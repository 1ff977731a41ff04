//! Shows what the checker found in the manner of rustc: the line, a caret under the place, and how to mend it.

use std::collections::BTreeMap;
use std::ops::Range;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use cuebook_rules::{Diagnostic, Severity};

use crate::output::Colour;

/// One diagnostic, with the text of its file where there is one.
pub(crate) fn render(diagnostic: &Diagnostic, source: Option<&str>, colour: Colour) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level
        .primary_title(diagnostic.message.as_str())
        .id(diagnostic.code);
    let mut group = match source {
        Some(text) if !text.is_empty() => title.element(
            Snippet::source(text)
                .path(diagnostic.file.as_str())
                .annotation(AnnotationKind::Primary.span(span(text, diagnostic))),
        ),
        _ => title.element(annotate_snippets::Origin::path(diagnostic.file.as_str())),
    };
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    let renderer = if colour.is_on() {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let report: [Group<'_>; 1] = [group];
    renderer.decor_style(DecorStyle::Ascii).render(&report)
}

/// The bytes that a diagnostic's line, column and length mean; its columns count characters.
fn span(text: &str, diagnostic: &Diagnostic) -> Range<usize> {
    let skipped = usize::try_from(diagnostic.line).unwrap_or(1).max(1) - 1;
    let start_of_line: usize = text.split_inclusive('\n').take(skipped).map(str::len).sum();
    let line = text
        .get(start_of_line..)
        .unwrap_or_default()
        .lines()
        .next()
        .unwrap_or_default();
    let offset = |characters: usize| {
        line.char_indices()
            .nth(characters)
            .map_or(line.len(), |(byte, _)| byte)
    };
    let column = usize::try_from(diagnostic.column).unwrap_or(1).max(1) - 1;
    let length = usize::try_from(diagnostic.length).unwrap_or(1).max(1);
    start_of_line + offset(column)..start_of_line + offset(column.saturating_add(length))
}

/// All of them, one under the other, and a closing line that counts them.
pub(crate) fn render_all(
    diagnostics: &[Diagnostic],
    sources: &BTreeMap<String, Vec<u8>>,
    colour: Colour,
) -> String {
    let mut text = String::new();
    for diagnostic in diagnostics {
        let source = sources
            .get(&diagnostic.file)
            .and_then(|bytes| std::str::from_utf8(bytes).ok());
        text.push_str(&render(diagnostic, source, colour));
        text.push_str("\n\n");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn diagnostic() -> Diagnostic {
        Diagnostic::error(
            "new-booking/thanks.rhai",
            "E0301",
            "there is no function `emial::send`",
        )
        .at(2, 5, 11)
        .with_help("did you mean `email::send`?")
    }

    #[test]
    fn the_caret_stands_under_the_place_after_letters_of_several_bytes() {
        let text = "let x = 1;\n/*ü*/emial::send(#{});\n";
        let place = Diagnostic {
            column: 6,
            ..diagnostic()
        };
        assert_eq!(&text[span(text, &place)], "emial::send");
        insta::assert_snapshot!(render(&place, Some(text), Colour::Off), @r"
        error[E0301]: there is no function `emial::send`
         --> new-booking/thanks.rhai:2:6
          |
        2 | /*ü*/emial::send(#{});
          |      ^^^^^^^^^^^
          |
          = help: did you mean `email::send`?
        ");
    }

    #[test]
    fn a_place_beyond_the_end_of_the_text_is_its_end() {
        let place = Diagnostic {
            line: 99,
            ..diagnostic()
        };
        assert_eq!(span("one\n", &place), 4..4);
        assert_eq!(span("", &place), 0..0);
    }

    #[test]
    fn without_a_text_the_file_is_named() {
        let shown = render(&diagnostic(), None, Colour::Off);
        assert!(shown.contains("new-booking/thanks.rhai"), "{shown}");
        assert!(shown.contains("did you mean"), "{shown}");
    }
}
