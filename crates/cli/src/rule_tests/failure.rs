//! Shows why a test failed: the line with a caret, the two sides and where they differ, and what the runs did.

use std::fmt::Write as _;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use cuebook_rules::testing::TestFailure;

use crate::output::Colour;

/// Shows a failure; `source` is the text of its file, where there is one.
pub(super) fn render(failure: &TestFailure, source: Option<&str>, colour: Colour) -> String {
    let mut shown = place(failure, source, colour);
    shown.push('\n');
    if let Some(both) = &failure.sides {
        let (left, right) = both.as_ref();
        sides(&mut shown, left, right, colour);
    }
    if !failure.log.is_empty() {
        shown.push_str("what the runs did:\n");
        for line in &failure.log {
            // Writing into a text cannot fail.
            let _ = writeln!(shown, "  {line}");
        }
    }
    shown
}

fn place(failure: &TestFailure, source: Option<&str>, colour: Colour) -> String {
    let title = Level::ERROR.primary_title(failure.message.as_str());
    let mut group = match source.filter(|_| failure.line > 0) {
        Some(text) => title.element(
            Snippet::source(text)
                .path(failure.file.as_str())
                .annotation(AnnotationKind::Primary.span(span(text, failure))),
        ),
        None if failure.file.is_empty() => Group::with_title(title),
        None => title.element(annotate_snippets::Origin::path(failure.file.as_str())),
    };
    if let Some(help) = &failure.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    let renderer = if colour.is_on() {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    renderer.decor_style(DecorStyle::Ascii).render(&[group])
}

/// The word that stands at the place: the function that was called there.
fn span(text: &str, failure: &TestFailure) -> std::ops::Range<usize> {
    let number = |number: u32| usize::try_from(number).unwrap_or(1).max(1) - 1;
    let start: usize = text
        .split_inclusive('\n')
        .take(number(failure.line))
        .map(str::len)
        .sum();
    let line = text
        .get(start..)
        .unwrap_or_default()
        .lines()
        .next()
        .unwrap_or_default();
    let column = line
        .char_indices()
        .nth(number(failure.column))
        .map_or(line.len(), |(byte, _)| byte);
    let rest = line.get(column..).unwrap_or_default();
    let word = rest
        .find(|c: char| !c.is_alphanumeric() && c != '_' && c != ':')
        .unwrap_or(rest.len())
        .max(1);
    let from = start + column;
    from..(from + word).min(text.len()).max(from)
}

fn sides(shown: &mut String, left: &str, right: &str, colour: Colour) {
    if !left.contains('\n') && !right.contains('\n') {
        let _ = writeln!(shown, "   left: {}", colour.paint("31", left));
        let _ = writeln!(shown, "  right: {}", colour.paint("32", right));
        return;
    }
    let _ = writeln!(
        shown,
        "{} {}",
        colour.paint("31", "- left"),
        colour.paint("32", "+ right")
    );
    for line in cuebook_rules::testing::line_difference(left, right) {
        let code = match line.as_bytes().first() {
            Some(b'-') => "31",
            Some(b'+') => "32",
            _ => "0",
        };
        let _ = writeln!(shown, "{}", colour.paint(code, &line));
    }
}
