//! Whether the runs that are not over would go on with this binary: each is replayed over its journal, with the version
//! that it is pinned to, as far as that goes. Nothing is performed, answered or changed.

use std::collections::HashMap;
use std::sync::Arc;

use cuebook_core::chance::SystemChance;
use cuebook_core::journal::StepKind;
use cuebook_core::rule::VersionHash;
use cuebook_core::run::Run;
use cuebook_rules::{Engine, Outcome, PassInput, Program, RuleFiles, on_big_stack};
use cuebook_store::{Archive, OpenRun, StoreError};
use serde_json::{Value as Json, json};

use super::part::{Part, Verdict};

const NAME: &str = "runs";
/// So many runs are read and replayed at a time.
const AT_ONCE: u64 = 200;
/// So many versions are kept compiled.
const KEPT: usize = 256;
/// So many runs are told; the JSON has all.
const TOLD: usize = 20;

/// A run that could not go on.
#[derive(Debug)]
struct Stuck {
    run: Run,
    /// `diverged`, `fails`, `rule_gone`, `rule_broken` or `event_gone`.
    code: &'static str,
    reason: String,
    /// For what diverged: the step, what the journal has there, and what is asked now.
    at: Option<(String, String, String)>,
}

/// The versions that were compiled, or why one could not be.
type Programs = HashMap<VersionHash, Result<Arc<Program>, (&'static str, String)>>;

/// Replays all runs that are not over. Gives the part, and each run that could not go on for tools.
pub(crate) async fn runs(archive: &Archive, engine: &Engine) -> (Part, Json) {
    match replay_all(archive, engine).await {
        Ok((replayed, stuck)) => {
            let list = stuck.iter().map(Stuck::to_json).collect();
            (part(replayed, &stuck), Json::Array(list))
        }
        Err(error) => (Part::failed(NAME, &error), Json::Null),
    }
}

/// Why not all runs could be replayed.
#[derive(Debug, thiserror::Error)]
enum Failed {
    #[error("the runs cannot be read")]
    Store(#[from] StoreError),
    #[error("the runs cannot be replayed")]
    Thread(#[from] std::io::Error),
}

async fn replay_all(archive: &Archive, engine: &Engine) -> Result<(usize, Vec<Stuck>), Failed> {
    let chance = Arc::new(SystemChance::default());
    let (mut programs, mut stuck) = (Programs::new(), Vec::new());
    let (mut replayed, mut after) = (0, None);
    loop {
        let runs = archive.open_runs(after, AT_ONCE).await?;
        let Some(last) = runs.last() else {
            return Ok((replayed, stuck));
        };
        after = Some(last.run.id);
        replayed += runs.len();
        if programs.len() > KEPT {
            programs.clear();
        }
        compile(archive, engine, &runs, &mut programs).await?;
        let batch = on_big_stack(|| {
            let replayed = runs.into_iter();
            replayed
                .filter_map(|run| replay(engine, run, &programs, &chance))
                .collect::<Vec<_>>()
        });
        stuck.extend(batch?);
    }
}

/// Compiles the versions of `runs` that are not compiled yet.
async fn compile(
    archive: &Archive,
    engine: &Engine,
    runs: &[OpenRun],
    programs: &mut Programs,
) -> Result<(), Failed> {
    for open in runs {
        let Some(version) = &open.run.rule_version else {
            continue;
        };
        if programs.contains_key(version) {
            continue;
        }
        let program = match archive.rule_files(version).await? {
            None => Err(("rule_gone", format!("version {version} is not stored"))),
            Some(stored) => {
                let files = RuleFiles(stored.files);
                let compiled = on_big_stack(|| engine.program(&open.run.rule, &files))?;
                compiled.map(Arc::new).map_err(|diagnostics| {
                    let first = diagnostics.first().map(ToString::to_string);
                    ("rule_broken", first.unwrap_or_default())
                })
            }
        };
        programs.insert(version.clone(), program);
    }
    Ok(())
}

/// Replays a run. Gives it back if it could not go on.
fn replay(
    engine: &Engine,
    open: OpenRun,
    programs: &Programs,
    chance: &Arc<SystemChance>,
) -> Option<Stuck> {
    let version = open.run.rule_version.as_ref()?;
    let program = match programs.get(version)? {
        Ok(program) => program,
        Err((code, reason)) => return Some(stuck(open.run, code, reason.clone())),
    };
    let Some(event) = open.event.clone() else {
        return Some(stuck(
            open.run,
            "event_gone",
            "its event is no longer stored".to_owned(),
        ));
    };
    let input = PassInput {
        run: open.run.id,
        generation: open.run.generation,
        journal: Arc::new(open.journal.clone()),
        // So early no wait is over that stands open: the replay ends where the run stands.
        now: event.received_at,
        event: Arc::new(event),
        chance: chance.clone(),
    };
    match engine.advance(program, &input).outcome {
        Outcome::Blocked(divergence) => {
            let reason = divergence.to_string();
            let at = (divergence.path, divergence.journaled, divergence.asked);
            Some(Stuck {
                at: Some(at),
                ..stuck(open.run, "diverged", reason)
            })
        }
        // It still has something to wait for, and did not come to it.
        Outcome::Failed(failure) if waits(&open) => Some(stuck(open.run, "fails", failure.reason)),
        _ => None,
    }
}

/// Whether something stands open in the run's journal.
fn waits(open: &OpenRun) -> bool {
    let mut entries = open.journal.steps.values();
    entries.any(|entry| entry.answer.is_none() && entry.kind != StepKind::Send)
}

fn stuck(run: Run, code: &'static str, reason: String) -> Stuck {
    Stuck {
        run,
        code,
        reason,
        at: None,
    }
}

impl Stuck {
    fn to_json(&self) -> Json {
        let run = &self.run;
        let at = self.at.as_ref();
        json!({
            "run": run.id.to_string(),
            "rule": run.rule,
            "version": run.rule_version,
            "state": run.state.as_str(),
            "code": self.code,
            "reason": self.reason,
            "path": at.map(|(path, ..)| path),
            "journaled": at.map(|(_, journaled, _)| journaled),
            "asked": at.map(|(.., asked)| asked),
        })
    }

    fn line(&self) -> String {
        let run = &self.run;
        format!(
            "{} of {} ({}): {}",
            run.id, run.rule, self.code, self.reason
        )
    }
}

fn part(replayed: usize, stuck: &[Stuck]) -> Part {
    if stuck.is_empty() {
        let says = format!("{replayed} that are not over were replayed, and each would go on");
        return Part::good(NAME, says);
    }
    let mut says = vec![format!(
        "of {replayed} that are not over {} would not go on with this version of Cuebook",
        stuck.len()
    )];
    says.extend(stuck.iter().take(TOLD).map(Stuck::line));
    if stuck.len() > TOLD {
        says.push(format!("and {} more: see --json", stuck.len() - TOLD));
    }
    Part::new(NAME, Verdict::Finding, says)
}
