//! The threads that scripts run on.

use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::Duration;

use cuebook_rules::{Outcome, ScriptPool};

use crate::driver::{compile, engine, run};

#[test]
fn many_runs_on_few_threads_all_come_back_with_their_input() {
    let engine = engine();
    let program = Arc::new(compile(&engine, "log::info(event.payload.booking_pid);"));
    let pool = ScriptPool::new(engine, 3).unwrap();
    let (sender, receiver) = channel();
    for generation in 0..200 {
        let sender = sender.clone();
        let mut input = run("").input;
        input.generation = generation;
        pool.advance(
            Arc::clone(&program),
            input,
            Box::new(move |pass, input| {
                // Nobody else holds the journal any more.
                assert!(Arc::into_inner(input.journal).is_some());
                sender.send((pass, input.generation)).unwrap();
            }),
        );
    }
    let mut seen: Vec<u32> = (0..200)
        .map(|_| {
            let (pass, generation) = receiver.recv_timeout(Duration::from_secs(10)).unwrap();
            assert_eq!(pass.outcome, Outcome::Completed);
            assert_eq!(pass.logs[0].message, "293233446073");
            generation
        })
        .collect();
    seen.sort_unstable();
    assert_eq!(seen, (0..200).collect::<Vec<u32>>());
}

#[test]
fn a_reply_that_panics_does_not_end_its_thread() {
    let engine = engine();
    let program = Arc::new(compile(&engine, ""));
    let pool = ScriptPool::new(engine, 1).unwrap();
    pool.advance(
        Arc::clone(&program),
        run("").input,
        Box::new(|_, _| std::panic::resume_unwind(Box::new("on purpose"))),
    );
    let (sender, receiver) = channel();
    pool.advance(
        program,
        run("").input,
        Box::new(move |pass, _| sender.send(pass).unwrap()),
    );
    let pass = receiver.recv_timeout(Duration::from_secs(10)).unwrap();
    assert_eq!(pass.outcome, Outcome::Completed);
}

#[test]
fn dropping_it_waits_for_what_was_handed_over() {
    let engine = engine();
    let program = Arc::new(compile(&engine, "for i in 0..1000 { }"));
    let pool = ScriptPool::new(engine, 1).unwrap();
    let (sender, receiver) = channel();
    for _ in 0..20 {
        let sender = sender.clone();
        pool.advance(
            Arc::clone(&program),
            run("").input,
            Box::new(move |_, _| sender.send(()).unwrap()),
        );
    }
    drop(pool);
    assert_eq!(receiver.try_iter().count(), 20);
}
