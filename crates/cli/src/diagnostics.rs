//! What the checker found, as the terminal shows it.

use std::collections::BTreeMap;

use cuebook_rules::Diagnostic;
use cuebook_rules::diagnostic::render;

use crate::output::Colour;

/// All of them, one under the other.
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
        text.push_str(&render(diagnostic, source, colour.is_on()));
        text.push_str("\n\n");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_shown_with_the_text_of_its_file() {
        let diagnostics = [
            Diagnostic::error("any/a.rhai", "E0301", "one").at(2, 1, 3),
            Diagnostic::warning("any/b.rhai", "W0801", "two"),
        ];
        let sources = [("any/a.rhai".to_owned(), b"x\nabc\n".to_vec())];
        let text = render_all(&diagnostics, &sources.into(), Colour::Off);
        assert!(
            text.starts_with("error[E0301]: one\n --> any/a.rhai:2:1\n"),
            "{text}"
        );
        assert!(text.contains("2 | abc\n  | ^^^\n"), "{text}");
        assert!(text.contains("warning[W0801]: two\n"), "{text}");
    }
}
