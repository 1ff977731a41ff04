//! Texts that are one of a few words.

use rhai::Expr;

use super::super::literals::text_of;
use super::super::walk::Walker;
use super::calls::Call;
use crate::diagnostic::code;
use crate::suggest;

/// Who shares what is remembered.
const SCOPES: &[&str] = &["subject", "rule", "shared"];
/// When a call is tried again.
const RETRY: &[&str] = &["safe", "always", "never"];

impl<'a> Walker<'a> {
    /// The scope of what is remembered, and when calls are tried again.
    pub(super) fn one_of_words(&mut self, call: &Call<'a>) {
        let args = &call.expr.args;
        let scope = match call.name.as_str() {
            "state::get" | "state::set" | "state::incr" => args.get(2),
            "state::remove" => args.get(1),
            _ => None,
        };
        if let Some(scope) = scope {
            self.word(scope, "the scope", SCOPES);
        }
        if let ("state::get", [_, default]) = (call.name.as_str(), args.as_slice()) {
            self.scope_as_default(default);
        }
        let options = args.last().filter(|_| call.name.starts_with("http::"));
        if let Some(Expr::Map(map, _)) = options.map(|options| self.made_of(options)) {
            let retry = map.0.iter().find(|(ident, _)| ident.as_str() == "retry");
            if let Some((_, retry)) = retry {
                self.word(retry, "`retry`", RETRY);
            }
        }
    }

    fn word(&mut self, expr: &'a Expr, what: &str, words: &[&str]) {
        let Some((text, position)) = text_of(self.made_of(expr)) else {
            return;
        };
        if words.contains(&text) {
            return;
        }
        let message = format!("{what} is never `\"{}\"`", suggest::shown(text));
        let diagnostic = self
            .error(code::UNKNOWN_WORD, position, message)
            .with_help_if(suggest::help(text, words, "it is one of"));
        self.found.push(diagnostic);
    }

    fn scope_as_default(&mut self, expr: &'a Expr) {
        let Some((text, position)) = text_of(expr) else {
            return;
        };
        if !SCOPES.contains(&text) {
            return;
        }
        let diagnostic = self
            .warning(
                code::SCOPE_AS_DEFAULT,
                position,
                format!("`\"{text}\"` is the default here, not the scope"),
            )
            .with_help(format!("write `state::get(key, (), \"{text}\")`"));
        self.found.push(diagnostic);
    }
}
