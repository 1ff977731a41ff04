//! Calls: whether there is such a function, and whether it takes as many arguments.

use std::collections::BTreeSet;

use cuebook_core::function::Parameter;
use cuebook_core::journal::StepKind;
use rhai::{FnCallExpr, Position};

use super::super::known::Known;
use super::super::scope::Role;
use super::super::subject::Nature;
use super::super::walk::Walker;
use super::foreign;
use crate::diagnostic::code;
use crate::functions::arguments::range;
use crate::suggest;

/// One call, and where it stands.
pub(super) struct Call<'a> {
    /// The function's full name.
    pub(super) name: String,
    /// The call.
    pub(super) expr: &'a FnCallExpr,
    /// Where it begins.
    pub(super) position: Position,
}

impl<'a> Walker<'a> {
    /// A call of a function by its name.
    pub(in super::super) fn called(&mut self, expr: &'a FnCallExpr, position: Position) {
        let call = Call {
            name: Self::name_of(expr),
            expr,
            position,
        };
        self.shows_nothing(&call);
        if expr.is_qualified() {
            self.qualified(&call);
        } else {
            self.plain(&call);
        }
        self.waits_in_branch(&call);
        self.secret_named(&call);
    }

    /// A call without a namespace: of a function of the file or of the engine.
    fn plain(&mut self, call: &Call<'a>) {
        let name = call.expr.name.as_str();
        let given = call.expr.args.len();
        if Known::is_built_in(name) {
            return;
        }
        let own = self.script.counts(name);
        if own.contains(&given) {
            return;
        }
        if let Some(parameters) = self.known.parameters(name) {
            return self.described(call, parameters);
        }
        let native = self.known.arities("", name, self.subject.nature);
        let counts: BTreeSet<usize> = own
            .iter()
            .chain(native.into_iter().flatten())
            .copied()
            .collect();
        if counts.contains(&given) {
            return;
        }
        if !counts.is_empty() {
            return self.wrong_count(call, &counts);
        }
        if self.scopes.get(name).is_some() {
            return self.variable_called(call);
        }
        let is_open = self.subject.nature == Nature::Library;
        let help = self.help_for(name);
        if !is_open || help.is_some() {
            self.unknown_function(call, help);
        }
    }

    fn help_for(&self, name: &str) -> Option<String> {
        if let Some(help) = foreign::function(name) {
            return Some(help.to_owned());
        }
        if self.known.is_for_tests(name) {
            return Some(
                "only tests have it: they stand in `<name>.test.rhai` beside the rule".to_owned(),
            );
        }
        let own = self.script.named().map(|function| function.name.as_str());
        let near = suggest::nearest(name, own.chain(self.known.names("")));
        near.map(|near| format!("did you mean `{near}`?"))
            .or_else(|| self.elsewhere(name))
    }

    fn variable_called(&mut self, call: &Call<'_>) {
        let name = call.expr.name.as_str();
        let is_parameter = self
            .scopes
            .read(name)
            .is_some_and(|variable| variable.role == Role::Parameter);
        let what = if is_parameter {
            "parameter"
        } else {
            "variable"
        };
        let diagnostic = self
            .error(
                code::UNKNOWN_FUNCTION,
                call.position,
                format!("there is no function `{name}`: it is a {what}"),
            )
            .with_label("not a function's name")
            .with_help(format!(
                "call the closure that it holds with `{name}.call(…)`"
            ));
        self.found.push(diagnostic);
    }

    /// A call with a namespace: of an import, or one of ours.
    fn qualified(&mut self, call: &Call<'a>) {
        let (namespace, name) = (call.expr.namespace.to_string(), call.expr.name.as_str());
        let given = call.expr.args.len();
        if let Some(import) = self.imports.get(&namespace) {
            let Some(defined) = &import.defined else {
                return;
            };
            match defined.functions.get(name) {
                Some(counts) if counts.contains(&given) => {}
                Some(counts) => {
                    let counts = counts.clone();
                    self.wrong_count(call, &counts);
                }
                None => {
                    let near = suggest::nearest(name, defined.functions.keys().map(String::as_str));
                    let help = near.map(|near| format!("did you mean `{namespace}::{near}`?"));
                    self.unknown_function(call, help);
                }
            }
            return;
        }
        if let Some(parameters) = self.known.parameters(&call.name) {
            return self.described(call, parameters);
        }
        if let Some(counts) = self.known.arities(&namespace, name, self.subject.nature) {
            if !counts.contains(&given) {
                let counts = counts.clone();
                self.wrong_count(call, &counts);
            }
            return;
        }
        let help = self.help_in(&namespace, name);
        self.unknown_function(call, Some(help));
    }

