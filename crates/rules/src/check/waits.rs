//! Waits for events: whether there are such types, and whether their payloads have the fields that are asked for. What
//! is misspelt here fails nowhere: the run only waits in vain.

use cuebook_core::events::{self, EventDescriptor, EventType};
use rhai::Expr;

use super::calls::Call;
use super::literals::{length_of, place, text_of};
use crate::diagnostic::{Diagnostic, code};
use crate::suggest;

impl Call<'_> {
    /// The types and fields of a `wait_for`, where they are plain to see.
    pub(super) fn awaited(&mut self, types: &Expr, fields: Option<&Expr>) {
        let types: Vec<&Expr> = match types {
            Expr::Array(items, _) => items.iter().collect(),
            one => vec![one],
        };
        for expr in &types {
            self.awaited_type(expr);
        }
        let known: Option<Vec<&EventDescriptor>> = types
            .iter()
            .map(|expr| EventType::from_wire(text_of(expr)?.0).descriptor())
            .collect();
        if let (Some(known), Some(Expr::Map(map, _))) = (known, fields) {
            for (ident, _) in &map.0 {
                self.awaited_field(&known, ident);
            }
        }
    }

    fn awaited_type(&mut self, expr: &Expr) {
        let Some((text, position)) = text_of(expr) else {
            return;
        };
        if self.known.types.contains(text) || EventType::from_wire(text).descriptor().is_some() {
            return;
        }
        let names = events::ALL.iter().map(|descriptor| descriptor.name);
        let near = suggest::nearest(text, names)
            .or_else(|| suggest::nearest(text, self.known.types.iter().map(String::as_str)));
        let help = near.map_or_else(
            || "if no rule emits it, nothing but the timeout ends the wait".to_owned(),
            |near| format!("did you mean `{near}`?"),
        );
        let (line, column) = place(position);
        self.diagnostics.push(
            Diagnostic::warning(
                self.file,
                code::UNKNOWN_TYPE,
                format!("`{text}` is no type of event that is known"),
            )
            .at(line, column, length_of(expr))
            .with_help(help),
        );
    }

    fn awaited_field(&mut self, types: &[&EventDescriptor], ident: &rhai::Ident) {
        let name = ident.as_str();
        let fields: Vec<&str> = types
            .iter()
            .flat_map(|descriptor| descriptor.fields)
            .map(|field| field.name)
            .collect();
        if fields.contains(&name) {
            return;
        }
        let types: Vec<&str> = types.iter().map(|descriptor| descriptor.name).collect();
        let message = format!(
            "the payload of `{}` has no field `{name}`: nothing but the timeout ends the wait",
            types.join("` or `")
        );
        let (line, column) = place(ident.pos);
        self.diagnostics.push(
            Diagnostic::warning(self.file, code::UNKNOWN_AWAITED_FIELD, message)
                .at(line, column, name.chars().count())
                .with_help_if(suggest::help(name, &fields, "it has")),
        );
    }
}
