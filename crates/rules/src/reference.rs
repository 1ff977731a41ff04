//! The pages of the reference that are made from descriptors: functions and events.
//!
//! They are texts; whoever writes them to disk, and compares them with what is committed, is not here.

mod diagnostics;
pub(crate) mod flow;

use std::fmt::Write as _;

use cuebook_core::events::{self, EventDescriptor};
use cuebook_core::function::{
    FunctionDescriptor, FunctionKind, OptionKey, Parameter, ParameterKind,
};

pub use self::diagnostics::diagnostics_page;

use self::flow::FlowFunction;
use crate::functions::pure::{PureFunction, pure_functions};
use crate::testing::{TEST_FUNCTIONS, TestFunction};

/// The chapters of the functions' page: a kind's word, its title, and what its functions have in common.
const CHAPTERS: &[(&str, &str, &str)] = &[
    (
        "read",
        "Calls that read",
        "The script waits for the answer. It is kept in the run's journal, so it is asked for once. A failed call throws `#{kind, message, status, attempts}`.",
    ),
    (
        "write",
        "Calls that write",
        "The script waits for the answer. The intent is on disk before the call is made and the answer after it, so that no restart makes it twice unseen. A failed call throws `#{kind, message, status, attempts}`.",
    ),
    (
        "wait",
        "Waits",
        "The run sleeps, for months if need be, and costs a row in the database meanwhile. What was sent before the wait goes out when it begins.",
    ),
    (
        "local",
        "Local",
        "Answered at once, and answered the same in each replay.",
    ),
    (
        "send",
        "Sends",
        "The script does not wait. What is wrong with a send throws at its line; it goes out once the script has ended or waits, and not at all if the script fails.",
    ),
];

/// What templates can do.
const TEMPLATES: &str = include_str!("reference/templates.md");

/// `docs/reference/functions.md`: every function that scripts have, and the filters of templates.
pub fn functions_page(functions: &[FunctionDescriptor]) -> String {
    let mut page = String::from(
        "# Script functions\n\nMade by `cuebook` from the descriptors of its functions. Arguments in `[ ]` may be left out.\n",
    );
    for (kind, title, text) in CHAPTERS {
        let mut of_kind: Vec<&FunctionDescriptor> = functions
            .iter()
            .filter(|function| word(function.kind) == *kind)
            .collect();
        if of_kind.is_empty() {
            continue;
        }
        of_kind.sort_by_key(|function| function.name);
        add(&mut page, format_args!("\n## {title}\n\n{text}\n"));
        for function in of_kind {
            described(&mut page, function);
        }
    }
    add(&mut page, format_args!("\n## Steering a run\n"));
    for function in flow::ALL {
        steering(&mut page, function);
    }
    add(
        &mut page,
        format_args!(
            "\n## Pure functions\n\nTheir answer depends on their arguments alone. What they cannot use throws `#{{kind, message, status, attempts}}`.\n"
        ),
    );
    for function in pure_functions() {
        pure(&mut page, function);
    }
    page.push_str(TEMPLATES);
    add(
        &mut page,
        format_args!(
            "\n## In tests\n\nOnly `*.test.rhai` has these, beside the pure functions: see [testing rules](../testing-rules.md).\n\n| function | does |\n|---|---|\n"
        ),
    );
    for TestFunction { signature, doc } in TEST_FUNCTIONS {
        add(&mut page, format_args!("| `{signature}` | {doc} |\n"));
    }
    page
}

/// `docs/reference/events.md`: every type of event that is known.
pub fn events_page() -> String {
    let mut page = String::from(
        "# Events\n\nMade by `cuebook` from the descriptors of its events. A rule for a type lies in the folder of that name. An event of\nany other type, and fields beyond these, are kept and given to rules as they came.\n",
    );
    for descriptor in events::ALL {
        event(&mut page, descriptor);
    }
    page
}

fn described(page: &mut String, function: &FunctionDescriptor) {
    heading(
        page,
        function.name,
        function.parameters,
        function.answer.label(),
    );
    add(page, format_args!("{}\n", function.doc));
    parameters(page, function.parameters);
    add(
        page,
        format_args!("\n```rhai\n{}\n```\n", function.example.trim()),
    );
}

fn steering(page: &mut String, function: &FlowFunction) {
    let (signature, doc, example) = (function.signature, function.doc, function.example);
    add(
        page,
        format_args!("\n### `{signature}`\n\n{doc}\n\n```rhai\n{example}\n```\n"),
    );
}

fn pure(page: &mut String, function: &PureFunction) {
    heading(page, function.name, function.parameters, function.answer);
    add(page, format_args!("{}\n", function.doc));
    parameters(page, function.parameters);
    add(
        page,
        format_args!(
            "\n```rhai\n{}\n// {}\n```\n",
            function.example, function.gives
        ),
    );
}

