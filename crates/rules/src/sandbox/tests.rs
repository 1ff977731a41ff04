//! Every function that the engine has, ours and Rhai's, called with the worst values that there are, in any combination.
//!
//! None may panic, take longer than a pass, or keep what it took. With `CUEBOOK_FUZZ_SECONDS` it goes on for so long with
//! ever other combinations; the seed is printed.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use crate::Engine;
use crate::host::{cells, gauge};
use crate::settings::{Limits, Settings};
use crate::stack::STACK;

/// How many combinations a function is called with in one round.
const CALLS: usize = 30;
/// How many values `v` has.
const COUNT: u64 = 52;
/// What `v` is made of.
const VALUES: &str = r#"
let max = 9223372036854775807;
let min = -9223372036854775807 - 1;
let long = ""; long.pad(50000, "x");
let wide = ""; wide.pad(30000, "é𝄞 ");
let array = []; array.pad(20000, 7);
let deep = []; for i in 0..300 { deep = [deep]; }
let map = #{}; for i in 0..2000 { map[`key ${i}`] = i; }
let knot = #{ a: [] }; knot.f = || knot; knot.a = [knot.f, || knot.a];
let holder = #{ f: knot.f };
let list = [1, "a", (), true, 'x', [2], #{ b: 3 }, decimal("1.50")];
let v = [
    (), true, 0, 1, -1, 7, 64, max, min, 50000,
    decimal("79228162514264337593543950335"), decimal("-0.0000000000000000000000000001"), decimal("2.50"),
    "", "a", "1e400", "\\d+", "2026-03-29T02:30:00+01:00", "Europe/Zurich", "10d", long, wide, 'x', '𝄞',
    [], list, array, deep, #{}, map, #{ columns: ["a", "a"], separator: ";" }, #{ max: max, data: list },
    blob(0), blob(9000, 255), 0..5, min..max, 0..=max, 5..-5,
    |x| x, |x, y| x, || 1, |x, y| throw "no", Fn("nothing"), Fn("abs").curry(array), knot.f, holder, [knot.f, knot.f],
    time::parse("2026-03-29T00:30:00Z"), secret("KEY"), long.chars(), range(0, max, 3), bits(5),
];
"#;

/// A function that a script can call, with so many arguments.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Callable {
    name: String,
    arguments: usize,
}

impl Callable {
    /// A call of it, by the names of its arguments.
    fn call(&self, arguments: &[&str]) -> Option<String> {
        let (name, all) = (&self.name, arguments.join(", "));
        if let Some(property) = name.strip_prefix("get$") {
            return Some(format!("{}.{property}", arguments[0]));
        }
        if let Some(property) = name.strip_prefix("set$") {
            return Some(format!("{}.{property} = {}", arguments[0], arguments[1]));
        }
        if name.split("::").all(rhai::is_valid_identifier) {
            return Some(format!("{name}({all})"));
        }
        let is_operator = name.chars().all(|c| c.is_ascii_punctuation()) && !name.contains('$');
        match arguments {
            [one] if is_operator => Some(format!("({name} {one})")),
            [one, two] if is_operator => Some(format!("{one} {name} {two}")),
            _ => None,
        }
    }
}

fn engine() -> Engine {
    Engine::new(Settings::bare()).unwrap()
}

fn callables(engine: &Engine) -> BTreeSet<Callable> {
    let all = engine.0.rhai.collect_fn_metadata(
        None,
        |function| {
            let name = function.metadata.name.as_str();
            let namespace = function.namespace.as_str();
            Some(Callable {
                name: if namespace.is_empty() {
                    name.to_owned()
                } else {
                    format!("{namespace}::{name}")
                },
                arguments: function.metadata.num_params,
            })
        },
        true,
    );
    all.into_iter()
        .filter(|callable| (1..=5).contains(&callable.arguments))
        .collect()
}

/// Numbers without an end (xorshift).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}

/// A script that calls `callable` with many combinations of values.
fn script(callable: &Callable, values: u64, numbers: &mut Numbers) -> Option<String> {
    let names: Vec<&str> = ["a", "b", "c", "d", "e"][..callable.arguments].to_vec();
    let call = callable.call(&names)?;
    let mut script = VALUES.to_owned();
    let calls = if callable.arguments == 1 {
        values
    } else {
        u64::try_from(CALLS).unwrap()
    };
    for nth in 0..calls {
        script.push_str("{ ");
        for name in &names {
            let index = if callable.arguments == 1 {
                nth
            } else {
                numbers.next() % values
            };
            let _ = write!(script, "let {name} = v[{index}]; ");
        }
        let _ = writeln!(script, "try {{ {call}; }} catch {{ }} }}");
    }
    Some(script)
}

/// Why a script ended before its end, and how long it took.
fn run(engine: &Engine, script: &str) -> (Result<(), String>, Duration) {
    let limits = Limits {
        operations: u64::MAX,
        ..Limits::default()
    };
    let _measuring = gauge::begin(&limits, None);
    let _captured = cells::begin();
    let begun = Instant::now();
    let ran = std::panic::catch_unwind(AssertUnwindSafe(|| engine.0.rhai.run(script)));
    let ran = match ran {
        Ok(ran) => ran.map_err(|error| error.to_string()),
        Err(_) => Err("it panicked".to_owned()),
    };
    (ran, begun.elapsed())
}

fn seconds() -> Option<u64> {
    #[expect(clippy::disallowed_methods, reason = "a test is asked to go on")]
    let text = std::env::var("CUEBOOK_FUZZ_SECONDS").ok()?;
    text.parse().ok()
}

fn on_a_script_thread(act: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(STACK);
    thread.spawn(act).unwrap().join().unwrap();
}

#[test]
fn no_function_panics_or_hangs_whatever_it_is_given() {
    on_a_script_thread(|| {
        let engine = engine();
        let callables = callables(&engine);
        assert!(callables.len() > 300, "{}", callables.len());
        assert!(callables.iter().any(|one| one.name == "text::join"));
        let count = format!("{VALUES} if v.len() != {COUNT} {{ throw v.len(); }}");
        assert_eq!(run(&engine, &count).0, Ok(()));

        let end = seconds().map(|seconds| Instant::now() + Duration::from_secs(seconds));
        let mut wrong = Vec::new();
        let mut seed = 0x5eed;
        loop {
            wrong.extend(round(&engine, &callables, seed));
            seed += 1;
            if end.is_none_or(|end| Instant::now() > end) {
                break;
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    });
}

/// Calls each function once with some combinations; gives back what was wrong.
fn round(engine: &Engine, callables: &BTreeSet<Callable>, seed: u64) -> Vec<String> {
    let mut numbers = Numbers(seed | 1);
    let mut wrong = Vec::new();
    for callable in callables {
        let Some(script) = script(callable, COUNT, &mut numbers) else {
            continue;
        };
        let (ran, took) = run(engine, &script);
        // Each limit is right. What else is not caught, or is no script at all, is not.
        let is_stopped = |error: &String| {
            ["too large", "terminated", "overflow"]
                .iter()
                .any(|limit| error.contains(limit))
        };
        if let Err(error) = ran
            && !is_stopped(&error)
        {
            wrong.push(format!("seed {seed}, {callable:?}: {error}"));
        }
        if took > Duration::from_secs(10) {
            wrong.push(format!("seed {seed}, {callable:?}: it took {took:?}"));
        }
    }
    wrong
}
