//! Finds the head's text and its block of options, and where in the file each line of them stands.

use std::ops::Range;

/// The head, cut into its parts.
#[derive(Debug, Default)]
pub(super) struct Block {
    /// The text outside of the options.
    pub(super) description: String,
    /// The options' TOML, lines joined by `\n`.
    pub(super) toml: String,
    /// Where each line of the TOML stands.
    lines: Vec<Line>,
    /// The line of the fence that opens the options, if it was never closed.
    pub(super) open_fence: Option<usize>,
    /// The line of a second block of options, if there is one.
    pub(super) second_fence: Option<usize>,
}

#[derive(Debug)]
struct Line {
    /// The line in the file, from 1.
    number: usize,
    /// The column of the line's first character, from 1.
    column: usize,
    /// The byte of the TOML at which it begins.
    start: usize,
}

/// A place in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    /// The line, from 1.
    pub(super) line: usize,
    /// The column, from 1.
    pub(super) column: usize,
    /// How many characters, within the line.
    pub(super) length: usize,
}

impl Block {
    /// The place in the file of a range of bytes of the TOML.
    pub(super) fn place(&self, range: Range<usize>) -> Place {
        let index = self
            .lines
            .partition_point(|line| line.start <= range.start)
            .saturating_sub(1);
        let Some(line) = self.lines.get(index) else {
            return Place {
                line: 1,
                column: 1,
                length: 1,
            };
        };
        let text = self.toml.get(line.start..).unwrap_or_default();
        let text = text.lines().next().unwrap_or_default();
        let count = |end: usize| {
            text.char_indices()
                .take_while(|(at, _)| line.start + at < end)
                .count()
        };
        let before = count(range.start);
        Place {
            line: line.number,
            column: line.column + before,
            length: count(range.end).saturating_sub(before).max(1),
        }
    }

    fn push(&mut self, number: usize, column: usize, text: &str) {
        self.lines.push(Line {
            number,
            column,
            start: self.toml.len(),
        });
        self.toml.push_str(text);
        self.toml.push('\n');
    }
}

/// What the line before was part of.
enum Part {
    Text,
    Options { fence: usize },
}

/// The head of `source`: the first lines that begin with `//!`, blank lines before them aside.
pub(super) fn find(source: &str) -> Block {
    let mut block = Block::default();
    let mut part = Part::Text;
    let mut has_options = false;
    let mut text = String::new();
    let source = source.strip_prefix('\u{feff}').unwrap_or(source);
    for (number, line) in (1..).zip(source.lines()) {
        let indent = line.len() - line.trim_start().len();
        let Some(rest) = line.trim_start().strip_prefix("//!") else {
            if line.trim().is_empty() && text.is_empty() && !has_options {
                continue;
            }
            break;
        };
        let content = rest.strip_prefix(' ').unwrap_or(rest);
        let column = indent + "//!".len() + (rest.len() - content.len()) + 1;
        match part {
            Part::Options { .. } if content.trim() == "```" => part = Part::Text,
            Part::Options { .. } => block.push(number, column, content.trim_end()),
            Part::Text if content.trim_start().starts_with("```toml") => {
                part = Part::Options { fence: number };
                if has_options {
                    block.second_fence.get_or_insert(number);
                }
                has_options = true;
            }
            Part::Text => {
                text.push_str(content.trim_end());
                text.push('\n');
            }
        }
    }
    if let Part::Options { fence } = part {
        block.open_fence = Some(fence);
    }
    text.trim().clone_into(&mut block.description);
    block
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "\n//! Thanks the customer.\n//!\n//! Twice.\n//! ```toml\n//! enabled = false\n//!   retry = 1\n//! ```\n//! More.\nlet x = 1;\n//! No head.\n";

    #[test]
    fn text_and_options_are_told_apart_and_the_code_ends_the_head() {
        let block = find(SOURCE);
        assert_eq!(block.description, "Thanks the customer.\n\nTwice.\nMore.");
        assert_eq!(block.toml, "enabled = false\n  retry = 1\n");
        assert_eq!(block.open_fence, None);
    }

    #[test]
    fn places_are_those_of_the_file() {
        let block = find(SOURCE);
        let at = block.toml.find("retry").unwrap();
        assert_eq!(
            block.place(at..at + 5),
            Place {
                line: 7,
                column: 7,
                length: 5
            }
        );
        assert_eq!(block.place(0..7).line, 6);
        assert_eq!(block.place(0..7).column, 5);
    }

    #[test]
    fn a_fence_that_is_never_closed_or_a_second_one_is_noticed() {
        assert_eq!(find("//! a\n//! ```toml\n//! x = 1\n").open_fence, Some(2));
        let two = "//! ```toml\n//! ```\n//! ```toml\n//! ```\n";
        assert_eq!(find(two).second_fence, Some(3));
    }

    #[test]
    fn a_file_without_head_has_an_empty_one() {
        let block = find("let x = 1;");
        assert_eq!(block.description, "");
        assert_eq!(block.toml, "");
    }
}
