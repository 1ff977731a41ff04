//! One function as a definition file declares it.

use std::fmt::Write as _;

use cuebook_core::function::{OptionKey, Parameter, ParameterKind};

/// A function to be declared.
pub(super) struct Declaration {
    /// Its full name, such as `http::get`.
    pub(super) name: &'static str,
    /// Its parameters in order; those that may be left out come last.
    pub(super) parameters: &'static [Parameter],
    /// The type of what it gives back; nothing where it gives nothing.
    pub(super) answer: &'static str,
    /// What it does.
    pub(super) doc: &'static str,
    /// A piece of script that uses it.
    pub(super) example: String,
}

impl Declaration {
    /// The namespace that it lies in.
    pub(super) fn namespace(&self) -> Option<&'static str> {
        self.name.split_once("::").map(|(namespace, _)| namespace)
    }

    /// Its declarations: one for each number of arguments that may be given.
    pub(super) fn text(&self) -> String {
        let short = self.name.rsplit("::").next().unwrap_or(self.name);
        let required = self
            .parameters
            .iter()
            .filter(|parameter| parameter.required);
        let answer = match self.answer {
            "" => String::new(),
            answer => format!(" -> {answer}"),
        };
        let mut all = Vec::new();
        for count in required.count()..=self.parameters.len() {
            let given = self.parameters.get(..count).unwrap_or_default();
            let explained = explained(given);
            let docs = docs(&[self.doc, &explained], &self.example);
            let arguments: Vec<String> = given
                .iter()
                .map(|parameter| format!("{}: {}", parameter.name, type_of(parameter.kind)))
                .collect();
            all.push(format!(
                "{docs}fn {short}({}){answer};\n",
                arguments.join(", ")
            ));
        }
        all.join("\n")
    }
}

/// The type of a pure function's answer, from the word for it in the reference.
pub(super) fn pure_type(word: &'static str) -> &'static str {
    match word {
        "string" => "String",
        "integer" => "int",
        "bool" => "bool",
        "time" => "time",
        "decimal" => "decimal",
        "map" => "Map",
        "array" => "Array",
        "blob" => "Blob",
        _ => "?",
    }
}

/// Comments that document what follows them: texts, and an example.
pub(super) fn docs(texts: &[&str], example: &str) -> String {
    let mut docs = String::new();
    let fenced = format!("```rhai\n{}\n```", example.trim());
    let texts = texts.iter().copied().filter(|text| !text.is_empty());
    for (number, text) in texts.chain([fenced.as_str()]).enumerate() {
        if number > 0 {
            docs.push_str("///\n");
        }
        docs.push_str(&comment("", text));
    }
    docs
}

/// `text` as lines of documentation.
pub(super) fn comment(indent: &str, text: &str) -> String {
    let mut comment = String::new();
    for line in text.trim_end().lines() {
        let space = if line.is_empty() { "" } else { " " };
        // Writing to a string does not fail.
        let _ = writeln!(comment, "{indent}///{space}{line}");
    }
    comment
}

fn type_of(kind: ParameterKind) -> &'static str {
    match kind {
        ParameterKind::Text | ParameterKind::Duration => "String",
        ParameterKind::Int => "int",
        ParameterKind::Bool => "bool",
        ParameterKind::Time => "time",
        ParameterKind::Array => "Array",
        ParameterKind::Map | ParameterKind::Options(_) => "Map",
        ParameterKind::TextOrTexts | ParameterKind::TextOrSecret | ParameterKind::Any => "?",
    }
}

/// What the arguments mean, as a list.
fn explained(parameters: &[Parameter]) -> String {
    let mut list = String::new();
    for parameter in parameters {
        let kind = parameter.kind.label();
        let _ = writeln!(list, "- `{}` ({kind}): {}", parameter.name, parameter.doc);
        if let ParameterKind::Options(keys) = parameter.kind {
            options(&mut list, 1, keys);
        }
    }
    list
}

fn options(list: &mut String, depth: usize, keys: &[OptionKey]) {
    for key in keys {
        let indent = "  ".repeat(depth);
        let needed = if key.required { " Needed." } else { "" };
        let kind = key.kind.label();
        let _ = writeln!(
            list,
            "{indent}- `{}` ({kind}): {}{needed}",
            key.name, key.doc
        );
        if let ParameterKind::Options(keys) = key.kind {
            options(list, depth + 1, keys);
        }
    }
}
