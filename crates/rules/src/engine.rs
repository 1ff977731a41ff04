//! The engine: one for the whole process, shared by all its threads.

use std::sync::Arc;

use cuebook_core::function::FunctionDescriptor;
use cuebook_core::rule::RuleName;
use cuebook_core::secret::{SecretLookup, SecretText};

use crate::check::{self, Checked};
use crate::compile;
use crate::diagnostic::Diagnostic;
use crate::files::RuleFiles;
use crate::pass::{Pass, PassInput};
use crate::program::Program;
use crate::settings::Settings;
use crate::{advance, functions, sandbox};

/// Compiles, checks and advances rules. Cheap to clone.
#[derive(Clone)]
pub struct Engine(pub(crate) Arc<Inner>);

/// What an [`Engine`] shares.
pub(crate) struct Inner {
    pub(crate) rhai: rhai::Engine,
    pub(crate) functions: Arc<[FunctionDescriptor]>,
    pub(crate) settings: Arc<Settings>,
}

/// Why an engine cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// A function's name cannot be called in a script.
    #[error(
        "the function {0:?} cannot be called in a script: Rhai reserves the name, or it is none"
    )]
    Name(&'static str),
    /// A function that is handed over can only be answered by the engine itself.
    #[error("{0:?} is no call and no send: only those come from outside")]
    NotOutside(&'static str),
    /// Two functions have one name.
    #[error("there are two functions called {0:?}")]
    Twice(&'static str),
}

/// In the place of all secrets.
struct NoSecret;

impl SecretLookup for NoSecret {
    fn lookup(&self, _name: &str) -> Option<SecretText> {
        Some(SecretText::new("secret"))
    }
}

impl Engine {
    /// Makes the engine.
    pub fn new(settings: Settings) -> Result<Self, EngineError> {
        let settings = Arc::new(settings);
        let mut rhai = sandbox::engine(&settings);
        let functions: Arc<[FunctionDescriptor]> =
            functions::register(&mut rhai, &settings)?.into();
        Ok(Self(Arc::new(Inner {
            rhai,
            functions,
            settings,
        })))
    }

    /// An engine like this one that knows no secret: each stands for the text `secret`. For whoever may see all that a script
    /// makes of one.
    ///
    /// # Errors
    /// None that this engine was not refused for.
    pub fn without_secrets(&self) -> Result<Self, EngineError> {
        let mut settings = Settings::clone(&self.0.settings);
        settings.secrets = Arc::new(NoSecret);
        Self::new(settings)
    }

    /// All functions that ask for something from outside, and our own that are journaled.
    pub fn functions(&self) -> &[FunctionDescriptor] {
        &self.0.functions
    }

    /// Checks a whole set of rules.
    pub fn check(&self, files: &RuleFiles) -> Checked {
        check::check(self, files)
    }

    /// Compiles one rule, from the stored files of a version that a run is pinned to.
    pub fn program(&self, rule: &RuleName, files: &RuleFiles) -> Result<Program, Vec<Diagnostic>> {
        compile::compile(self, rule, files)
    }

    /// Runs a script from its top over its journal. Needs a thread with a big stack: see [`crate::ScriptPool`].
    pub fn advance(&self, program: &Program, input: &PassInput) -> Pass {
        advance::advance(self, program, input)
    }
}
