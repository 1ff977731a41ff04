//! Calls: whether there is such a function, and whether it takes what it is given.

use std::collections::BTreeSet;

use cuebook_core::events;
use cuebook_core::function::{OptionKey, Parameter, ParameterKind};
use cuebook_core::value::Value;
use rhai::{Expr, FnCallExpr, Position};

use super::known::Known;
use super::lint::Scope;
use super::literals::{kind_of, length_of, place, text_of};
use crate::diagnostic::{Diagnostic, code};
use crate::functions::arguments::range;
use crate::functions::pure::template_name;
use crate::{duration, suggest};

/// One call, and where to report what is wrong with it.
struct Call<'a> {
    file: &'a str,
    name: String,
    expr: &'a FnCallExpr,
    position: Position,
    known: &'a Known,
    diagnostics: &'a mut Vec<Diagnostic>,
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

    /// A value that is plain to see, against what may be given.
    fn value(&mut self, what: &str, kind: ParameterKind, required: bool, expr: &Expr) {
        let Some(value) = kind_of(expr) else {
            return;
        };
        if value == Value::Unit && (!required || matches!(kind, ParameterKind::Any)) {
            return;
        }
        if !kind.accepts(&value) {
            let message = format!("{what} has to be {}, and is {}", kind.label(), value.kind());
            return self.report_at(expr, code::ARGUMENT_KIND, message, None);
        }
        match (kind, expr) {
            (ParameterKind::Options(keys), Expr::Map(map, _)) => self.options(keys, map),
            (ParameterKind::Duration, Expr::StringConstant(text, _)) => {
                let text = text
                    .strip_prefix('-')
                    .filter(|_| self.name == "time::add")
                    .unwrap_or(text);
                if let Err(error) = duration::parse(text) {
                    self.report_at(expr, code::ARGUMENT_KIND, format!("{what}: {error}"), None);
                }
            }
            _ => {}
        }
    }

    /// A map of options that is plain to see.
    fn options<T>(
        &mut self,
        keys: &'static [OptionKey],
        map: &(impl AsRef<[(rhai::Ident, Expr)]>, T),
    ) {
        let known: Vec<&str> = keys.iter().map(|key| key.name).collect();
        let members = map.0.as_ref();
        for (ident, expr) in members {
            let name = ident.as_str();
            if let Some(key) = keys.iter().find(|key| key.name == name) {
                let what = format!("`{name}` of `{}`", self.name);
                self.value(&what, key.kind, false, expr);
                continue;
            }
            let message = format!("`{}` has no key `{name}`", self.name);
            let (line, column) = place(ident.pos);
            self.diagnostics.push(
                Diagnostic::error(self.file, code::UNKNOWN_KEY, message)
                    .at(line, column, name.chars().count())
                    .with_help_if(suggest::help(name, &known, "it knows")),
            );
        }
        for key in keys.iter().filter(|key| key.required) {
            if !members.iter().any(|(ident, _)| ident.as_str() == key.name) {
                let message = format!("`{}` needs the key `{}`", self.name, key.name);
                self.report(code::MISSING_KEY, message, Some(key.doc.to_owned()));
            }
        }
    }

    /// What is named by a plain text: templates and event types.
    fn named(&mut self, call: &FnCallExpr) {
        match (self.name.as_str(), call.args.first()) {
            ("template::render", Some(name)) => self.template(name, |text| template_name(text)),
            ("email::send", Some(Expr::Map(map, _))) => {
                let name = map.0.iter().find(|(ident, _)| ident.as_str() == "template");
                if let Some((_, name)) = name {
                    self.template(name, |text| text);
                }
            }
            ("emit", Some(event_type)) => self.event_type(event_type),
            _ => {}
        }
    }

    fn template(&mut self, expr: &Expr, name: fn(&str) -> &str) {
        let Some((text, _)) = text_of(expr) else {
            return;
        };
        let name = name(text);
        if self.known.templates.contains(name) {
            return;
        }
        let near = suggest::nearest(name, self.known.templates.iter().map(String::as_str));
        let help = near.map_or_else(
            || format!("make `templates/{name}.de.txt`, and one for each other locale"),
            |near| format!("did you mean `{near}`?"),
        );
        let message = format!("there is no template `{name}`");
        self.report_at(expr, code::MISSING_TEMPLATE, message, Some(help));
    }

    fn event_type(&mut self, expr: &Expr) {
        let Some((text, position)) = text_of(expr) else {
            return;
        };
        if self.known.types.contains(text) {
            return;
        }
        let near = suggest::nearest(text, events::ALL.iter().map(|descriptor| descriptor.name));
        let near =
            near.or_else(|| suggest::nearest(text, self.known.types.iter().map(String::as_str)));
        let help = near.map_or_else(
            || format!("make a rule in the folder `{text}/`"),
            |near| format!("did you mean `{near}`?"),
        );
        let (line, column) = place(position);
        self.diagnostics.push(
            Diagnostic::warning(
                self.file,
                code::UNKNOWN_TYPE,
                format!("no rule is for events of type `{text}`"),
            )
            .at(line, column, length_of(expr))
            .with_help(help),
        );
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
    fn report(&mut self, code: &'static str, message: String, help: Option<String>) {
        let (line, column) = place(self.position);
        self.diagnostics.push(
            Diagnostic::error(self.file, code, message)
                .at(line, column, self.name.chars().count())
                .with_help_if(help),
        );
    }

    /// Reports something about one expression in it.
    fn report_at(
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
