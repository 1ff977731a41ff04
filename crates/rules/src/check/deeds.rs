//! What the functions of a set do in the end: themselves, and by all that they call, in their file and in what it imports.
//! A function that calls itself adds nothing by that.

mod facts;

use std::collections::BTreeMap;

use cuebook_core::journal::StepKind;
use rhai::FnCallExpr;

use self::facts::Facts;
pub(super) use self::facts::{Did, ENDS, call_of};
use super::imports::Imports;
use super::known::Known;
use super::script::{Function, functions};
use crate::program::Unit;

/// A function: its file, its name, and how many arguments it takes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    file: String,
    name: String,
    count: usize,
}

/// What a function does in the end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Deed {
    /// It waits.
    pub(super) waits: Option<Wait>,
    /// The run goes no further behind it.
    pub(super) ends_run: bool,
    /// What it gives is the answer of this send, which is nothing.
    pub(super) gives_send: Option<String>,
}

/// How a function waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wait {
    /// By what.
    pub(super) function: String,
    /// Whether it depends on something.
    pub(super) is_conditional: bool,
}

/// What functions do, by function.
#[derive(Debug, Default)]
pub(super) struct Deeds {
    of: BTreeMap<Key, Deed>,
    did: BTreeMap<Key, Vec<Did>>,
}

impl Deeds {
    /// What the functions of libraries do.
    pub(super) fn of_libraries(libraries: &BTreeMap<String, Unit>, known: &Known) -> Self {
        let mut all = Vec::new();
        for (path, unit) in libraries {
            let imports = Imports::of(&unit.ast, libraries);
            all.extend(Facts::of_all(path, &functions(&unit.ast), &imports, known));
        }
        Self::settled(all, None)
    }

    /// What the functions of one file do, closures too, beside those of `libraries`.
    pub(super) fn of_file(
        path: &str,
        functions: &[Function],
        imports: &Imports,
        known: &Known,
        libraries: &Self,
    ) -> Self {
        let facts = Facts::of_all(path, functions, imports, known);
        Self::settled(facts, Some(libraries))
    }

    /// Looks at each function again until nothing new is found. What a function is found to do is never taken back, so there
    /// are no more rounds than functions.
    fn settled(all: Vec<Facts>, libraries: Option<&Self>) -> Self {
        let mut deeds = Self::default();
        for _ in 0..=all.len() {
            let mut is_settled = true;
            for facts in &all {
                let deed = facts.deed(&|key| deeds.get(key).or_else(|| libraries?.get(key)));
                if deeds.get(&facts.key) != Some(&deed) {
                    is_settled = false;
                    deeds.of.insert(facts.key.clone(), deed);
                }
            }
            if is_settled {
                break;
            }
        }
        deeds.did = all
            .into_iter()
            .map(|facts| (facts.key, facts.did))
            .collect();
        deeds
    }

    /// What a function does, if it is known.
    pub(super) fn get(&self, key: &Key) -> Option<&Deed> {
        self.of.get(key)
    }

    /// What a function certainly does, in order, where it comes to its end.
    pub(super) fn did(&self, key: &Key) -> Option<&[Did]> {
        self.did.get(key).map(Vec::as_slice)
    }
}

impl Key {
    /// A function of a file.
    fn of(file: &str, function: &Function) -> Self {
        if function.is_closure() {
            return Self::closure(file, &function.name);
        }
        Self::new(file, &function.name, function.parameters.len())
    }

    /// A closure of a file: its name is enough.
    pub(super) fn closure(file: &str, name: &str) -> Self {
        Self::new(file, name, usize::MAX)
    }

    /// The function of this name in a file.
    pub(super) fn new(file: &str, name: &str, count: usize) -> Self {
        Self {
            file: file.to_owned(),
            name: name.to_owned(),
            count,
        }
    }

    /// The function that a call in `file` may mean: of the file itself, or of an import of it.
    pub(super) fn called(file: &str, call: &FnCallExpr, imports: &Imports) -> Option<Self> {
        let count = call.args.len();
        if !call.is_qualified() {
            return Some(Self::new(file, &call.name, count));
        }
        let import = imports.get(&call.namespace.to_string())?;
        let path = import.path.as_deref()?;
        Some(Self::new(path, &call.name, count))
    }
}

/// Whether a kind of step is one that others see.
pub(super) fn is_seen(kind: StepKind, function: &str) -> bool {
    // What is only remembered is seen by nobody outside: its order means nothing.
    match kind {
        StepKind::Send => !function.starts_with("state::"),
        StepKind::Write | StepKind::Wait => true,
        _ => false,
    }
}
