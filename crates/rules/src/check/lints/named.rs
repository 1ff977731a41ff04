//! What a call names by a plain text: templates and types of events.

use cuebook_core::events::EventType;
use rhai::{Expr, Ident};

use super::super::kind::Types;
use super::super::kinds::{type_names, types_in};
use super::super::literals::text_of;
use super::super::walk::Walker;
use super::calls::Call;
use crate::diagnostic::code;
use crate::functions::pure::template_name;
use crate::suggest;

impl<'a> Walker<'a> {
    /// What is named by a plain text: templates and types of events.
    pub(super) fn named(&mut self, call: &Call<'a>) {
        let args = &call.expr.args;
        match (call.name.as_str(), args.first()) {
            ("template::render", Some(name)) => {
                self.template(name, |text| template_name(text));
                self.template_shows(name, args.get(1));
            }
            ("email::send", Some(mail)) => {
                if let Expr::Map(map, _) = self.made_of(mail) {
                    let member = |name: &str| {
                        let mut members = map.0.iter();
                        members
                            .find(|(ident, _)| ident.as_str() == name)
                            .map(|(_, value)| value)
                    };
                    if let Some(name) = member("template") {
                        self.template(name, |text| text);
                        self.mail_shows(name, member("data"));
                    }
                }
            }
            ("emit", Some(event_type)) => self.emitted(event_type),
            ("wait_for", Some(types)) => self.awaited(types, args.get(1)),
            ("events::list", Some(filter)) => self.listed(filter),
            _ => {}
        }
    }

    fn template(&mut self, expr: &'a Expr, name: fn(&str) -> &str) {
        let Some((text, position)) = text_of(self.made_of(expr)) else {
            return;
        };
        let name = name(text);
        if self.known.templates.contains_key(name) {
            return;
        }
        let near = suggest::nearest(name, self.known.templates.keys().map(String::as_str));
        let help = near.map_or_else(
            || format!("make `templates/{name}.de.txt`, and one for each other locale"),
            |near| format!("did you mean `{near}`?"),
        );
        let message = format!("there is no template `{name}`");
        let diagnostic = self
            .error(code::MISSING_TEMPLATE, position, message)
            .with_help(help);
        self.found.push(diagnostic);
    }

    fn emitted(&mut self, expr: &'a Expr) {
        let Some((text, position)) = text_of(expr) else {
            return;
        };
        if self.known.types.contains(text) {
            return;
        }
        let help = self.near_type(text).map_or_else(
            || format!("make a rule in the folder `{text}/`"),
            |near| format!("did you mean `{near}`?"),
        );
        let message = format!("no rule is for events of type `{text}`");
        let diagnostic = self
            .warning(code::UNKNOWN_TYPE, position, message)
            .with_help(help);
        self.found.push(diagnostic);
    }

    fn near_type(&self, text: &str) -> Option<String> {
        let near = suggest::nearest(text, type_names())
            .or_else(|| suggest::nearest(text, self.known.types.iter().map(String::as_str)));
        near.map(str::to_owned)
    }

    /// The types and fields of a wait, where they are plain to see. What is misspelt there fails nowhere: the run only
    /// waits in vain.
    fn awaited(&mut self, types: &'a Expr, fields: Option<&'a Expr>) {
        match types {
            Expr::Array(items, _) => items.iter().for_each(|item| self.known_type(item)),
            one => self.known_type(one),
        }
        let fields = fields.map(|fields| self.made_of(fields));
        if let (Some(types), Some(Expr::Map(map, _))) = (types_in(types), fields) {
            for (ident, _) in &map.0 {
                self.awaited_field(&types, ident);
            }
        }
    }

    fn listed(&mut self, filter: &'a Expr) {
        if let Expr::Map(map, _) = self.made_of(filter) {
            for (ident, value) in &map.0 {
                if ident.as_str() == "type" {
                    self.known_type(value);
                }
            }
        }
    }

    /// A text that names a type of event.
    pub(super) fn known_type(&mut self, expr: &Expr) {
        if let Some((text, position)) = text_of(expr) {
            self.known_type_at(text, position);
        }
    }

    /// The same at a place. A name like no known one is one's own: another system sends it, by the API.
    pub(super) fn known_type_at(&mut self, text: &str, position: rhai::Position) {
        if self.known.types.contains(text) || EventType::from_wire(text).descriptor().is_some() {
            return;
        }
        let Some(near) = self.near_type(text) else {
            return;
        };
        let help = format!("did you mean `{near}`?");
        let message = format!(
            "`{}` is no type of event that is known",
            suggest::shown(text)
        );
        let diagnostic = self
            .warning(code::UNKNOWN_TYPE, position, message)
            .with_help(help);
        self.found.push(diagnostic);
    }

    fn awaited_field(&mut self, types: &Types, ident: &Ident) {
        let name = ident.as_str();
        let fields: Vec<&str> = types.fields().map(|field| field.name).collect();
        if types.0.is_empty() || fields.contains(&name) {
            return;
        }
        let message = format!(
            "the payload of `{}` has no field `{}`: nothing but the timeout ends the wait",
            types.names().join("` or `"),
            suggest::shown(name)
        );
        let diagnostic = self
            .warning(code::UNKNOWN_AWAITED_FIELD, ident.pos, message)
            .with_help_if(suggest::help(name, &fields, "it has"));
        self.found.push(diagnostic);
    }
}
