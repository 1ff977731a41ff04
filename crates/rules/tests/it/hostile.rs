//! Scripts that mean harm: each is stopped in time, and the process lives on.

mod attack;
mod child;
mod usage;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cuebook_core::rule::RuleName;
use cuebook_rules::{Outcome, Pass, ScriptPool};

use self::attack::Attack;
use self::child::Report;
use crate::driver::{RULE, compile, engine, failure, files, run};

/// The processor time that an attack may take: the limit of a pass, and what the last operation before it takes.
const TIME: Duration = Duration::from_secs(3);
/// By how much the process may grow: the limit of a pass, and what the last operation before it takes.
const MEMORY: u64 = 96 * MIB;
/// How much its thread may hold afterwards, in bytes: compiled patterns are kept.
const LEFT: i64 = 3 * 1024 * 1024;
/// How much longer than twice as long a good rule may wait: others have the processor, too.
const SLACK: Duration = Duration::from_millis(15);
const MIB: u64 = 1024 * 1024;

/// Each file in `tests/hostile`, in a process of its own.
#[test]
fn every_attack_is_stopped_in_time_within_its_memory_and_harms_no_other() {
    let names = Attack::names();
    assert!(names.len() >= 30);
    let failures = Mutex::new(Vec::new());
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(name) = names.get(next.fetch_add(1, Ordering::Relaxed)) {
                    failures.lock().unwrap().extend(verdict(name));
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// What is wrong with how an attack ended. What depends on how busy the machine is gets another chance.
fn verdict(name: &str) -> Option<String> {
    let attack = Attack::read(name);
    let mut wrong = String::new();
    for _ in 0..3 {
        wrong = match child::attack(name) {
            Err(log) => return Some(format!("{name}: the process died: {log}")),
            Ok(report) => match judge(&attack, &report) {
                Ok(()) => return None,
                Err(wrong) => format!("{name}: {wrong}: {report:?}"),
            },
        };
    }
    Some(wrong)
}

fn judge(attack: &Attack, report: &Report) -> Result<(), String> {
    // On a busy machine any limit may be that of time.
    let is_late = attack.code == "limit" && report.reason.contains("it took longer than");
    if report.code != attack.code || !(is_late || report.reason.contains(&attack.says)) {
        return Err(format!(
            "it has to end as `{}, {}`",
            attack.code, attack.says
        ));
    }
    if report.pass > TIME || report.compiling > TIME {
        return Err("it was not stopped in time".to_owned());
    }
    if report.peak > MEMORY {
        return Err(format!("it took {} MiB", report.peak / MIB));
    }
    if report.left > LEFT {
        return Err(format!("it left {} bytes behind", report.left));
    }
    let (alone, beside) = (report.alone, report.beside);
    if beside.processor > alone.processor * 2 || beside.waited > alone.waited * 2 + SLACK {
        return Err("it slowed another down".to_owned());
    }
    Ok(())
}

/// Runs `source` on a script thread with all limits as they are.
fn on_a_script_thread(source: &str) -> Pass {
    let engine = engine();
    let program = Arc::new(compile(&engine, source));
    let input = run("").input;
    let pool = ScriptPool::new(engine, 1).unwrap();
    let (sender, receiver) = channel();
    pool.advance(
        program,
        input,
        Box::new(move |pass, _| sender.send(pass).unwrap()),
    );
    receiver.recv_timeout(Duration::from_secs(20)).unwrap()
}

#[test]
fn our_replace_and_split_do_what_rhais_do() {
    let mut run = run(r#"
        let s = "hello"; s.replace("l", "LL"); s.replace('o', '0'); s.replace('h', "HH"); s.replace("e", 'E');
        log::info(`${s} ${"a b  c".split()} ${"a,b".split(",")} ${"a,b,c".split(',', 2)} ${"a,b,c".split_rev(",", 2)} ${"ab".to_chars()}`);
        "#);
    assert_eq!(run.pass().outcome, Outcome::Completed);
    assert_eq!(
        run.said(),
        r#"HHELLLL0 ["a", "b", "c"] ["a", "b"] ["a", "b,c"] ["c", "a,b"] [a, b]"#
    );
}

#[test]
fn deeply_nested_values_turn_into_text_without_a_crash() {
    let pass = on_a_script_thread(
        "let a = []; for i in 0..1500 { a = [a]; } let s = `${a}`; log::info(s.len());",
    );
    assert_eq!(pass.outcome, Outcome::Completed);
    assert_eq!(pass.logs[0].message, "3002");
    let pass = on_a_script_thread(
        "let a = []; for i in 0..1500 { a = [a]; } http::post(\"https://a.example\", a);",
    );
    assert!(
        failure(&pass).1.contains("64 levels deep"),
        "{:?}",
        pass.outcome
    );
}

#[test]
fn sources_that_nest_deep_are_refused_without_a_crash() {
    let rule: RuleName = RULE.parse().unwrap();
    let engine = engine();
    let nested = |open: &str, middle: &str, close: &str, times: usize| {
        format!(
            "let x = 1; {}{middle}{}",
            open.repeat(times),
            close.repeat(times)
        )
    };
    for source in [
        nested("(", "1", ")", 20_000),
        nested("[", "1", "]", 20_000),
        nested("#{a:", "1", "}", 10_000),
        nested("{", "1", "}", 20_000),
        nested("if true {", "1", "}", 5_000),
        nested("-", "1", "", 30_000),
        nested("!", "true", "", 30_000),
        nested("|x| ", "1", "", 10_000),
        nested("`${", "1", "}`", 10_000),
        nested("x + ", "1", "", 15_000),
        nested("x ** ", "1", "", 12_000),
        nested("x && ", "x", "", 12_000),
        nested("x ?? ", "x", "", 12_000),
        nested("x.", "x", "", 20_000),
        nested("x?.", "x", "", 20_000),
        nested("x[", "1", "]", 20_000),
        nested("x(", "1", ")", 20_000),
        nested("if x == 1 { } else ", "if true { }", "", 3_000),
        nested("x = ", "1", "", 12_000),
        nested("switch x { 1 => ", "1", "}", 3_000),
        nested("try { ", "1", "} catch { }", 3_000),
        nested("while x { ", "1", "}", 3_000),
        nested("import \"lib/", "", "", 3_000),
        nested("/*", "", "*/", 15_000),
    ] {
        // Either answer is right, as long as there is one.
        let _ = engine.program(&rule, &files(&[("new-booking/test.rhai", &source)]));
    }
}

#[test]
fn words_that_reach_out_are_not_there() {
    let rule: RuleName = RULE.parse().unwrap();
    for source in ["eval(\"1\");", "let f = eval;"] {
        let source = [("new-booking/test.rhai", source)];
        assert!(engine().program(&rule, &files(&source)).is_err());
    }
    for call in [
        "timestamp()",
        "exit(1)",
        "exit()",
        "parse_json(\"1\")",
        "sleep(1)",
        "Fn(\"eval\").call(\"1\")",
    ] {
        let mut run = run(&format!("{call}; log::info(\"reached\");"));
        let pass = run.pass();
        assert_eq!(failure(&pass).0, "script_error", "{call}");
        assert!(run.logs.is_empty(), "{call}");
    }
}

#[test]
fn a_stopped_script_harms_no_other() {
    let engine = engine();
    let spin = Arc::new(compile(&engine, "loop { }"));
    let good = Arc::new(compile(&engine, "log::info(\"fine\");"));
    let pool = ScriptPool::new(engine, 1).unwrap();
    let (sender, receiver) = channel();
    for program in [spin, good] {
        let sender = sender.clone();
        pool.advance(
            program,
            run("").input,
            Box::new(move |pass, _| sender.send(pass).unwrap()),
        );
    }
    let first = receiver.recv_timeout(Duration::from_secs(10)).unwrap();
    let second = receiver.recv_timeout(Duration::from_secs(10)).unwrap();
    assert_eq!(failure(&first).0, "limit");
    assert_eq!(second.outcome, Outcome::Completed);
}

#[test]
fn a_constant_of_a_library_is_worked_out_on_a_big_stack() {
    let constant = "export const TEXT = { let a = []; for i in 0..1500 { a = [a]; } let s = `${a}`; s.len() };";
    let rule = "import \"lib/deep\" as deep;\nlog::info(`${deep::TEXT}`);";
    let files = files(&[("lib/deep.rhai", constant), ("new-booking/test.rhai", rule)]);
    let engine = engine();
    // The caller's own stack is far too small for it.
    let checking = std::thread::Builder::new()
        .stack_size(256 * 1024)
        .spawn(move || engine.check_apart(&files).unwrap());
    let checked = checking.unwrap().join().unwrap();
    assert!(checked.set.is_some(), "{:?}", checked.diagnostics);
}
