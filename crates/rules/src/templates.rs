//! The templates of a rule's version: `templates/NAME.LOCALE.{subject,txt,html}`.
//!
//! A template sees its data and nothing else: no file, no clock, no environment. A variable that is missing is an error
//! that names it, never an empty place in a mail.

mod filters;
mod index;
mod problems;
mod shown;
mod values;

use chrono_tz::Tz;
use cuebook_core::CallError;
use cuebook_core::function::Templates;
use cuebook_core::limits;
use cuebook_core::value::Value;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, escape_formatter};

pub(crate) use shown::ShownFile;

use self::index::Index;
use crate::diagnostic::Diagnostic;
use crate::files::RuleFiles;

/// The work that one rendering may do: about 64,000 instructions, or 4 MiB of text that it writes, joins, repeats or
/// keeps. What would take more is refused before it is allocated.
const FUEL: u64 = 64 * 1024;
/// How deep templates may include each other.
const DEPTH: usize = 100;

/// The templates of a rule's version.
#[derive(Debug)]
pub(crate) struct TemplateSet {
    environment: Environment<'static>,
    index: Index,
}

impl TemplateSet {
    /// Parses the templates in `files`. Times are written in `zone`, unless a template says another.
    pub(crate) fn new(files: &RuleFiles, zone: Tz) -> Result<Self, Vec<Diagnostic>> {
        let mut environment = environment(zone);
        let mut diagnostics = Vec::new();
        for (name, bytes) in files.templates() {
            match problems::text(name, bytes) {
                Ok(text) => {
                    if let Err(error) =
                        environment.add_template_owned(name.to_owned(), text.to_owned())
                    {
                        diagnostics.push(problems::syntax(name, &error));
                    }
                }
                Err(diagnostic) => diagnostics.push(*diagnostic),
            }
        }
        diagnostics.extend(problems::missing_parts(files));
        if diagnostics.is_empty() {
            let index = Index::new(files.templates().map(|(name, _)| name));
            Ok(Self { environment, index })
        } else {
            Err(diagnostics)
        }
    }

    /// No templates.
    pub(crate) fn empty(zone: Tz) -> Self {
        Self {
            environment: environment(zone),
            index: Index::default(),
        }
    }

    /// The names of the templates that can be rendered.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.index.names()
    }
}

impl Templates for TemplateSet {
    fn render(
        &self,
        name: &str,
        locale: &str,
        part: &str,
        data: &Value,
    ) -> Result<Option<String>, CallError> {
        let Some(file) = self.index.find(name, locale, part) else {
            return Ok(None);
        };
        let context = values::context(data, &file.locale).ok_or_else(|| {
            CallError::invalid(format!(
                "the data of a template is a map, not {}",
                data.kind()
            ))
        })?;
        let text = self
            .environment
            .get_template(&file.path)
            .and_then(|template| template.render(context))
            .map_err(|error| CallError::new("template", problems::describe(&error)))?;
        if text.len() > limits::TEXT {
            return Err(CallError::new(
                "template",
                format!(
                    "templates/{}: the text grows beyond what a script may hold",
                    file.path
                ),
            ));
        }
        Ok(Some(text))
    }

    fn locales(&self, name: &str) -> Vec<String> {
        self.index.locales(name)
    }
}

fn environment(zone: Tz) -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(escape_of);
    environment.set_fuel(Some(FUEL));
    environment.set_recursion_limit(DEPTH);
    // Only so does an error name the variable that is missing.
    environment.set_debug(true);
    environment.set_formatter(|out, state, value| {
        if value.is_none() {
            return Ok(());
        }
        escape_formatter(out, state, value)
    });
    filters::add(&mut environment, zone);
    environment
}

/// Only HTML is escaped: a subject and a text say what they say.
fn escape_of(name: &str) -> AutoEscape {
    if name.rsplit('.').next() == Some("html") {
        AutoEscape::Html
    } else {
        AutoEscape::None
    }
}

#[cfg(test)]
mod tests;
