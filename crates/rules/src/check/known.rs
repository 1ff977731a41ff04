//! What scripts of a set can call and name.

use std::collections::{BTreeMap, BTreeSet};

use cuebook_core::events;
use cuebook_core::function::Parameter;
use cuebook_core::journal::StepKind;

use super::kind::Kind;
use super::subject::Nature;
use crate::engine::Engine;
use crate::files::RuleFiles;
use crate::functions::pure::pure_functions;
use crate::set::{LIB, RESERVED};
use crate::templates::{ShownFile, TemplateSet};
use crate::testing::TEST_FUNCTIONS;

/// The numbers of arguments that functions take, by name.
type Arities = BTreeMap<String, BTreeSet<usize>>;

/// Words that are called like functions and that Rhai knows by itself.
const BUILT_IN: &[&str] = &[
    "Fn",
    "call",
    "curry",
    "debug",
    "eval",
    "global",
    "is_def_fn",
    "is_def_var",
    "is_shared",
    "print",
    "this",
    "type_of",
];

/// A function that has a descriptor.
struct Described {
    parameters: &'static [Parameter],
    answer: Kind,
}

/// What scripts of a set can call and name.
pub(super) struct Known {
    /// The functions that have a descriptor, by full name.
    described: BTreeMap<&'static str, Described>,
    /// The kinds of those that ask for something from outside.
    kinds: BTreeMap<&'static str, StepKind>,
    /// All functions that the engine has, by namespace and name.
    native: BTreeMap<String, Arities>,
    /// The functions that only tests have.
    tests: Arities,
    /// The properties that values other than maps have.
    getters: BTreeSet<String>,
    /// The names of the libraries of the set.
    libraries: BTreeSet<String>,
    /// The templates that can be rendered, by name, with what their files show.
    pub(super) templates: BTreeMap<String, Vec<ShownFile>>,
    /// The types of events that are known, and those that the set has folders for.
    pub(super) types: BTreeSet<String>,
    /// The names of secrets; `None` where nobody knows them.
    pub(super) secrets: Option<BTreeSet<String>>,
}

impl Known {
    /// What scripts of `files` can call and name.
    pub(super) fn new(engine: &Engine, files: &RuleFiles) -> Self {
        let folders = files.0.keys().filter_map(|path| path.split_once('/'));
        let folders = folders
            .map(|(folder, _)| folder)
            .filter(|folder| !RESERVED.contains(folder));
        let libraries = files.0.keys().filter_map(|path| {
            let name = path.strip_prefix(LIB)?.strip_prefix('/')?;
            Some(name.strip_suffix(".rhai")?.to_owned())
        });
        let (native, getters) = native(&engine.0.rhai);
        Self {
            described: described(engine),
            kinds: engine
                .0
                .functions
                .iter()
                .map(|descriptor| (descriptor.name, descriptor.kind.step()))
                .collect(),
            native,
            tests: tests(),
            getters,
            libraries: libraries.collect(),
            templates: BTreeMap::new(),
            types: events::ALL
                .iter()
                .map(|descriptor| descriptor.name)
                .chain(folders)
                .map(str::to_owned)
                .collect(),
            secrets: engine.0.settings.secrets.names(),
        }
    }

    /// Takes note of what the templates show.
    pub(super) fn note_templates(&mut self, templates: &TemplateSet) {
        self.templates = templates.shown();
    }

