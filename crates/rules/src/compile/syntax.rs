//! What is wrong with a script that does not parse, said so that it can be mended.
//!
//! The parser stops at the token that it did not expect; what is missing stands before it. So the tokens around that place
//! decide what is said.

use rhai::{Engine, LexError, ParseError, ParseErrorType, Position, Token};

use super::words;
use crate::check::tokens::{Piece, Tokens, place};
use crate::diagnostic::{Diagnostic, code};

/// What is wrong with `source`, the text of `file`, at which the parser failed with `error`.
pub(super) fn diagnose(
    engine: &Engine,
    file: &str,
    source: &str,
    error: &ParseError,
) -> Diagnostic {
    let tokens = Tokens::of(engine, source);
    let fault = Fault {
        file,
        tokens: &tokens,
        at: error.position(),
    };
    fault.diagnose(error.err_type())
}

struct Fault<'a> {
    file: &'a str,
    tokens: &'a Tokens<'a>,
    /// Where the parser stopped.
    at: Position,
}

impl Fault<'_> {
    fn diagnose(&self, error: &ParseErrorType) -> Diagnostic {
        match error {
            ParseErrorType::MissingToken(token, what) => self.missing(token, what),
            ParseErrorType::UnexpectedEOF => self.unclosed(&error.to_string()),
            ParseErrorType::BadInput(error) => self.bad_input(error),
            ParseErrorType::Reserved(word) => self.reserved(word),
            ParseErrorType::UnknownOperator(operator) => match words::symbol(operator) {
                Some(help) => self.foreign(self.at, &format!("Rhai has no `{operator}`"), help),
                None => self.here(code::SYNTAX, &format!("Rhai has no operator `{operator}`")),
            },
            ParseErrorType::AssignmentToConstant(name) => self
                .here(code::CONSTANT_ASSIGNED, &format!("`{name}` is a constant"))
                .with_help(format!("make it with `let {name} = …` if it is to change")),
            ParseErrorType::LoopBreak => {
                self.here(code::SYNTAX, "`break` and `continue` stand inside a loop")
            }
            ParseErrorType::WrongFnDefinition => self
                .here(code::SYNTAX, "a function is defined inside a block or a function")
                .with_help("move it to the outermost level of the file, or write a closure: `let f = |x| …;`"),
            ParseErrorType::DuplicatedProperty(name) => {
                self.here(code::SYNTAX, &format!("the map has the key `{name}` twice"))
            }
            ParseErrorType::ExprTooDeep => self
                .here(code::SYNTAX, "this is nested too deep")
                .with_help("give a part of it a name with `let`"),
            ParseErrorType::VariableExpected if self.here_piece().is_some_and(is_word) => {
                let word = self.here_piece().map_or("", |piece| piece.text);
                self.keeps(word)
            }
            other => self.here(code::SYNTAX, &sentence(&other.to_string())),
        }
    }

    /// Something was expected before the place.
    fn missing(&self, token: &str, what: &str) -> Diagnostic {
        let here = self.here_piece();
        let before = self.tokens.before(self.at);
        if let Some(found) = self.foreign_words(token, what, before, here) {
            return found;
        }
        match token {
            ";" => self.semicolon(before, here),
            "}" | ")" | "]" if here.is_none() || is_end(here) => self.unclosed(what),
            "," if is_end(here) => self.unclosed(what),
            "{" => self
                .after(before, code::SYNTAX, "a `{` is missing")
                .with_label("expected `{`")
                .with_help("a block stands in braces, also if it is one line: `if a { b }`"),
            _ => self
                .after(
                    before,
                    code::SYNTAX,
                    &format!(
                        "a `{token}` is missing {}",
                        what.replace("object map", "map")
                    ),
                )
                .with_label(format!("expected `{token}`")),
        }
    }

    fn semicolon(&self, before: Option<&Piece<'_>>, here: Option<&Piece<'_>>) -> Diagnostic {
        let is_open = self.tokens.open_before(self.at);
        if let (Some(open), true) = (is_open, here.is_none()) {
            return self.never_closed(open);
        }
        if let Some(here) = here.filter(|here| matches!(here.text, ")" | "]")) {
            return match is_open {
                Some(open) if !closes(open.text, here.text) => self.never_closed(open),
                _ => self.closes_nothing(),
            };
        }
        let same_line =
            matches!((before, here), (Some(before), Some(here)) if before.line == here.line);
        let diagnostic = self
            .after(before, code::MISSING_SEMICOLON, "a `;` is missing")
            .with_label("expected `;`");
        match here {
            Some(here) if same_line => diagnostic.with_help(format!(
                "end the statement before `{}`, or join the two with an operator",
                here.text
            )),
            _ => diagnostic.with_help("a statement ends with `;`, also before a line break"),
        }
    }

    /// What other languages write where Rhai expects something.
    fn foreign_words(
        &self,
        token: &str,
        what: &str,
        before: Option<&Piece<'_>>,
        here: Option<&Piece<'_>>,
    ) -> Option<Diagnostic> {
        let position = |piece: &Piece<'_>| at(piece.line, piece.column);
        // `elif !a`: the word stands before the sign that the parser took for the one of a call.
        let before = before.and_then(|before| match before.text {
            "!" => self.tokens.before(position(before)),
            _ => Some(before),
        });
        if let Some(before) = before
            && let Some(help) = words::before(before.text)
        {
            let message = format!("Rhai has no `{}`", before.text);
            return Some(self.foreign(position(before), &message, help));
        }
        let here = here?;
        if let Some(help) = words::here(here.text) {
            let message = format!("Rhai has no `{}`", here.text);
            return Some(self.foreign(position(here), &message, help));
        }
        let is_colon = here.text == ":";
        if is_colon && what.contains("parameters") {
            return Some(self.foreign(
                position(here),
                "parameters have no types",
                "write their names only: `fn f(a, b) { … }`",
            ));
        }
        if is_colon && token == ";" {
            let open = self
                .tokens
                .open_before(self.at)
                .filter(|open| open.text == "{");
            return Some(match open {
                Some(open) => self.foreign(
                    position(open),
                    "a map begins with `#{`",
                    "write `#{ key: value }`",
                ),
                None => self.foreign(
                    position(here),
                    "variables have no types",
                    "write `let name = value;`",
                ),
            });
        }
        if here.text == "=" && what.contains("property") {
            return Some(self.foreign(
                position(here),
                "a key of a map is followed by `:`",
                "write `#{ key: value }`",
            ));
        }
        if what.contains("iteration variable") && before.is_some() {
            let message = "a loop has no parentheses";
            return Some(self.foreign(position(here), message, "write `for item in list { … }`"));
        }
        None
    }

    /// The text cannot be cut into tokens here, or a token stands where none can.
    fn bad_input(&self, error: &LexError) -> Diagnostic {
        match error {
            LexError::ImproperSymbol(symbol, _) if symbol == "=" => self
                .here(code::ASSIGNED_IN_CONDITION, "a condition assigns")
                .with_label("gives a variable a value")
                .with_help("write `==` to compare"),
            LexError::ImproperSymbol(symbol, text) => match words::symbol(symbol) {
                Some(help) => {
                    let message = format!("Rhai has no `{symbol}`");
                    with_length(self.foreign(self.at, &message, help), symbol)
                }
                None => with_length(self.here(code::SYNTAX, &sentence(text)), symbol),
            },
            LexError::UnterminatedString => self
                .here(code::TEXT_QUOTES, "the text does not end")
                .with_label("begins here")
                .with_help("end it with the same quote in the same line; over several lines a text stands in backticks"),
            LexError::MalformedChar(text) => self
                .here(code::TEXT_QUOTES, "a text stands in double quotes")
                .with_help(format!("write `\"{text}\"`"))
                .spanning(text.chars().count() + 2),
            LexError::MalformedEscapeSequence(text) => self
                .here(code::SYNTAX, &format!("`{text}` means nothing in a text"))
                .with_help("a backslash itself is written `\\\\`"),
            LexError::UnexpectedInput(text) => self.unexpected(text),
            other => self.here(code::SYNTAX, &sentence(&other.to_string())),
        }
    }

    fn unexpected(&self, text: &str) -> Diagnostic {
        match text {
            "}" | ")" | "]" => match self.tokens.open_before(self.at) {
                Some(open) if !closes(open.text, text) => self.never_closed(open),
                Some(_) => self.here(
                    code::SYNTAX,
                    &format!("something is missing before this `{text}`"),
                ),
                None => self.closes_nothing(),
            },
            "." => self
                .here(code::SYNTAX, "a number does not begin with a point")
                .with_help("write `0.5`"),
            "else" => self
                .here(code::SYNTAX, "this `else` belongs to no `if`")
                .with_help("`else` stands right behind the `}` of its `if`"),
            text => self.here(
                code::SYNTAX,
                &format!("something is missing before this `{text}`"),
            ),
        }
    }

    fn reserved(&self, word: &str) -> Diagnostic {
        if let Some(help) = words::symbol(word).or_else(|| words::here(word)) {
            return self.foreign(self.at, &format!("Rhai has no `{word}`"), help);
        }
        if let Some(help) = words::keyword(word) {
            return self.foreign(self.at, &format!("Rhai has no `{word}`"), help);
        }
        let is_name = rhai::is_valid_identifier(word);
        if !is_name {
            return self.here(code::SYNTAX, &format!("Rhai has no `{word}`"));
        }
        self.keeps(word)
    }

    /// A word that cannot be a name.
    fn keeps(&self, word: &str) -> Diagnostic {
        self.here(code::RESERVED_NAME, &format!("`{word}` is a word that Rhai keeps for itself"))
            .with_help("take another name, or add an underscore; as a key or property write it in quotes: `map[\"…\"]`")
    }

    /// Something is open where the text ends, or where another bracket closes.
    fn unclosed(&self, what: &str) -> Diagnostic {
        match self.tokens.open_before(self.at) {
            Some(open) => self.never_closed(open),
            None => self.here(code::UNCLOSED, &sentence(what)),
        }
    }

    fn never_closed(&self, open: &Piece<'_>) -> Diagnostic {
        let end = match open.text {
            "(" => ")",
            "[" => "]",
            _ => "}",
        };
        let (line, _) = place(self.at);
        let place = if self.here_piece().is_some() {
            format!("a `{end}` is expected in line {line} at the latest")
        } else {
            format!("the file ends without its `{end}`")
        };
        self.at_place(
            code::UNCLOSED,
            open.line,
            open.column,
            open.length(),
            &format!("this `{}` is never closed", open.text),
        )
        .with_label("opened here")
        .with_help(place)
    }

    fn closes_nothing(&self) -> Diagnostic {
        self.here(code::UNCLOSED, "this closes nothing")
            .with_help("take it out, or look for a bracket that closed too early above")
    }

    /// What another language writes.
    fn foreign(&self, position: Position, message: &str, help: &str) -> Diagnostic {
        let (line, column) = place(position);
        let length = self.tokens.length_at(position);
        self.at_place(code::FOREIGN_SYNTAX, line, column, length, message)
            .with_help(help)
    }

    /// At the token where the parser stopped.
    fn here(&self, code: &'static str, message: &str) -> Diagnostic {
        let (line, column) = place(self.at);
        self.at_place(code, line, column, self.tokens.length_at(self.at), message)
    }

    /// Right behind the token before.
    fn after(&self, before: Option<&Piece<'_>>, code: &'static str, message: &str) -> Diagnostic {
        match before {
            Some(before) => {
                let column = before.column + before.length();
                self.at_place(code, before.line, column, 1, message)
            }
            None => self.here(code, message),
        }
    }

    fn at_place(
        &self,
        code: &'static str,
        line: usize,
        column: usize,
        length: usize,
        message: &str,
    ) -> Diagnostic {
        Diagnostic::error(self.file, code, message).at(line, column, length)
    }

    fn here_piece(&self) -> Option<&Piece<'_>> {
        self.tokens
            .at(self.at)
            .and_then(|at| self.tokens.pieces.get(at))
    }
}

/// Whether a token ends what stands around it.
fn is_end(piece: Option<&Piece<'_>>) -> bool {
    piece.is_none_or(|piece| {
        matches!(
            piece.token,
            Token::RightBrace | Token::RightParen | Token::RightBracket | Token::SemiColon
        )
    })
}

/// Whether a token is a word.
fn is_word(piece: &Piece<'_>) -> bool {
    rhai::is_valid_identifier(piece.text)
}

/// The same over the characters of a sign: what is no token has no length.
fn with_length(diagnostic: Diagnostic, sign: &str) -> Diagnostic {
    diagnostic.spanning(sign.chars().count())
}

fn closes(open: &str, end: &str) -> bool {
    matches!((open, end), ("(", ")") | ("[", "]") | ("{" | "#{", "}"))
}

fn at(line: usize, column: usize) -> Position {
    let number = |number: usize| u16::try_from(number).unwrap_or(u16::MAX);
    Position::new(number(line).max(1), number(column))
}

/// A text of the parser as the beginning of a message.
fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|first| first.to_lowercase().to_string());
    first.unwrap_or_default() + chars.as_str()
}