    fn help_in(&self, namespace: &str, name: &str) -> String {
        if let Some(help) = foreign::function(&format!("{namespace}::{name}")) {
            return help.to_owned();
        }
        if self.known.has_namespace(namespace) {
            let names: Vec<&str> = self.known.names(namespace).collect();
            if let Some(near) = suggest::nearest(name, names.iter().copied()) {
                return format!("did you mean `{namespace}::{near}`?");
            }
            return self
                .elsewhere(name)
                .unwrap_or_else(|| format!("`{namespace}` has `{}`", names.join("`, `")));
        }
        if self.known.is_library(namespace) {
            return format!("write `import \"lib/{namespace}\" as {namespace};` above");
        }
        let imported = self.imports.0.iter().map(|import| import.name.as_str());
        if let Some(near) = suggest::nearest(namespace, self.known.namespaces().chain(imported)) {
            return format!("did you mean `{near}::{name}`?");
        }
        self.elsewhere(name).unwrap_or_else(|| {
            format!("nothing called `{namespace}` is imported, and there is no such namespace")
        })
    }

    /// A call of a function that has a descriptor.
    fn described(&mut self, call: &Call<'a>, parameters: &'static [Parameter]) {
        let given = call.expr.args.len();
        let required = parameters.iter().filter(|parameter| parameter.required);
        let least = required.count();
        if given < least || given > parameters.len() {
            let message = format!(
                "`{}` takes {}, and is given {given}",
                call.name,
                range(least, parameters.len())
            );
            let names: Vec<String> = parameters.iter().map(written).collect();
            let help = format!("write `{}({})`", call.name, names.join(", "));
            return self.about(call, code::ARGUMENT_COUNT, message, Some(help));
        }
        for (parameter, argument) in parameters.iter().zip(&call.expr.args) {
            let what = format!("`{}` of `{}`", parameter.name, call.name);
            self.given(call, &what, parameter.kind, parameter.required, argument);
        }
        self.named(call);
        self.one_of_words(call);
        self.addressed(call, parameters);
        if call.name == "email::send" {
            self.mailed(call, parameters);
        }
    }

    /// A function of this name that has to be called with its namespace.
    fn elsewhere(&self, name: &str) -> Option<String> {
        let nature = self.subject.nature;
        let spaces = self.known.namespaces();
        let spaces = spaces.filter(|space| self.known.arities(space, name, nature).is_some());
        let names: Vec<String> = spaces.map(|space| format!("`{space}::{name}`")).collect();
        let (last, others) = names.split_last()?;
        Some(if others.is_empty() {
            format!("did you mean {last}?")
        } else {
            format!("did you mean {} or {last}?", others.join(", "))
        })
    }

    fn unknown_function(&mut self, call: &Call<'_>, help: Option<String>) {
        let message = format!("there is no function `{}`", suggest::shown(&call.name));
        self.about(call, code::UNKNOWN_FUNCTION, message, help);
    }

    fn wrong_count(&mut self, call: &Call<'_>, counts: &BTreeSet<usize>) {
        let words: Vec<String> = counts.iter().map(usize::to_string).collect();
        let message = format!(
            "`{}` takes {} argument{}, and is given {}",
            call.name,
            words.join(" or "),
            if words == ["1"] { "" } else { "s" },
            call.expr.args.len()
        );
        self.about(call, code::ARGUMENT_COUNT, message, None);
    }

    /// Reports something about a call as a whole.
    pub(super) fn about(
        &mut self,
        call: &Call<'_>,
        code: &'static str,
        message: String,
        help: Option<String>,
    ) {
        let mut diagnostic = self.error(code, call.position, message).with_help_if(help);
        diagnostic.length = u32::try_from(call.name.chars().count()).unwrap_or(u32::MAX);
        self.found.push(diagnostic);
    }

    /// Whether a function asks for something of this kind.
    pub(super) fn is_step(&self, name: &str, kind: StepKind) -> bool {
        self.known.kind(name) == Some(kind) && !self.script.defines(name)
    }

    fn shows_nothing(&mut self, call: &Call<'_>) {
        if !matches!(call.name.as_str(), "print" | "debug") || self.script.defines(&call.name) {
            return;
        }
        let diagnostic = self
            .warning(
                code::SHOWS_NOTHING,
                call.position,
                format!("`{}` shows nothing: a rule has no screen", call.name),
            )
            .with_help("write `log::info(…)`: the line stands in the run's log");
        self.found.push(diagnostic);
    }
}

fn written(parameter: &Parameter) -> String {
    if parameter.required {
        parameter.name.to_owned()
    } else {
        format!("[{}]", parameter.name)
    }
}