    /// The parameters of a function that has a descriptor.
    pub(super) fn parameters(&self, name: &str) -> Option<&'static [Parameter]> {
        self.described
            .get(name)
            .map(|described| described.parameters)
    }

    /// The kind of what a function that has a descriptor gives.
    pub(super) fn answer(&self, name: &str) -> Kind {
        let described = self.described.get(name);
        described.map_or(Kind::Unknown, |described| described.answer.clone())
    }

    /// The kind of a function that asks for something from outside.
    pub(super) fn kind(&self, name: &str) -> Option<StepKind> {
        self.kinds.get(name).copied()
    }

    /// Whether there is a namespace of this name.
    pub(super) fn has_namespace(&self, namespace: &str) -> bool {
        !namespace.is_empty() && self.native.contains_key(namespace)
    }

    /// Whether the set has a library of this name.
    pub(super) fn is_library(&self, name: &str) -> bool {
        self.libraries.contains(name)
    }

    /// The namespaces that functions have.
    pub(super) fn namespaces(&self) -> impl Iterator<Item = &str> {
        self.native
            .keys()
            .map(String::as_str)
            .filter(|namespace| !namespace.is_empty())
    }

    /// The names of a namespace's functions; of those without one if it is empty.
    pub(super) fn names(&self, namespace: &str) -> impl Iterator<Item = &str> {
        self.native
            .get(namespace)
            .into_iter()
            .flat_map(BTreeMap::keys)
            .map(String::as_str)
    }

    /// The numbers of arguments that a function takes in such a file; `None` if there is none of this name.
    pub(super) fn arities(
        &self,
        namespace: &str,
        name: &str,
        nature: Nature,
    ) -> Option<&BTreeSet<usize>> {
        let native = self.native.get(namespace).and_then(|names| names.get(name));
        let of_tests = || {
            let is_test = nature == Nature::Tests && namespace.is_empty();
            is_test.then(|| self.tests.get(name)).flatten()
        };
        native.or_else(of_tests)
    }

    /// Whether only tests have a function of this name.
    pub(super) fn is_for_tests(&self, name: &str) -> bool {
        self.tests.contains_key(name)
    }

    /// Whether values other than maps may have this property.
    pub(super) fn has_getter(&self, name: &str) -> bool {
        self.getters.contains(name)
    }

    /// Whether some value has this function: those without a namespace are called on their first argument.
    pub(super) fn has_method(&self, name: &str) -> bool {
        BUILT_IN.contains(&name)
            || self
                .native
                .get("")
                .is_some_and(|names| names.contains_key(name))
    }

    /// The functions that values have.
    pub(super) fn methods(&self) -> impl Iterator<Item = &str> {
        self.names("")
    }

    /// Whether Rhai itself knows `name`.
    pub(super) fn is_built_in(name: &str) -> bool {
        BUILT_IN.contains(&name)
    }
}

fn described(engine: &Engine) -> BTreeMap<&'static str, Described> {
    let outside = engine.0.functions.iter().map(|descriptor| {
        let answer = match descriptor.kind.step() {
            StepKind::Send => Kind::Sent(descriptor.name),
            _ => Kind::of_answer(descriptor.answer),
        };
        (
            descriptor.name,
            Described {
                parameters: descriptor.parameters,
                answer,
            },
        )
    });
    let pure = pure_functions().iter().map(|function| {
        let answer = Kind::of_word(function.answer);
        (
            function.name,
            Described {
                parameters: function.parameters,
                answer,
            },
        )
    });
    outside.chain(pure).collect()
}

fn tests() -> Arities {
    let mut tests = Arities::new();
    for function in TEST_FUNCTIONS {
        let Some((name, arguments)) = function.signature.split_once('(') else {
            continue;
        };
        let arguments = arguments.trim_end_matches(')').split(',');
        let count = arguments
            .filter(|argument| !argument.trim().is_empty())
            .count();
        tests.entry(name.to_owned()).or_default().insert(count);
    }
    tests
}

/// The functions of an engine by namespace, and the properties that its values have.
fn native(engine: &rhai::Engine) -> (BTreeMap<String, Arities>, BTreeSet<String>) {
    let found = engine.collect_fn_metadata(
        None,
        |info| {
            let name = info.metadata.name.to_string();
            Some((info.namespace.to_string(), name, info.metadata.num_params))
        },
        true,
    );
    let mut native: BTreeMap<String, Arities> = BTreeMap::new();
    let mut getters = BTreeSet::new();
    // Operators and getters have names that nobody can call.
    let callable = |name: &str| name.starts_with(char::is_alphabetic) && !name.contains('$');
    for (namespace, name, count) in found {
        if let Some(property) = name.strip_prefix("get$") {
            getters.insert(property.to_owned());
        }
        if callable(&name) {
            let names = native.entry(namespace).or_default();
            names.entry(name).or_default().insert(count);
        }
    }
    (native, getters)
}
