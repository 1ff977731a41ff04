//! One pass of a script over its journal.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use rhai::Scope;

use crate::engine::Engine;
use crate::failure;
use crate::host::run::Host;
use crate::host::stop::{End, Stop};
use crate::host::{cells, current, gauge, modules};
use crate::outcome::{Outcome, ScriptFailure};
use crate::pass::{Pass, PassInput};
use crate::program::Program;
use crate::throw::Thrown;

/// How a script itself came to its end.
enum Ran {
    Through,
    Threw(Thrown),
    Panicked(String),
}

/// Runs `program` from its top.
pub(crate) fn advance(engine: &Engine, program: &Program, input: &PassInput) -> Pass {
    let settings = &engine.0.settings;
    let measuring = gauge::begin(&settings.limits, settings.memory);
    let imports = modules::enter(Arc::clone(&program.modules));
    current::enter(Host::new(
        input.clone(),
        Arc::clone(settings),
        Arc::clone(&program.templates),
    ));
    // Emptied when nothing of the run is needed any more.
    let captured = cells::begin();
    let ran = run(engine, program);
    let host = current::leave();
    let operations = gauge::operations();
    let tripped = gauge::tripped();
    drop(imports);
    drop(measuring);

    let Some(mut host) = host else {
        return Pass::failed(
            ScriptFailure::panic("the host of the run is gone"),
            operations,
        );
    };
    let outcome = match (host.stop.take(), tripped, ran) {
        (_, _, Ran::Panicked(message)) => Outcome::Failed(ScriptFailure::panic(&message)),
        (Some(stop), _, _) => stopped(stop, program, &mut host),
        (None, Some(limit), _) => Outcome::Failed(failure::limit(program, &limit)),
        (None, None, Ran::Threw(error)) => Outcome::Failed(failure::script_error(program, *error)),
        (None, None, Ran::Through) => ended(Outcome::Completed, &host),
    };
    drop(captured);
    if let Outcome::RetryIn { delay, reason } = &outcome {
        host.begin_round(*delay, reason);
    }
    // All or nothing: what does not end the segment well sends nothing.
    if !matches!(
        outcome,
        Outcome::Completed | Outcome::Waiting { .. } | Outcome::Awaiting { .. }
    ) {
        host.sends.clear();
    }
    Pass {
        outcome,
        steps: host.steps,
        logs: host.logs,
        sends: host.sends,
        operations,
    }
}

fn run(engine: &Engine, program: &Program) -> Ran {
    let mut scope = Scope::new();
    let run = || match program.units.first() {
        Some(unit) => engine.0.rhai.run_ast_with_scope(&mut scope, &unit.ast),
        None => Ok(()),
    };
    match catch_unwind(AssertUnwindSafe(run)) {
        Ok(Ok(())) => Ran::Through,
        Ok(Err(error)) => Ran::Threw(error),
        Err(panic) => Ran::Panicked(message_of(panic.as_ref())),
    }
}

fn message_of(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "no message".to_owned())
}

fn stopped(stop: Stop, program: &Program, host: &mut Host) -> Outcome {
    match stop {
        Stop::Suspended => Outcome::Suspended {
            calls: std::mem::take(&mut host.calls),
        },
        Stop::Waiting(step) => Outcome::Waiting { step: *step },
        Stop::Awaiting(awaited) => {
            let (step, wait) = *awaited;
            Outcome::Awaiting { step, wait }
        }
        Stop::Ended(End::Skip { reason }) => ended(Outcome::Skipped { reason }, host),
        Stop::Ended(End::RetryIn { delay, reason }) => {
            ended(Outcome::RetryIn { delay, reason }, host)
        }
        Stop::Ended(End::Fail { reason, line }) => ended(
            Outcome::Failed(ScriptFailure {
                code: "failed".to_owned(),
                reason,
                line,
            }),
            host,
        ),
        Stop::Diverged(divergence) => Outcome::Blocked(divergence),
        Stop::Broken { message, line } => {
            Outcome::Failed(failure::at_line(program, "script_error", &message, line))
        }
    }
}

/// `outcome`, unless the script ended before it came to all that its journal has.
fn ended(outcome: Outcome, host: &Host) -> Outcome {
    match host.unreached() {
        Some(divergence) => Outcome::Blocked(divergence),
        None => outcome,
    }
}

impl Pass {
    fn failed(failure: ScriptFailure, operations: u64) -> Self {
        Self {
            outcome: Outcome::Failed(failure),
            steps: Vec::new(),
            logs: Vec::new(),
            sends: Vec::new(),
            operations,
        }
    }
}
