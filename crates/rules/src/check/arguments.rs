//! What a call is given, where that is plain to see: kinds, the keys of options, and names of templates and event types.

use cuebook_core::events;
use cuebook_core::function::{OptionKey, ParameterKind};
use cuebook_core::value::Value;
use rhai::{Expr, FnCallExpr};

use super::calls::Call;
use super::literals::{kind_of, length_of, place, text_of};
use crate::diagnostic::{Diagnostic, code};
use crate::functions::pure::template_name;
use crate::{duration, suggest};

impl Call<'_> {
    /// A value that is plain to see, against what may be given.
    pub(super) fn value(&mut self, what: &str, kind: ParameterKind, required: bool, expr: &Expr) {
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
    pub(super) fn named(&mut self, call: &FnCallExpr) {
        match (self.name.as_str(), call.args.first()) {
            ("template::render", Some(name)) => self.template(name, |text| template_name(text)),
            ("email::send", Some(Expr::Map(map, _))) => {
                let name = map.0.iter().find(|(ident, _)| ident.as_str() == "template");
                if let Some((_, name)) = name {
                    self.template(name, |text| text);
                }
            }
            ("emit", Some(event_type)) => self.event_type(event_type),
            ("wait_for", Some(types)) => self.awaited(types, call.args.get(1)),
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
}
