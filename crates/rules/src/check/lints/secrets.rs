//! Secrets: whether there is one of a name, and where one would become text.

use rhai::{Expr, FnCallExpr, Position};

use super::super::kind::Kind;
use super::super::literals::text_of;
use super::super::walk::{Walker, start_of};
use super::calls::Call;
use crate::diagnostic::code;
use crate::suggest;

impl<'a> Walker<'a> {
    /// A secret is named.
    pub(super) fn secret_named(&mut self, call: &Call<'a>) {
        if call.name != "secret" {
            return;
        }
        let (Some(known), Some(name)) = (&self.known.secrets, call.expr.args.first()) else {
            return;
        };
        let Some((text, position)) = text_of(self.made_of(name)) else {
            return;
        };
        if known.contains(text) {
            return;
        }
        let near = suggest::nearest(text, known.iter().map(String::as_str));
        let help = near.map_or_else(
            || format!("set it with `CUEBOOK_SECRET_{text}`, or by `PUT /api/v1/secrets/{text}`"),
            |near| format!("did you mean `{near}`?"),
        );
        let message = format!("there is no secret `{}`", suggest::shown(text));
        let diagnostic = self
            .warning(code::UNKNOWN_SECRET, position, message)
            .with_help(help);
        self.found.push(diagnostic);
    }

    /// Values are joined by `+`.
    pub(in super::super) fn joined(&mut self, call: &'a FnCallExpr) {
        if call.name != "+" {
            return;
        }
        for argument in &call.args {
            if self.kind_of(argument) == Kind::Secret {
                self.secret_as_text(argument);
            }
        }
    }

    /// A value is put into a text.
    pub(in super::super) fn shown(&mut self, expr: &'a Expr) {
        let inner = Self::only(expr);
        if self.kind_of(inner) == Kind::Secret {
            self.secret_as_text(inner);
        }
        self.send_used(inner);
    }

    /// A secret would become text.
    pub(in super::super) fn secret_as_text(&mut self, expr: &Expr) {
        self.secret_at(start_of(expr));
    }

    /// The same at a place.
    pub(super) fn secret_at(&mut self, position: Position) {
        let diagnostic = self
            .error(code::SECRET_AS_TEXT, position, "a secret cannot become text")
            .with_label("this is a secret")
            .with_help("hand it over as it is: `auth: #{ bearer: secret(\"NAME\") }`, or `headers: #{ \"x-key\": secret(\"NAME\") }`");
        self.found.push(diagnostic);
    }
}
