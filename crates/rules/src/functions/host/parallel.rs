//! `parallel([|| …, || …])` and `parallel(array, |item| …)`: several branches whose calls are performed at the same time.
//!
//! In a pass the branches run one after the other, each with counters of its own. One that has to wait for an answer does
//! not keep the others from asking. Whatever a branch comes to, `parallel` ends only when none has a call in flight, so
//! that it does not depend on the order of answers: then the first branch by number that failed decides.

use cuebook_core::journal::StepPath;
use cuebook_core::limits;
use rhai::{Dynamic, Engine, FnPtr, NativeCallContext};

use crate::convert::kind_of;
use crate::functions::isolate::Copies;
use crate::host::branch::Branch;
use crate::host::stop::{End, Stop};
use crate::host::{current, gauge};
use crate::throw::{Thrown, halt, invalid};

/// Registers it.
pub(crate) fn register(engine: &mut Engine) {
    engine
        .register_fn(
            "parallel",
            |context: NativeCallContext, branches: Dynamic| parallel(&context, closures(branches)?),
        )
        .register_fn(
            "parallel",
            |context: NativeCallContext, items: Dynamic, each: Dynamic| {
                parallel(&context, items_with(items, each)?)
            },
        );
}

/// One branch: what to call, and with what.
struct Task {
    closure: FnPtr,
    item: Option<Dynamic>,
}

/// What a branch came to, if not to a value.
enum Failed {
    Error(Thrown),
    Ended(End),
}

fn closures(branches: Dynamic) -> Result<Vec<Task>, Thrown> {
    let branches = branches.into_array().map_err(|kind| {
        invalid(format!(
            "parallel takes an array of closures, and is given {kind}"
        ))
    })?;
    let task = |(number, branch): (usize, Dynamic)| {
        let kind = kind_of(&branch);
        let closure = branch.try_cast().ok_or_else(|| {
            invalid(format!(
                "parallel takes an array of closures, and item {number} is {kind}"
            ))
        })?;
        Ok(Task {
            closure,
            item: None,
        })
    };
    check_count(branches.len())?;
    branches.into_iter().enumerate().map(task).collect()
}

fn items_with(items: Dynamic, each: Dynamic) -> Result<Vec<Task>, Thrown> {
    let items = items.into_array().map_err(|kind| {
        invalid(format!(
            "parallel takes an array and a closure, and is given {kind}"
        ))
    })?;
    let kind = kind_of(&each);
    let each: FnPtr = each.try_cast().ok_or_else(|| {
        invalid(format!(
            "parallel takes an array and a closure, and is given {kind} as the closure"
        ))
    })?;
    check_count(items.len())?;
    let task = |item| Task {
        closure: each.clone(),
        item: Some(item),
    };
    Ok(items.into_iter().map(task).collect())
}

fn check_count(count: usize) -> Result<(), Thrown> {
    if count > limits::BRANCHES {
        return Err(invalid(format!(
            "parallel takes {} branches at most, and is given {count}",
            limits::BRANCHES
        )));
    }
    Ok(())
}

fn parallel(context: &NativeCallContext, tasks: Vec<Task>) -> Result<Dynamic, Thrown> {
    if gauge::is_stopped() {
        return Err(halt());
    }
    let path = current::with(crate::host::run::Host::begin_parallel)?.map_err(current::stop)?;
    let mut values = Vec::with_capacity(tasks.len());
    let mut suspended = false;
    let mut failed = None;
    for (number, task) in (0_u32..).zip(tasks) {
        let result = run(context, &path, number, task)?;
        if gauge::tripped().is_some() {
            return Err(halt());
        }
        match (current::take_stop(), result) {
            (None, Ok(value)) => values.push(value),
            (None, Err(error)) => {
                failed.get_or_insert(Failed::Error(error));
            }
            (Some(Stop::Suspended), _) => suspended = true,
            (Some(Stop::Ended(end)), _) => {
                failed.get_or_insert(Failed::Ended(end));
            }
            (Some(stop), _) => return Err(current::stop(stop)),
        }
    }
    match failed {
        _ if suspended => Err(current::stop(Stop::Suspended)),
        Some(Failed::Error(error)) => Err(error),
        Some(Failed::Ended(end)) => Err(current::stop(Stop::Ended(end))),
        None => Ok(Dynamic::from_array(values)),
    }
}

/// Runs a branch with counters and copies of its own: branches share nothing. The outer error is none of the branch's.
fn run(
    context: &NativeCallContext,
    path: &StepPath,
    number: u32,
    task: Task,
) -> Result<Result<Dynamic, Thrown>, Thrown> {
    let mut copies = Copies::default();
    let closure = copies
        .copy(&Dynamic::from(task.closure))?
        .try_cast::<FnPtr>()
        .ok_or_else(|| invalid("parallel takes closures"))?;
    let item = task.item.map(|item| copies.copy(&item)).transpose()?;
    let mut arguments: Vec<Dynamic> = item.into_iter().collect();

    let branch = Branch::of(path, number);
    let outer = current::with(|host| std::mem::replace(&mut host.branch, branch))?;
    let result = closure.call_raw(context, None, &mut arguments);
    current::with(|host| host.branch = outer)?;

    let result = result.map(Dynamic::flatten);
    copies.untie(result.as_ref().unwrap_or(&Dynamic::UNIT));
    Ok(result)
}
