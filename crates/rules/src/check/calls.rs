//! Calls: whether there is such a function, and whether it takes what it is given.

use std::collections::BTreeSet;

use cuebook_core::function::Parameter;
use rhai::{Expr, FnCallExpr, Position};

use super::known::Known;
use super::lint::Scope;
use super::literals::{length_of, place};
use crate::diagnostic::{Diagnostic, code};
use crate::functions::arguments::range;
use crate::suggest;

/// One call, and where to report what is wrong with it.
pub(super) struct Call<'a> {
    pub(super) file: &'a str,
    pub(super) name: String,
    expr: &'a FnCallExpr,
    position: Position,
    pub(super) known: &'a Known,
    pub(super) diagnostics: &'a mut Vec<Diagnostic>,
}

/// Checks a call that begins at `position`.
pub(super) fn check(
    file: &str,
    call: &FnCallExpr,
    position: Position,
    scope: &Scope<'_>,
    known: &Known,
    diagnostics: &mut Vec<Diagnostic>,
) {
    if call.is_operator_call() {
        return;
    }
    let namespace = call.namespace.to_string();
    let name = match namespace.as_str() {
        "" => call.name.to_string(),
        namespace => format!("{namespace}::{}", call.name),
    };
    let mut call = Call {
        file,
        name,
        expr: call,
        position,
        known,
        diagnostics,
    };
    if namespace.is_empty() {
        call.plain(scope);
    } else {
        call.qualified(&namespace, scope);
    }
}

impl Call<'_> {
    /// A call without a namespace: of a function of the file, of the engine, or of a variable that holds one.
    fn plain(&mut self, scope: &Scope<'_>) {
        let name = self.expr.name.as_str();
        let given = self.expr.args.len();
        if Known::is_built_in(name) || scope.variables.contains(name) {
            return;
        }
        let own = scope.functions.get(name);
        if own.is_some_and(|counts| counts.contains(&given)) {
            return;
        }
        if let Some(parameters) = self.known.parameters(name) {
            return self.described(parameters);
        }
        let native = self.known.arities("", name);
        let counts: BTreeSet<usize> = own.into_iter().chain(native).flatten().copied().collect();
        if counts.contains(&given) || scope.is_open {
            return;
        }
        if counts.is_empty() {
            let own = scope.functions.keys().map(String::as_str);
            let near = suggest::nearest(name, own.chain(self.known.names("")));
            let help = near.map(|near| format!("did you mean `{near}`?"));
            self.unknown(help.or_else(|| self.elsewhere()));
        } else {
            self.wrong_count(&counts);
        }
    }

    /// A call with a namespace: of an import, or one of ours.
    fn qualified(&mut self, namespace: &str, scope: &Scope<'_>) {
        let name = self.expr.name.as_str();
        let given = self.expr.args.len();
        if let Some(import) = scope.imports.get(namespace) {
            let Some(functions) = import else {
                return;
            };
            match functions.get(name) {
                Some(counts) if counts.contains(&given) => {}
                Some(counts) => self.wrong_count(counts),
                None => {
                    let near = suggest::nearest(name, functions.keys().map(String::as_str));
                    self.unknown(near.map(|near| format!("did you mean `{namespace}::{near}`?")));
                }
            }
            return;
        }
        if let Some(parameters) = self.known.parameters(&self.name) {
            return self.described(parameters);
        }
        if let Some(counts) = self.known.arities(namespace, name) {
            if !counts.contains(&given) {
                self.wrong_count(counts);
            }
            return;
        }
        let help = if self.known.has_namespace(namespace) {
            let names: Vec<&str> = self.known.names(namespace).collect();
            suggest::nearest(name, names.iter().copied()).map_or_else(
                || format!("`{namespace}` has `{}`", names.join("`, `")),
                |near| format!("did you mean `{namespace}::{near}`?"),
            )
        } else if let Some(near) = suggest::nearest(namespace, self.known.namespaces()) {
            format!("did you mean `{near}::{name}`?")
        } else {
            format!("nothing called `{namespace}` is imported, and there is no such namespace")
        };
        self.unknown(Some(help));
    }

    /// A call of a function that has a descriptor.
    fn described(&mut self, parameters: &'static [Parameter]) {
        let given = self.expr.args.len();
        let least = parameters
            .iter()
            .filter(|parameter| parameter.required)
            .count();
        if given < least || given > parameters.len() {
            let message = format!(
                "`{}` takes {}, and is given {given}",
                self.name,
                range(least, parameters.len())
            );
            let names: Vec<String> = parameters.iter().map(written).collect();
            let help = format!("write `{}({})`", self.name, names.join(", "));
            return self.report(code::ARGUMENT_COUNT, message, Some(help));
        }
        let call = self.expr;
        for (parameter, argument) in parameters.iter().zip(&call.args) {
            let what = format!("`{}` of `{}`", parameter.name, self.name);
            self.value(&what, parameter.kind, parameter.required, argument);
        }
        self.named(call);
    }

    /// A function of this name that has to be called with its namespace.
    fn elsewhere(&self) -> Option<String> {
        let name = self.expr.name.as_str();
        let namespace = self
            .known
            .namespaces()
            .find(|namespace| self.known.arities(namespace, name).is_some())?;
        Some(format!("did you mean `{namespace}::{name}`?"))
    }

    fn unknown(&mut self, help: Option<String>) {
        let message = format!("there is no function `{}`", self.name);
        self.report(code::UNKNOWN_FUNCTION, message, help);
    }

    fn wrong_count(&mut self, counts: &BTreeSet<usize>) {
        let counts: Vec<String> = counts.iter().map(usize::to_string).collect();
        let message = format!(
            "`{}` takes {} arguments, and is given {}",
            self.name,
            counts.join(" or "),
            self.expr.args.len()
        );
        self.report(code::ARGUMENT_COUNT, message, None);
    }

    /// Reports something about the call as a whole.
    pub(super) fn report(&mut self, code: &'static str, message: String, help: Option<String>) {
        let (line, column) = place(self.position);
        self.diagnostics.push(
            Diagnostic::error(self.file, code, message)
                .at(line, column, self.name.chars().count())
                .with_help_if(help),
        );
    }

    /// Reports something about one expression in it.
    pub(super) fn report_at(
        &mut self,
        expr: &Expr,
        code: &'static str,
        message: String,
        help: Option<String>,
    ) {
        let (line, column) = place(expr.start_position());
        self.diagnostics.push(
            Diagnostic::error(self.file, code, message)
                .at(line, column, length_of(expr))
                .with_help_if(help),
        );
    }
}

fn written(parameter: &Parameter) -> String {
    if parameter.required {
        parameter.name.to_owned()
    } else {
        format!("[{}]", parameter.name)
    }
}
