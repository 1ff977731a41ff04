//! What an `import` finds: the libraries of the rule that is being compiled or run on this thread, and nothing else.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use rhai::{Engine, EvalAltResult, ModuleResolver, Position, Shared};

use crate::throw::Thrown;

/// Libraries by the path that an `import` names.
pub(crate) type Modules = BTreeMap<String, Shared<rhai::Module>>;

thread_local! {
    static MODULES: RefCell<Arc<Modules>> = RefCell::default();
}

/// Makes these libraries the thread's, until it is dropped. Then those are again that were before: the test of a rule
/// has its own.
pub(crate) struct Imports(Arc<Modules>);

/// Makes `modules` the thread's.
pub(crate) fn enter(modules: Arc<Modules>) -> Imports {
    Imports(MODULES.replace(modules))
}

impl Drop for Imports {
    fn drop(&mut self) {
        MODULES.set(std::mem::take(&mut self.0));
    }
}

/// Resolves imports among the thread's libraries.
pub(crate) struct ThreadModules;

impl ModuleResolver for ThreadModules {
    fn resolve(
        &self,
        _engine: &Engine,
        _source: Option<&str>,
        path: &str,
        pos: Position,
    ) -> Result<Shared<rhai::Module>, Thrown> {
        MODULES
            .with_borrow(|modules| modules.get(path).cloned())
            .ok_or_else(|| EvalAltResult::ErrorModuleNotFound(path.to_owned(), pos).into())
    }
}
