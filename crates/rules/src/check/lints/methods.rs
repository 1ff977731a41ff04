//! Functions that are called on a value.

use rhai::{FnCallExpr, Position};

use super::super::kind::Kind;
use super::super::walk::Walker;
use super::foreign;
use crate::diagnostic::code;
use crate::suggest;

impl<'a> Walker<'a> {
    /// A function that is called on a value of this kind.
    pub(in super::super) fn method_called(
        &mut self,
        kind: &Kind,
        call: &'a FnCallExpr,
        position: Position,
    ) {
        let name = call.name.as_str();
        self.method_waits(call, position);
        if self.known.has_method(name) || self.script.defines(name) {
            if kind == &Kind::Secret {
                self.secret_at(position);
            }
            return;
        }
        let label = match kind {
            // A map may hold a closure under this name.
            Kind::Map | Kind::Record | Kind::Payload(_) | Kind::Unknown => None,
            kind => kind.noun(),
        };
        let help = foreign::method(name).map(str::to_owned);
        let (message, help) = match (label, help) {
            (Some(label), help) => {
                let help = help.or_else(|| {
                    let near = suggest::nearest(name, self.known.methods());
                    near.map(|near| format!("did you mean `.{near}(…)`?"))
                });
                (
                    format!("{label} has no function `{}`", suggest::shown(name)),
                    help,
                )
            }
            (None, Some(help)) => (format!("there is no function `{name}`"), Some(help)),
            (None, None) => return,
        };
        let diagnostic = self
            .error(code::UNKNOWN_METHOD, position, message)
            .with_help_if(help);
        self.found.push(diagnostic);
    }
}
