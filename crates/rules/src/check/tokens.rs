//! The tokens of a file, each with its place and its text: what the syntax tree leaves out. Names of functions, the ends
//! of expressions, and comments.

use std::collections::BTreeMap;

use rhai::{Engine, Position, Token};

/// One token.
#[derive(Debug)]
pub(crate) struct Piece<'a> {
    /// What it is.
    pub(crate) token: Token,
    /// Its line, from 1.
    pub(crate) line: usize,
    /// Its column, from 1.
    pub(crate) column: usize,
    /// Its text, or the first line of it.
    pub(crate) text: &'a str,
}

impl Piece<'_> {
    /// How many characters it takes.
    pub(crate) fn length(&self) -> usize {
        self.text.chars().count().max(1)
    }

    /// Whether it is this name.
    pub(crate) fn is_name(&self, name: &str) -> bool {
        matches!(&self.token, Token::Identifier(own) if own.as_str() == name)
    }

    /// Whether it is a comment.
    fn is_comment(&self) -> bool {
        matches!(self.token, Token::Comment(_))
    }
}

/// The tokens of a file.
#[derive(Debug, Default)]
pub(crate) struct Tokens<'a> {
    /// All but comments, in order.
    pub(crate) pieces: Vec<Piece<'a>>,
    /// The comments, in order.
    pub(crate) comments: Vec<Piece<'a>>,
    /// The tokens by place.
    index: BTreeMap<(usize, usize), usize>,
}

impl<'a> Tokens<'a> {
    /// The tokens of `source`, as far as it has any: what is no token ends them.
    pub(crate) fn of(engine: &Engine, source: &'a str) -> Self {
        let lines: Vec<&str> = source.split('\n').collect();
        let mut all = Vec::new();
        let inputs = [source];
        let (mut stream, control) = engine.lex(&inputs);
        stream.state.include_comments = true;
        // Whether each brace that is open began a value inside a text.
        let mut braces = Vec::new();
        let mut is_after_text = false;
        for (token, position) in stream {
            // In broken sources the stream may never end: more tokens than bytes are none.
            let is_broken = all.len() > source.len();
            if is_broken || matches!(token, Token::EOF | Token::LexError(_)) {
                break;
            }
            match token {
                Token::LeftBrace | Token::MapStart => braces.push(is_after_text),
                Token::RightBrace => {
                    let ends_value = braces.pop() == Some(true);
                    control.borrow_mut().is_within_text |= ends_value;
                }
                _ => {}
            }
            is_after_text = matches!(token, Token::InterpolatedString(_));
            all.push((token, position));
        }
        Self::placed(all, &lines)
    }

    fn placed(all: Vec<(Token, Position)>, lines: &[&'a str]) -> Self {
        let starts: Vec<(usize, usize)> = all.iter().map(|(_, at)| place(*at)).collect();
        let mut tokens = Self::default();
        let mut columns = Columns::default();
        for (number, (token, _)) in all.into_iter().enumerate() {
            let (line, column) = starts.get(number).copied().unwrap_or((1, 1));
            let next = starts.get(number + 1).filter(|(next, _)| *next == line);
            let text = lines.get(line - 1).copied().unwrap_or_default();
            let piece = Piece {
                token,
                line,
                column,
                text: columns
                    .between(line, text, column, next.map(|(_, column)| *column))
                    .trim_end(),
            };
            if piece.is_comment() {
                tokens.comments.push(piece);
            } else {
                tokens.index.insert((line, column), tokens.pieces.len());
                tokens.pieces.push(piece);
            }
        }
        tokens
    }

    /// The number of the token that begins at a place.
    pub(crate) fn at(&self, position: Position) -> Option<usize> {
        self.index.get(&place(position)).copied()
    }

    /// How many characters the token at a place takes.
    pub(crate) fn length_at(&self, position: Position) -> usize {
        let piece = self.at(position).and_then(|at| self.pieces.get(at));
        piece.map_or(1, Piece::length)
    }

    /// The last token that begins before a place.
    pub(crate) fn before(&self, position: Position) -> Option<&Piece<'a>> {
        let (_, at) = self.index.range(..place(position)).next_back()?;
        self.pieces.get(*at)
    }

