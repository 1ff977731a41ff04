//! Memory: a script's is bounded by what its thread holds, and given back when it ends.

use alloc_metrics::{MetricAlloc, thread_metrics};
use cuebook_rules::{Engine, Outcome, Pass};

use crate::driver::{compile, failure, run, settings};

#[global_allocator]
static ALLOCATOR: MetricAlloc<std::alloc::System> = MetricAlloc::new(std::alloc::System);

const MIB: i64 = 1024 * 1024;

/// What the thread holds, from a number that it cannot fall below.
fn held() -> u64 {
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

#[track_caller]
fn is_bounded(source: &str) {
    let (pass, left) = measured(source);
    let (code, reason) = failure(&pass);
    assert_eq!(code, "limit", "{reason}");
    assert!(reason.contains("64 MiB of memory"), "{reason}");
    assert!(left < MIB, "{left} bytes are left of {source}");
}

#[test]
fn many_variables_of_the_largest_size() {
    is_bounded(
        r#"
        fn fill(s, n) {
            let a = s + n; let b = a + 1; let c = b + 2; let d = c + 3;
            if n < 30 { fill(s, n + 1) } else { loop { } }
        }
        let s = "0123456789abcdef"; while s.len < 1000000 { s += s; }
        fill(s, 0);
        "#,
    );
}

#[test]
fn texts_that_closures_captured() {
    is_bounded(
        r#"
        let list = []; let s = ""; s.pad(1000000, "x"); let i = 0;
        loop { let t = s + i; list.push(|| t); i += 1; }
        "#,
    );
}

#[test]
fn long_keys_of_maps() {
    is_bounded(
        r#"
        let map = #{}; let s = ""; s.pad(1000000, "x"); let i = 0;
        loop { map[s + i] = i; i += 1; }
        "#,
    );
}

#[test]
fn wide_arrays_in_many_variables() {
    is_bounded(
        r"
        fn fill(n) {
            let a = []; a.pad(100000, n); let b = a; let c = a; let d = a; let e = a; b[0] = 1;
            if n < 30 { fill(n + 1) } else { loop { } }
        }
        fill(0);
        ",
    );
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

#[test]
fn padding_by_what_overflows_is_refused() {
    let (pass, _) =
        measured("let item = []; item.pad(16383, 0); let a = []; a.pad(1125899906842624, item);");
    assert!(failure(&pass).1.contains("would make an array"));
}
