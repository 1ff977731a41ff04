//! What templates show: the variables that their data has to hold.

use std::collections::{BTreeMap, BTreeSet};

use super::{TemplateSet, values};

/// One file of a template that can be rendered.
#[derive(Debug)]
pub(crate) struct ShownFile {
    /// Its path in the rules' folder.
    pub(crate) path: String,
    /// Which part of a mail it is: `subject`, `txt` or `html`.
    pub(crate) part: &'static str,
    /// The variables without which it cannot be rendered, as far as its text alone tells.
    pub(crate) shows: BTreeSet<String>,
}

impl TemplateSet {
    /// What each template's files show, by the template's name.
    pub(crate) fn shown(&self) -> BTreeMap<String, Vec<ShownFile>> {
        let mut shown: BTreeMap<String, Vec<ShownFile>> = BTreeMap::new();
        for (name, part, path) in self.index.files() {
            let file = ShownFile {
                path: format!("templates/{path}"),
                part,
                shows: self.variables(path),
            };
            shown.entry(name.to_owned()).or_default().push(file);
        }
        shown
    }

    fn variables(&self, path: &str) -> BTreeSet<String> {
        let Ok(template) = self.environment.get_template(path) else {
            return BTreeSet::new();
        };
        let mut variables = template.undeclared_variables(false);
        for (global, _) in self.environment.globals() {
            variables.remove(global);
        }
        let source = template.source();
        let needed = variables.into_iter().filter(|name| {
            name != values::LOCALE && name != "self" && !may_be_missing(source, name)
        });
        needed.collect()
    }
}

/// Whether a template asks anywhere whether there is such a variable, or says what stands in its place.
fn may_be_missing(source: &str, name: &str) -> bool {
    source.match_indices(name).any(|(at, _)| {
        let rest = source
            .get(at + name.len()..)
            .unwrap_or_default()
            .trim_start();
        let filter = rest
            .strip_prefix('|')
            .map(str::trim_start)
            .unwrap_or_default();
        let is_asked = rest
            .strip_prefix("is ")
            .map(str::trim_start)
            .unwrap_or_default();
        let is_asked = is_asked
            .strip_prefix("not ")
            .map_or(is_asked, str::trim_start);
        filter.starts_with("default")
            || filter.starts_with("d(")
            || is_asked.starts_with("defined")
            || is_asked.starts_with("undefined")
    })
}

#[cfg(test)]
mod tests {
    use chrono_tz::Tz;

    use super::*;
    use crate::files::RuleFiles;

    fn shows(text: &str) -> Vec<String> {
        let files = [("templates/t.de.txt".to_owned(), text.as_bytes().to_vec())];
        let set = TemplateSet::new(&RuleFiles(files.into()), Tz::UTC).unwrap();
        let shown = set.shown();
        shown["t"][0].shows.iter().cloned().collect()
    }

    #[test]
    fn what_a_template_shows_is_what_its_data_has_to_hold() {
        let text = "{{ name }} {% for t in tickets %}{{ t.seat }} {{ loop.index }}{% endfor %} {{ locale }}";
        assert_eq!(shows(text), ["name", "tickets"]);
    }

    #[test]
    fn what_it_sets_itself_or_can_do_without_is_not_needed() {
        assert_eq!(
            shows("{% set a = 1 %}{{ a }} {{ range(3)|length }}"),
            Vec::<String>::new()
        );
        assert_eq!(
            shows("{{ b|default('') }} {% if c is defined %}{{ c }}{% endif %}"),
            Vec::<String>::new()
        );
        assert_eq!(
            shows("{% if d is not defined %}x{% endif %}{{ d | d('y') }}"),
            Vec::<String>::new()
        );
    }
}
