//! Definition files (`*.d.rhai`) for the Rhai language server: what it completes, and shows where a name is pointed at.
//!
//! They are texts, made from the same descriptors as the reference; whoever writes them to disk is not here. Arguments that
//! may be left out become several declarations of one function, since the format knows no other way.

mod declaration;
mod events;

use std::collections::BTreeMap;

use cuebook_core::function::{Answer, FunctionDescriptor};

use self::declaration::Declaration;
use crate::functions::pure::pure_functions;
use crate::reference::flow;

/// The file of functions that are called without a namespace.
const GLOBAL: &str = "cuebook.d.rhai";
/// The file of the constant `event`.
const EVENT: &str = "event.d.rhai";
/// What stands at the top of each file.
const MADE: &str = "// Made by `cuebook definitions`: a change here is lost the next time.\n";

/// The definition files: their names, and their texts.
pub fn definitions(functions: &[FunctionDescriptor]) -> BTreeMap<String, String> {
    let mut all: Vec<Declaration> = functions.iter().map(journaled).collect();
    all.extend(pure_functions().iter().map(|function| Declaration {
        name: function.name,
        parameters: function.parameters,
        answer: declaration::pure_type(function.answer),
        doc: function.doc,
        example: format!("{} // {}", function.example, function.gives),
    }));
    all.sort_by_key(|declaration| declaration.name);

    let mut files: BTreeMap<String, String> = BTreeMap::new();
    for declaration in &all {
        add(&mut files, declaration.namespace(), &declaration.text());
    }
    for function in flow::ALL {
        let docs = declaration::docs(&[function.doc], function.example);
        for (namespace, declared) in function.declared {
            add(&mut files, *namespace, &format!("{docs}fn {declared};\n"));
        }
    }
    files.insert(EVENT.to_owned(), events::file(&begun(None)));
    files
}

fn journaled(function: &FunctionDescriptor) -> Declaration {
    Declaration {
        name: function.name,
        parameters: function.parameters,
        answer: match function.answer {
            Answer::Unit => "",
            Answer::Text => "String",
            Answer::Int => "int",
            Answer::Bool => "bool",
            Answer::Time => "time",
            Answer::Map => "Map",
            Answer::Array => "Array",
            Answer::Http => "#{ status: int, headers: Map, body: String, json: ? }",
            Answer::Any => "?",
        },
        doc: function.doc,
        example: function.example.trim().to_owned(),
    }
}

/// Adds a declaration to the file of its namespace.
fn add(files: &mut BTreeMap<String, String>, namespace: Option<&str>, text: &str) {
    let name = namespace.map_or_else(
        || GLOBAL.to_owned(),
        |namespace| format!("{namespace}.d.rhai"),
    );
    let file = files.entry(name).or_insert_with(|| begun(namespace));
    file.push('\n');
    file.push_str(text);
}

/// A file that declares nothing yet.
fn begun(namespace: Option<&str>) -> String {
    format!("{MADE}module {};\n", namespace.unwrap_or("static"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_function_of_the_engine_is_declared_in_the_file_of_its_namespace() {
        let engine = crate::Engine::new(crate::Settings::bare()).unwrap();
        let files = definitions(engine.functions());
        let journaled = engine.functions().iter().map(|function| function.name);
        let pure = pure_functions().iter().map(|function| function.name);
        for name in journaled
            .chain(pure)
            .chain(["log::warn", "skip", "parallel"])
        {
            let (file, short) = match name.split_once("::") {
                Some((namespace, short)) => (format!("{namespace}.d.rhai"), short),
                None => (GLOBAL.to_owned(), name),
            };
            let declared = format!("\nfn {short}(");
            assert!(files[&file].contains(&declared), "{name}: {}", files[&file]);
        }
        assert!(files["time.d.rhai"].contains("\nmodule time;\n"));
        assert!(files[GLOBAL].contains("\nmodule static;\n"));
    }

    #[test]
    fn what_may_be_left_out_is_declared_with_and_without() {
        let files = definitions(&[]);
        let time = &files["time.d.rhai"];
        assert!(
            time.contains("\nfn parse(text: String) -> time;\n"),
            "{time}"
        );
        assert!(
            time.contains("\nfn parse(text: String, timezone: String) -> time;\n"),
            "{time}"
        );
    }

    #[test]
    fn the_event_is_declared_with_the_payload_of_each_type() {
        let files = definitions(&[]);
        let event = &files[EVENT];
        for part in [
            "\nconst event: Event;\n",
            "\ntype NewPayment = #{\n",
            "\n    /// How much was paid.\n    amount: decimal,\n",
            "\n    booking_pid: String,\n",
        ] {
            assert!(event.contains(part), "{part}\n{event}");
        }
    }
}
