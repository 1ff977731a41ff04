//! A compiled version of a rule: what [`crate::Engine::advance`] runs.

use std::collections::BTreeMap;
use std::sync::Arc;

use cuebook_core::rule::RuleName;
use rhai::{AST, Shared};

use crate::templates::TemplateSet;

/// A compiled version of a rule, with its imports and templates.
#[derive(Debug)]
pub struct Program {
    /// The rule.
    pub(crate) rule: RuleName,
    /// The rule's own file, then what it imports, each once.
    pub(crate) units: Vec<Unit>,
    /// The imports as modules, by the path that an `import` names.
    pub(crate) modules: Arc<BTreeMap<String, Shared<rhai::Module>>>,
    /// The templates.
    pub(crate) templates: Arc<TemplateSet>,
}

/// One compiled file.
#[derive(Debug)]
pub(crate) struct Unit {
    /// Its path in the rules' folder.
    pub(crate) path: String,
    /// What it compiled to.
    pub(crate) ast: AST,
}

impl Program {
    /// The rule's name.
    pub fn rule(&self) -> &RuleName {
        &self.rule
    }

    /// The files that it was compiled from, without templates.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.units.iter().map(|unit| unit.path.as_str())
    }
}
