//! The type of an event, compared with names.

use rhai::{Expr, Position, Token};

use super::super::kind::Kind;
use super::super::literals::text_of;
use super::super::subject::Nature;
use super::super::walk::Walker;
use crate::diagnostic::code;
use cuebook_core::events::EventType;

impl<'a> Walker<'a> {
    /// `event.type == "…"`.
    pub(super) fn type_compared(&mut self, left: &'a Expr, right: &'a Expr) {
        for (asked, named) in [(left, right), (right, left)] {
            if self.kind_of(asked) == Kind::TypeName
                && let Some((text, position)) = text_of(named)
            {
                self.type_named(asked, text, position);
            }
        }
    }

    /// `switch event.type { "…" => … }`: the tree keeps no texts of its cases, the tokens do.
    pub(in super::super) fn cases(&mut self, asked: &'a Expr, position: Position) {
        if self.kind_of(asked) != Kind::TypeName {
            return;
        }
        let script = self.script;
        let Some(start) = script.tokens.at(position) else {
            return;
        };
        let mut open = 0_usize;
        let mut is_case = false;
        for piece in script.tokens.pieces.iter().skip(start) {
            match &piece.token {
                Token::LeftBrace | Token::MapStart | Token::LeftParen | Token::LeftBracket => {
                    open += 1;
                    is_case = open == 1;
                }
                Token::RightBrace | Token::RightParen | Token::RightBracket => {
                    open = open.saturating_sub(1);
                    if open == 0 {
                        return;
                    }
                    // A case whose answer is a block needs no comma behind it.
                    is_case = open == 1;
                }
                Token::Comma if open == 1 => is_case = true,
                Token::DoubleArrow if open == 1 => is_case = false,
                Token::StringConstant(text) if open == 1 && is_case => {
                    let number = |number: usize| u16::try_from(number).unwrap_or(u16::MAX);
                    let position = Position::new(number(piece.line).max(1), number(piece.column));
                    self.type_named(asked, text.as_str(), position);
                }
                _ => {}
            }
        }
    }

    fn type_named(&mut self, asked: &Expr, text: &str, position: Position) {
        let before = self.found.len();
        self.known_type_at(text, position);
        if before != self.found.len() || self.subject.nature != Nature::Rule {
            return;
        }
        // Of other events than the rule's own nobody knows.
        let is_own = matches!(asked, Expr::Dot(pair, ..) if matches!(&pair.lhs, Expr::Variable(variable, ..) if variable.1 == "event"));
        let Some(names) = self.subject.names.as_ref().filter(|_| is_own) else {
            return;
        };
        let canonical = EventType::from_wire(text);
        if names
            .iter()
            .any(|name| *name == text || *name == canonical.as_str())
        {
            return;
        }
        let help = format!("this rule runs on `{}`", names.join("`, `"));
        let diagnostic = self
            .warning(
                code::OTHER_TYPE,
                position,
                format!("this rule never sees an event of type `{text}`"),
            )
            .with_help(help);
        self.found.push(diagnostic);
    }
}
