//! The program of a run: the active one where its version is that, else the stored one, compiled once and kept.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use std::{io, thread};

use cuebook_core::rule::{Budget, Rate, RetryOptions, RuleName, VersionHash};
use cuebook_core::run::Run;
use cuebook_rules::{Engine, Program, RuleFiles, RuleSet};
use cuebook_store::StoreError;
use tokio::sync::oneshot;

use crate::back_off::until_available;
use crate::parts::WorkerParts;

/// How many versions that are no longer active are kept compiled.
const KEPT: usize = 64;

/// The stack of a thread that compiles: the parser goes as deep as a script nests.
const STACK: usize = 64 * 1024 * 1024;

/// What a run runs.
#[derive(Clone)]
pub(crate) struct Loaded {
    /// Its version.
    pub(crate) version: VersionHash,
    /// Compiled.
    pub(crate) program: Arc<Program>,
    /// How its calls are retried.
    pub(crate) retry: RetryOptions,
    /// How long a run may take in all.
    pub(crate) timeout: Option<Duration>,
    /// How much it may send.
    pub(crate) budget: Budget,
    /// How often it may turn to one host.
    pub(crate) rate: Option<Rate>,
}

/// Why a run has no program.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoProgram {
    /// The rule was taken away before the run took its first step.
    #[error(
        "the rule {0} is no longer there, and the run had taken no step yet; put the rule back and replay the event"
    )]
    RuleGone(RuleName),
    /// The version that the run is pinned to is not stored.
    #[error(
        "version {version} of the rule {rule}, which the run began with, is not stored; restart the run on the newest version"
    )]
    VersionGone {
        rule: RuleName,
        version: VersionHash,
    },
    /// The version that the run is pinned to does not compile with this Cuebook.
    #[error(
        "version {version} of the rule {rule}, which the run began with, no longer compiles: {first}"
    )]
    NoLongerCompiles {
        rule: RuleName,
        version: VersionHash,
        first: String,
    },
    /// It could not be tried to compile the version.
    #[error("the rule could not be compiled")]
    Compiler(#[source] io::Error),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl NoProgram {
    /// The run's `code`; `None` where nothing is wrong with the run.
    pub(crate) fn code(&self) -> Option<&'static str> {
        match self {
            Self::RuleGone(_) | Self::VersionGone { .. } => Some("rule_gone"),
            Self::NoLongerCompiles { .. } => Some("rule_broken"),
            Self::Compiler(_) | Self::Store(_) => None,
        }
    }
}

/// The compiled versions that are pinned and no longer active, the latest compiled first.
#[derive(Default)]
pub(crate) struct Programs {
    kept: Mutex<VecDeque<Loaded>>,
    /// One version is compiled at a time: a thousand runs that wake together need it once.
    compiling: tokio::sync::Mutex<()>,
}

impl Programs {
    /// What `run` runs.
    pub(crate) async fn load(&self, run: &Run, parts: &WorkerParts) -> Result<Loaded, NoProgram> {
        let active = active(&parts.rules.load(), &run.rule);
        let version = match (&run.rule_version, active) {
            (None, Some(active)) => return Ok(active),
            (Some(version), Some(active)) if active.version == *version => return Ok(active),
            (Some(version), _) => version.clone(),
            // Another node may have deployed the rule a moment ago and accepted the event by it.
            (None, None) => until_available(|| parts.store.active_rule_version(&run.rule))
                .await?
                .ok_or_else(|| NoProgram::RuleGone(run.rule.clone()))?,
        };
        if let Some(kept) = self.kept(&version) {
            return Ok(kept);
        }
        let _turn = self.compiling.lock().await;
        if let Some(kept) = self.kept(&version) {
            return Ok(kept);
        }
        let gone = || NoProgram::VersionGone {
            rule: run.rule.clone(),
            version: version.clone(),
        };
        let stored = until_available(|| parts.store.rule_files(&version)).await?;
        let files = RuleFiles(stored.ok_or_else(gone)?.files);
        let engine = parts.engine.clone();
        let rule = run.rule.clone();
        let loaded = on_big_stack(move || compile(&engine, rule, version, &files)).await??;
        self.keep(loaded.clone());
        Ok(loaded)
    }

    fn kept(&self, version: &VersionHash) -> Option<Loaded> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter()
            .find(|loaded| loaded.version == *version)
            .cloned()
    }

    fn keep(&self, loaded: Loaded) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.truncate(KEPT - 1);
        kept.push_front(loaded);
    }
}

fn active(rules: &RuleSet, name: &RuleName) -> Option<Loaded> {
    rules.rules.get(name).map(|rule| Loaded {
        version: rule.version.clone(),
        program: rule.program.clone(),
        retry: rule.options.retry,
        timeout: rule.options.timeout,
        budget: rule.options.budget,
        rate: rule.options.rate,
    })
}

fn compile(
    engine: &Engine,
    rule: RuleName,
    version: VersionHash,
    files: &RuleFiles,
) -> Result<Loaded, NoProgram> {
    // Today's checker may be stricter than the one that let this version in: then its program still runs, with the
    // usual retries.
    let checked = engine.check(files).set;
    if let Some(loaded) = checked.and_then(|set| active(&set, &rule)) {
        return Ok(Loaded { version, ..loaded });
    }
    match engine.program(&rule, files) {
        Ok(program) => Ok(Loaded {
            version,
            program: Arc::new(program),
            retry: RetryOptions::default(),
            timeout: None,
            budget: Budget::default(),
            rate: None,
        }),
        Err(diagnostics) => Err(NoProgram::NoLongerCompiles {
            rule,
            version,
            first: diagnostics
                .first()
                .map(|first| format!("{}:{}: {}", first.file, first.line, first.message))
                .unwrap_or_default(),
        }),
    }
}

/// Does `work` on a thread with a stack for deeply nested scripts.
async fn on_big_stack<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, NoProgram> {
    let (reply, replied) = oneshot::channel();
    thread::Builder::new()
        .name("compile".to_owned())
        .stack_size(STACK)
        .spawn(move || {
            // Nobody waits for the program of a run that was let go.
            let _ = reply.send(work());
        })
        .map_err(NoProgram::Compiler)?;
    replied
        .await
        .map_err(|_| NoProgram::Compiler(io::Error::other("the compiler has failed")))
}