    /// The bracket that is open before a place, innermost first.
    pub(crate) fn open_before(&self, position: Position) -> Option<&Piece<'a>> {
        let end = place(position);
        let mut open = Vec::new();
        for piece in &self.pieces {
            if (piece.line, piece.column) >= end {
                break;
            }
            match piece.token {
                Token::LeftBrace | Token::MapStart | Token::LeftParen | Token::LeftBracket => {
                    open.push(piece);
                }
                Token::RightBrace | Token::RightParen | Token::RightBracket => {
                    open.pop();
                }
                _ => {}
            }
        }
        open.pop()
    }

    /// Where the name of the function stands that is defined with `parameters` parameters.
    pub(crate) fn definition(&self, name: &str, parameters: usize) -> Option<&Piece<'a>> {
        let pieces = self.pieces.windows(2).enumerate();
        let mut found = pieces.filter_map(|(at, pair)| match pair {
            [key, piece] if matches!(key.token, Token::Fn) && piece.is_name(name) => {
                Some((at + 1, piece))
            }
            _ => None,
        });
        let first = found.next()?;
        let exact = std::iter::once(first)
            .chain(found)
            .find(|(at, _)| self.parameters_after(*at) == parameters);
        Some(exact.unwrap_or(first).1)
    }

    fn parameters_after(&self, name: usize) -> usize {
        let rest = self.pieces.iter().skip(name + 1);
        rest.take_while(|piece| !matches!(piece.token, Token::RightParen | Token::Unit))
            .filter(|piece| matches!(piece.token, Token::Identifier(_)))
            .count()
    }
}

/// Line and column of a position, from 1.
pub(crate) fn place(position: Position) -> (usize, usize) {
    (
        position.line().unwrap_or(1),
        position.position().unwrap_or(1),
    )
}

/// Where the characters of each line begin, each line read once: a file may be one long line, and the tokens of a broken
/// one jump between lines.
#[derive(Default)]
struct Columns {
    lines: BTreeMap<usize, Vec<usize>>,
}

impl Columns {
    /// The text of a line from one column to another.
    fn between<'t>(
        &mut self,
        line: usize,
        text: &'t str,
        from: usize,
        to: Option<usize>,
    ) -> &'t str {
        let bytes = self
            .lines
            .entry(line)
            .or_insert_with(|| text.char_indices().map(|(at, _)| at).collect());
        let byte = |column: usize| bytes.get(column - 1).copied().unwrap_or(text.len());
        let end = to.map_or(text.len(), byte);
        text.get(byte(from.max(1))..end).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(source: &str) -> Vec<String> {
        let engine = Engine::new_raw();
        let tokens = Tokens::of(&engine, source);
        let texts = tokens.pieces.iter().map(|piece| piece.text.to_owned());
        texts.collect()
    }

    #[test]
    fn each_token_has_its_text() {
        assert_eq!(
            texts("let x = foo::bar( \"é\" ); // end"),
            ["let", "x", "=", "foo", "::", "bar", "(", "\"é\"", ")", ";"]
        );
    }

    #[test]
    fn values_inside_texts_are_tokens_too() {
        let source = "let t = `a ${ #{x: y}.x } b ${z} c`; log(t);";
        let texts = texts(source);
        assert!(texts.contains(&"y".to_owned()), "{texts:?}");
        assert_eq!(texts.last().unwrap(), ";");
        assert!(texts.contains(&"log".to_owned()), "{texts:?}");
    }

    #[test]
    fn comments_stand_apart() {
        let engine = Engine::new_raw();
        let tokens = Tokens::of(&engine, "// one\nlet x = 1; // two\n\"// no\"");
        let lines: Vec<usize> = tokens.comments.iter().map(|piece| piece.line).collect();
        assert_eq!(lines, [1, 2]);
        assert!(tokens.comments[1].text.starts_with("// two"));
    }

    #[test]
    fn a_function_is_found_by_its_name_and_its_parameters() {
        let engine = Engine::new_raw();
        let tokens = Tokens::of(&engine, "fn f(a) { a }\nfn f(a, b) { a }\nfn g() {}");
        assert_eq!(tokens.definition("f", 2).unwrap().line, 2);
        assert_eq!(tokens.definition("g", 0).unwrap().column, 4);
        assert!(tokens.definition("h", 0).is_none());
    }
}
