//! The list of the functions that tests have, and their registration.

use rhai::Engine;

use super::{assert, mock, play, remembered};
use crate::testing::run_view;

/// A function that tests have, as the docs show it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TestFunction {
    /// How it is called: `mock(function, answer)`.
    pub signature: &'static str,
    /// What it does, in a sentence or two.
    pub doc: &'static str,
}

const fn function(signature: &'static str, doc: &'static str) -> TestFunction {
    TestFunction { signature, doc }
}

/// The functions that tests have beside the pure ones.
pub const TEST_FUNCTIONS: &[TestFunction] = &[
    function(
        "mock(function, answer)",
        "Answers each call of a function: with a value, with what a closure says, with the items of an array one after \
         the other, or with `error(…)`.",
    ),
    function(
        "mock(function, arguments, answer)",
        "The same for calls whose first arguments are these; it goes before one for any.",
    ),
    function(
        "error(what)",
        "An error for a mock: a status (`503`), a kind (`\"timeout\"`), a sentence, or `#{kind, message, status, attempts}`.",
    ),
    function(
        "trigger(type)",
        "The example event of a type comes. Gives the run that it begins, or `()`.",
    ),
    function(
        "trigger(type, payload)",
        "An event comes: runs that wait for it go on, runs that it cancels end, and one of the rule beside the test \
         begins if it is for it. Gives that run, or `()`.",
    ),
    function(
        "trigger(type, payload, options)",
        "The same with `#{at, origin}`: when it comes, and how (`\"webhook\"` if left out).",
    ),
    function(
        "advance(duration)",
        "So much time passes, such as `\"3d\"`; whoever waits for a moment on the way goes on at that moment.",
    ),
    function(
        "advance_to(time)",
        "Time passes until a moment: a time, or a text such as `\"2026-03-01T12:00:00Z\"`. Before the first event it may \
         lie in the past.",
    ),
    function("now()", "The present moment of the test."),
    function(
        "runs()",
        "All runs so far, in the order in which they began.",
    ),
    function(
        "with_rule(name)",
        "Another rule of the set takes part: it runs on the events that come and that are emitted.",
    ),
    function(
        "remember(key, value[, scope[, subject]])",
        "Sets what the rule remembers from before.",
    ),
    function(
        "remembered(key[, scope[, subject]])",
        "What the rule remembers; `()` where it is nothing. Without a subject, that of the last event.",
    ),
    function("assert(condition[, message])", "Fails unless it is true."),
    function(
        "assert_eq(left, right[, message])",
        "Fails unless both are equal; numbers are compared as numbers.",
    ),
    function(
        "assert_ne(left, right[, message])",
        "Fails if both are equal.",
    ),
    function(
        "assert_contains(whole, part[, message])",
        "Fails unless a text contains a text, an array an item, or a map the members of a map (or a key).",
    ),
    function(
        "assert_not_contains(whole, part[, message])",
        "Fails if it does.",
    ),
    function("fail(message)", "Fails."),
    function(
        "print(value)",
        "Shows a value if the test fails, or with `--show-output`.",
    ),
];

/// Registers them.
pub(in crate::testing) fn register(engine: &mut Engine) {
    assert::register(engine);
    mock::register(engine);
    play::register(engine);
    remembered::register(engine);
    run_view::register(engine);
    engine.on_print(crate::testing::current::print);
}
