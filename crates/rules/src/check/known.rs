//! What scripts of a set can call and name.

use std::collections::{BTreeMap, BTreeSet};

use cuebook_core::events;
use cuebook_core::function::Parameter;
use cuebook_core::journal::StepKind;

use crate::engine::Engine;
use crate::files::RuleFiles;
use crate::functions::pure::pure_functions;
use crate::set::RESERVED;
use crate::templates;

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

/// What scripts of a set can call and name.
pub(super) struct Known {
    /// The functions that have a descriptor, by full name.
    described: BTreeMap<&'static str, &'static [Parameter]>,
    /// The kinds of those that ask for something from outside.
    kinds: BTreeMap<&'static str, StepKind>,
    /// All functions that the engine has, by namespace and name: the numbers of arguments that each takes.
    native: BTreeMap<String, BTreeMap<String, BTreeSet<usize>>>,
    /// The names of templates that can be rendered.
    pub(super) templates: BTreeSet<String>,
    /// The types of events that are known, and those that the set has folders for.
    pub(super) types: BTreeSet<String>,
}

impl Known {
    /// What scripts of `files` can call and name.
    pub(super) fn new(engine: &Engine, files: &RuleFiles) -> Self {
        let outside = engine.0.functions.iter();
        let outside = outside.map(|descriptor| (descriptor.name, descriptor.parameters));
        let pure = pure_functions().iter();
        let pure = pure.map(|function| (function.name, function.parameters));
        let folders = files.0.keys().filter_map(|path| path.split_once('/'));
        let folders = folders
            .map(|(folder, _)| folder)
            .filter(|folder| !RESERVED.contains(folder));
        Self {
            described: outside.chain(pure).collect(),
            kinds: engine
                .0
                .functions
                .iter()
                .map(|descriptor| (descriptor.name, descriptor.kind.step()))
                .collect(),
            native: native(&engine.0.rhai),
            templates: templates::names(files).collect(),
            types: events::ALL
                .iter()
                .map(|descriptor| descriptor.name)
                .chain(folders)
                .map(str::to_owned)
                .collect(),
        }
    }

    /// The parameters of a function that has a descriptor.
    pub(super) fn parameters(&self, name: &str) -> Option<&'static [Parameter]> {
        self.described.get(name).copied()
    }

    /// The kind of a function that asks for something from outside.
    pub(super) fn kind(&self, name: &str) -> Option<StepKind> {
        self.kinds.get(name).copied()
    }

    /// Whether there is a namespace of this name.
    pub(super) fn has_namespace(&self, namespace: &str) -> bool {
        !namespace.is_empty() && self.native.contains_key(namespace)
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

    /// The numbers of arguments that a native function takes; `None` if there is none of this name.
    pub(super) fn arities(&self, namespace: &str, name: &str) -> Option<&BTreeSet<usize>> {
        self.native.get(namespace)?.get(name)
    }

    /// Whether Rhai itself knows `name`.
    pub(super) fn is_built_in(name: &str) -> bool {
        BUILT_IN.contains(&name)
    }
}

fn native(engine: &rhai::Engine) -> BTreeMap<String, BTreeMap<String, BTreeSet<usize>>> {
    let found = engine.collect_fn_metadata(
        None,
        |info| {
            let name = info.metadata.name.to_string();
            Some((info.namespace.to_string(), name, info.metadata.num_params))
        },
        true,
    );
    let mut native: BTreeMap<String, BTreeMap<String, BTreeSet<usize>>> = BTreeMap::new();
    // Operators and getters have names that nobody can call.
    let callable = |name: &str| name.starts_with(char::is_alphabetic) && !name.contains('$');
    for (namespace, name, count) in found {
        if !callable(&name) {
            continue;
        }
        let names = native.entry(namespace).or_default();
        names.entry(name).or_default().insert(count);
    }
    native
}
