//! Memory: a script's is bounded by what its thread holds, and given back when it ends.

use alloc_metrics::{MetricAlloc, thread_metrics};
use cuebook_rules::{Engine, Outcome, Pass};

use crate::driver::{compile, run, settings};

#[global_allocator]
static ALLOCATOR: MetricAlloc<std::alloc::System> = MetricAlloc::new(std::alloc::System);

const MIB: i64 = 1024 * 1024;

/// What the thread holds, from a number that it cannot fall below.
pub(crate) fn held() -> u64 {
    let bytes = i64::try_from(thread_metrics().allocated_bytes).unwrap();
    (MIB * MIB + bytes).unsigned_abs()
}

/// Runs `source` within 64 MiB; gives back how much its thread holds afterwards, with the pass, that it did not before.
fn measured(source: &str) -> (Pass, i64) {
    let mut settings = settings();
    settings.memory = Some(held);
    let engine = Engine::new(settings).unwrap();
    let idle = compile(&engine, "");
    let program = compile(&engine, source);
    let input = run("").input;
    let measure = move || {
        engine.advance(&idle, &input);
        let before = held();
        let pass = engine.advance(&program, &input);
        let kept = pass.clone();
        drop(pass);
        (kept, held().cast_signed() - before.cast_signed())
    };
    let thread = std::thread::Builder::new().stack_size(64 * 1024 * 1024);
    thread.spawn(measure).unwrap().join().unwrap()
}

#[test]
fn a_good_script_leaves_nothing_behind() {
    let (pass, left) = measured(
        r#"
        let map = #{ a: 1 };
        let get = || map.a;
        map.get = get;
        let list = parallel([1, 2, 3], |n| { let m = #{ n: n }; m.n + get.call() });
        let text = ""; text.pad(100000, "x");
        "#,
    );
    assert_eq!(pass.outcome, Outcome::Completed);
    assert!(left < 1_000, "{left} bytes are left");
}
