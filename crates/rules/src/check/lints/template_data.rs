//! Whether the data of a template holds what the template shows.

use std::collections::BTreeSet;

use rhai::Expr;

use super::super::literals::text_of;
use super::super::walk::{Walker, start_of};
use crate::diagnostic::code;
use crate::suggest;

impl<'a> Walker<'a> {
    /// `template::render("name.txt", data)`.
    pub(super) fn template_shows(&mut self, name: &'a Expr, data: Option<&'a Expr>) {
        let Some((text, _)) = text_of(self.made_of(name)) else {
            return;
        };
        let template = crate::functions::pure::template_name(text);
        let part = text
            .strip_prefix(template)
            .and_then(|rest| rest.strip_prefix('.'));
        self.shows(name, template, part, data);
    }

    /// `email::send(#{ template: "name", data: … })`.
    pub(super) fn mail_shows(&mut self, name: &'a Expr, data: Option<&'a Expr>) {
        if let Some((template, _)) = text_of(self.made_of(name)) {
            self.shows(name, template, None, data);
        }
    }

    fn shows(
        &mut self,
        name: &'a Expr,
        template: &str,
        part: Option<&str>,
        data: Option<&'a Expr>,
    ) {
        let given: BTreeSet<&str> = match data.map(|data| self.made_of(data)) {
            None => BTreeSet::new(),
            Some(Expr::Map(map, _)) => map.0.iter().map(|(ident, _)| ident.as_str()).collect(),
            Some(_) => return,
        };
        let Some(files) = self.known.templates.get(template) else {
            return;
        };
        let mut seen = BTreeSet::new();
        let mut found = Vec::new();
        for file in files
            .iter()
            .filter(|file| part.is_none_or(|part| file.part == part))
        {
            for variable in &file.shows {
                if given.contains(variable.as_str()) || !seen.insert(variable.as_str()) {
                    continue;
                }
                let message = format!(
                    "`{}` shows `{variable}`, which `data` does not hold",
                    file.path
                );
                let near = suggest::nearest(variable, given.iter().copied());
                let help = near.map_or_else(
                    || format!("add `{variable}: …`, or write `{{{{ {variable}|default(\"\") }}}}` there"),
                    |near| format!("`data` has `{near}`"),
                );
                let place = data.unwrap_or(name);
                found.push(
                    self.error(code::TEMPLATE_VARIABLE, start_of(place), message)
                        .with_help(help),
                );
            }
        }
        self.found.append(&mut found);
    }
}
