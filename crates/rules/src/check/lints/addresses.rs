//! Addresses that are plain to see.

use cuebook_core::function::Parameter;
use rhai::Expr;

use super::super::literals::text_of;
use super::super::walk::Walker;
use super::calls::Call;
use crate::diagnostic::code;

impl<'a> Walker<'a> {
    /// The URL that a call goes to.
    pub(super) fn addressed(&mut self, call: &Call<'a>, parameters: &'static [Parameter]) {
        let is_url = parameters
            .first()
            .is_some_and(|parameter| parameter.name == "url");
        let (Some(url), true) = (call.expr.args.first(), is_url) else {
            return;
        };
        let made = self.made_of(url);
        let begin = match made {
            Expr::InterpolatedString(parts, _) => parts.first().and_then(text_of),
            one => text_of(one),
        };
        let Some((text, _)) = begin else {
            return;
        };
        if !text
            .trim_start()
            .to_ascii_lowercase()
            .starts_with("http://")
        {
            return;
        }
        let diagnostic = self
            .warning(
                code::PLAIN_HTTP,
                made.start_position(),
                "the address is not https",
            )
            .with_help(
                "write `https://`, or name the host in `egress.allow` and allow this warning",
            );
        self.found.push(diagnostic);
    }
}
