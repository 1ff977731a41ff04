//! Mails: what `email::send` needs beyond its single keys.

use cuebook_core::function::{Parameter, ParameterKind};
use rhai::Expr;

use super::super::walk::Walker;
use super::calls::Call;
use crate::diagnostic::code;

/// What a mail is made of.
const PARTS: &[&str] = &["subject", "text", "html", "template"];

impl<'a> Walker<'a> {
    /// The map that a mail is made of, where it is plain to see.
    pub(super) fn mailed(&mut self, call: &Call<'a>, parameters: &[Parameter]) {
        if !makes_mails(parameters) {
            return;
        }
        let Some(Expr::Map(map, _)) = call.expr.args.first().map(|mail| self.made_of(mail)) else {
            return;
        };
        let has = |names: &[&str]| {
            map.0
                .iter()
                .any(|(ident, _)| names.contains(&ident.as_str()))
        };
        if has(&["template"]) {
            return;
        }
        let missing = match (has(&["subject"]), has(&["text", "html"])) {
            (true, true) => return,
            (false, true) => (
                "a mail needs a `subject`, or a `template` that has one",
                "add `subject: \"…\"`",
            ),
            (true, false) => (
                "a mail needs `text`, `html` or a `template`",
                "add `text: \"…\"`",
            ),
            (false, false) => (
                "a mail needs a `template`, or a `subject` and a `text`",
                "add `template: \"…\"`, or `subject: \"…\"` and `text: \"…\"`",
            ),
        };
        self.about(
            call,
            code::MISSING_KEY,
            missing.0.to_owned(),
            Some(missing.1.to_owned()),
        );
    }
}

/// Whether a function with these parameters makes a mail of parts or of a template.
fn makes_mails(parameters: &[Parameter]) -> bool {
    let Some(ParameterKind::Options(keys)) = parameters.first().map(|mail| mail.kind) else {
        return false;
    };
    PARTS
        .iter()
        .all(|part| keys.iter().any(|key| key.name == *part))
}