fn event(page: &mut String, descriptor: &EventDescriptor) {
    add(
        page,
        format_args!("\n## `{}`\n\n{}\n", descriptor.name, descriptor.doc),
    );
    if descriptor.wire_types != [descriptor.name] {
        let spellings = descriptor.wire_types.join("`, `");
        add(
            page,
            format_args!("\nThe message's `type` may be `{spellings}`.\n"),
        );
    }
    add(
        page,
        format_args!("\n| `event.payload.` | kind | |\n|---|---|---|\n"),
    );
    for field in descriptor.fields {
        let kind = field.kind.label();
        add(
            page,
            format_args!("| `{}` | {kind} | {} |\n", field.name, cell(field.doc)),
        );
    }
    add(
        page,
        format_args!("\n```json\n{}\n```\n", descriptor.example),
    );
}

fn heading(page: &mut String, name: &str, parameters: &[Parameter], answer: &str) {
    let names: Vec<String> = parameters
        .iter()
        .map(|parameter| {
            if parameter.required {
                parameter.name.to_owned()
            } else {
                format!("[{}]", parameter.name)
            }
        })
        .collect();
    let names = names.join(", ");
    add(page, format_args!("\n### `{name}({names})` → {answer}\n\n"));
}

fn parameters(page: &mut String, parameters: &[Parameter]) {
    if parameters.is_empty() {
        return;
    }
    add(
        page,
        format_args!("\n| argument | kind | |\n|---|---|---|\n"),
    );
    for parameter in parameters {
        let (name, kind) = (parameter.name, parameter.kind.label());
        add(
            page,
            format_args!("| `{name}` | {kind} | {} |\n", cell(parameter.doc)),
        );
        if let ParameterKind::Options(keys) = parameter.kind {
            options(page, name, keys);
        }
    }
}

fn options(page: &mut String, parent: &str, keys: &[OptionKey]) {
    for key in keys {
        let name = format!("{parent}.{}", key.name);
        let kind = key.kind.label();
        let needed = if key.required { " Needed." } else { "" };
        add(
            page,
            format_args!("| `{name}` | {kind} | {}{needed} |\n", cell(key.doc)),
        );
        if let ParameterKind::Options(keys) = key.kind {
            options(page, &name, keys);
        }
    }
}

/// A text that stays in its cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

fn word(kind: FunctionKind) -> &'static str {
    kind.step().as_str()
}

fn add(page: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a string does not fail.
    let _ = page.write_fmt(text);
}

#[cfg(test)]
mod tests {
    use cuebook_core::function::Answer;

    use super::*;

    const GET: FunctionDescriptor = FunctionDescriptor {
        name: "http::get",
        kind: FunctionKind::Read,
        parameters: &[Parameter {
            name: "options",
            kind: ParameterKind::Options(&[OptionKey {
                name: "headers",
                kind: ParameterKind::Map,
                required: true,
                doc: "Names | values.",
            }]),
            required: false,
            doc: "How.",
        }],
        answer: Answer::Http,
        doc: "Gets it.",
        example: "http::get();",
    };

    #[test]
    fn a_described_function_has_its_signature_arguments_and_example() {
        let page = functions_page(&[GET]);
        for part in [
            "## Calls that read",
            "### `http::get([options])` → #{status, headers, body, json}",
            "Gets it.",
            "| `options.headers` | map | Names \\| values. Needed. |",
            "```rhai\nhttp::get();\n```",
        ] {
            assert!(page.contains(part), "{part}\n{page}");
        }
        assert!(!page.contains("## Sends"));
    }

    #[test]
    fn every_function_without_descriptor_is_one_that_the_engine_has_and_documents() {
        let engine = crate::Engine::new(crate::Settings::bare()).unwrap();
        let names = engine.0.rhai.collect_fn_metadata(
            None,
            |info| {
                let namespace = info.namespace.to_string();
                let name = info.metadata.name.to_string();
                Some(if namespace.is_empty() {
                    name
                } else {
                    format!("{namespace}::{name}")
                })
            },
            true,
        );
        let page = functions_page(engine.functions());
        for function in flow::ALL {
            let name = function.signature.split('(').next().unwrap();
            assert!(names.iter().any(|known| known == name), "{name}");
        }
        for name in names.iter().filter(|name| name.contains("::")) {
            assert!(page.contains(name.as_str()), "{name} is not documented");
        }
    }

    #[test]
    fn every_pure_function_and_every_event_has_its_place() {
        let page = functions_page(&[]);
        for function in pure_functions() {
            let heading = format!("### `{}(", function.name);
            assert!(page.contains(&heading), "{heading}");
            assert!(page.contains(function.gives), "{heading}");
        }
        let page = events_page();
        for descriptor in events::ALL {
            assert!(page.contains(&format!("## `{}`", descriptor.name)));
            for field in descriptor.fields {
                assert!(page.contains(&format!("| `{}` |", field.name)));
            }
        }
        assert!(page.contains("may be `new-updated`, `person-updated`"));
    }
}
