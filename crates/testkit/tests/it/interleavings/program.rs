//! Random programs: what a rule does, step by step, as a tree that can be made smaller.

use proptest::collection::vec;
use proptest::prelude::*;

use super::model::expected;

/// A rule.
#[derive(Debug, Clone)]
pub(super) struct Program {
    pub(super) steps: Vec<Step>,
    pub(super) ending: Ending,
    pub(super) concurrency: &'static str,
    /// Whether the pauses between attempts are so long that they end a segment.
    pub(super) long_pauses: bool,
}

/// How a rule ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    Completes,
    Skips,
    Fails,
    Throws,
}

/// A step, and a number that no other step of its rule has.
#[derive(Debug, Clone)]
pub(super) struct Step {
    pub(super) id: u32,
    pub(super) what: What,
}

/// What a step does.
#[derive(Debug, Clone)]
pub(super) enum What {
    Read(Answering),
    Write(Verb, Answering),
    /// A random number goes out with a call that may be repeated, and with a send.
    Chance,
    Parallel {
        branches: Vec<Vec<Step>>,
        /// Whether one closure is run for each item of an array: then all branches do what the first one does.
        over_array: bool,
        /// The branch that throws in the end, if one does.
        throwing: Option<usize>,
        /// Whether what is thrown is caught around it.
        caught: bool,
    },
    Sleep,
    /// Waits for an event that comes at some time, or that never does.
    WaitFor {
        comes: bool,
        /// Whether it would take another one, too, which does not come.
        several: bool,
    },
    Remember,
    Count(&'static str),
    Once,
    Emit,
    Mail,
    Webhook(Answering),
    Log,
    /// Steps in a `try`, and whether it throws after them.
    Try {
        body: Vec<Step>,
        throws: bool,
    },
    Loop {
        times: u32,
        body: Vec<Step>,
    },
    /// Tries the run again later, as long as the other system says that it is not ready: so often.
    NotReady(u32),
}

/// How a write is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verb {
    Put,
    Delete,
    PostAlways,
    PostSafe,
    PostNever,
}

/// How the other system answers the requests to one path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answering {
    /// 200.
    Fine,
    /// 503 so often, then 200.
    Late(u32),
    /// 429 with `Retry-After` so often, then 200.
    Busy(u32),
    /// 404.
    Gone,
    /// 500, whatever is tried.
    Broken,
}

/// Rules of up to seven steps.
pub(super) fn programs() -> impl Strategy<Value = Program> {
    let ending = prop_oneof![
        5 => Just(Ending::Completes),
        1 => Just(Ending::Skips),
        1 => Just(Ending::Fails),
        1 => Just(Ending::Throws),
    ];
    let concurrency = prop_oneof![3 => Just("subject"), 1 => Just("none")];
    let parts = (vec(step(), 1..8), ending, concurrency, any::<bool>());
    parts.prop_map(|(mut steps, ending, concurrency, long_pauses)| {
        number(&mut steps, &mut 0);
        let mut program = Program {
            steps,
            ending,
            concurrency,
            long_pauses,
        };
        // What a rule has sent before such a pause is out, and whether there is one depends on what a crash let
        // happen: so only where nothing that was sent is discarded in the end.
        program.long_pauses &= expected(&program, "", "").state == "completed";
        program
    })
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        10 => plain(),
        2 => parallel(2),
        1 => (vec(plain(), 1..4), any::<bool>())
            .prop_map(|(body, throws)| some(What::Try { body, throws })),
        1 => (1..4_u32, vec(prop_oneof![4 => plain(), 1 => parallel(1)], 1..4))
            .prop_map(|(times, body)| some(What::Loop { times, body })),
        1 => (0..3_u32).prop_map(|times| some(What::NotReady(times))),
    ]
}

/// A step that holds no others.
fn plain() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => in_a_branch(),
        1 => Just(some(What::Sleep)),
        2 => (any::<bool>(), any::<bool>())
            .prop_map(|(comes, several)| some(What::WaitFor { comes, several })),
        1 => Just(some(What::Remember)),
        1 => prop_oneof![Just("subject"), Just("rule"), Just("shared")]
            .prop_map(|scope| some(What::Count(scope))),
        1 => Just(some(What::Once)),
        1 => Just(some(What::Emit)),
    ]
}

/// A step that may stand in a branch of `parallel`.
fn in_a_branch() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => answering().prop_map(|answering| some(What::Read(answering))),
        4 => (verb(), answering()).prop_map(|(verb, answering)| some(What::Write(verb, answering))),
        1 => Just(some(What::Chance)),
        1 => Just(some(What::Mail)),
        1 => webhook().prop_map(|answering| some(What::Webhook(answering))),
        1 => Just(some(What::Log)),
    ]
}

fn parallel(depth: u32) -> BoxedStrategy<Step> {
    let inner = if depth > 1 {
        prop_oneof![5 => in_a_branch(), 1 => parallel(depth - 1)].boxed()
    } else {
        in_a_branch().boxed()
    };
    let throwing = prop_oneof![3 => Just(None), 1 => (0..4_usize).prop_map(Some)];
    let caught = prop_oneof![3 => Just(true), 1 => Just(false)];
    (vec(vec(inner, 1..4), 1..5), any::<bool>(), throwing, caught)
        .prop_map(|(branches, over_array, throwing, caught)| {
            let count = branches.len();
            some(What::Parallel {
                throwing: throwing.map(|branch| branch % count),
                branches,
                over_array,
                caught,
            })
        })
        .boxed()
}

fn verb() -> impl Strategy<Value = Verb> {
    prop_oneof![
        2 => Just(Verb::Put),
        1 => Just(Verb::Delete),
        2 => Just(Verb::PostAlways),
        2 => Just(Verb::PostSafe),
        1 => Just(Verb::PostNever),
    ]
}

fn answering() -> impl Strategy<Value = Answering> {
    prop_oneof![
        6 => Just(Answering::Fine),
        2 => Just(Answering::Late(1)),
        1 => Just(Answering::Busy(1)),
        1 => Just(Answering::Gone),
        1 => Just(Answering::Broken),
    ]
}

/// What a webhook may meet: one that is tried for days would only take long.
fn webhook() -> impl Strategy<Value = Answering> {
    prop_oneof![
        4 => Just(Answering::Fine),
        1 => (1..3_u32).prop_map(Answering::Late),
        1 => Just(Answering::Gone),
    ]
}

fn some(what: What) -> Step {
    Step { id: 0, what }
}

/// Numbers the steps. Those of an array's other branches are never looked at, and keep the number 0.
fn number(steps: &mut [Step], next: &mut u32) {
    for step in steps {
        *next += 1;
        step.id = *next;
        match &mut step.what {
            What::Parallel { branches, .. } => {
                for branch in branches {
                    number(branch, next);
                }
            }
            What::Try { body, .. } | What::Loop { body, .. } => number(body, next),
            _ => {}
        }
    }
}
