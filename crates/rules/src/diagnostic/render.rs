//! Shows a diagnostic in the manner of rustc: the line, a caret under the place, what stands there, and how to mend it.

use std::ops::Range;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::{Diagnostic, Severity};

/// One diagnostic, with the text of its file where there is one; in colour or plain.
pub fn render(diagnostic: &Diagnostic, source: Option<&str>, in_colour: bool) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level
        .primary_title(diagnostic.message.as_str())
        .id(diagnostic.code);
    let mut group = match source {
        Some(text) if !text.is_empty() => {
            let place = AnnotationKind::Primary.span(span(text, diagnostic));
            let place = match &diagnostic.label {
                Some(label) => place.label(label.as_str()),
                None => place,
            };
            let file = diagnostic.file.as_str();
            title.element(Snippet::source(text).path(file).annotation(place))
        }
        _ => title.element(Origin::path(diagnostic.file.as_str())),
    };
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    for note in &diagnostic.notes {
        group = group.element(Level::NOTE.message(note.as_str()));
    }
    let renderer = if in_colour {
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
        let expected = "\
error[E0301]: there is no function `emial::send`
 --> new-booking/thanks.rhai:2:6
  |
2 | /*ü*/emial::send(#{});
  |      ^^^^^^^^^^^
  |
  = help: did you mean `email::send`?";
        assert_eq!(render(&place, Some(text), false), expected);
    }

    #[test]
    fn a_label_stands_at_the_place_and_notes_below() {
        let place = diagnostic()
            .with_label("unknown")
            .with_note("all functions are in the reference");
        let shown = render(&place, Some("\nabc emial::send();"), false);
        assert!(shown.contains("^^^^^^^^^^^ unknown"), "{shown}");
        assert!(
            shown.ends_with("= note: all functions are in the reference"),
            "{shown}"
        );
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
        let shown = render(&diagnostic(), None, false);
        assert!(shown.contains("new-booking/thanks.rhai"), "{shown}");
        assert!(shown.contains("did you mean"), "{shown}");
    }
}
