//! Scripts that mean harm: each is stopped in time, and the process lives on.

use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use cuebook_core::rule::RuleName;
use cuebook_rules::{Outcome, Pass, ScriptPool};

use crate::driver::{RULE, compile, engine, failure, files, run};

/// Runs `source` on a script thread with all limits as they are.
fn on_a_script_thread(source: &str) -> (Pass, Duration) {
    let engine = engine();
    let program = Arc::new(compile(&engine, source));
    let input = run("").input;
    let pool = ScriptPool::new(engine, 1).unwrap();
    let (sender, receiver) = channel();
    let begun = Instant::now();
    pool.advance(
        program,
        input,
        Box::new(move |pass, _| sender.send(pass).unwrap()),
    );
    let pass = receiver.recv_timeout(Duration::from_secs(20)).unwrap();
    (pass, begun.elapsed())
}

#[track_caller]
fn is_stopped(source: &str) {
    let (pass, took) = on_a_script_thread(source);
    assert_eq!(failure(&pass).0, "limit", "{source}: {:?}", pass.outcome);
    assert!(
        took < Duration::from_millis(3_500),
        "{source} took {took:?}"
    );
}

#[test]
fn endless_loops() {
    is_stopped("loop { }");
    is_stopped("let i = 0; while true { i += 1; }");
    is_stopped("fn f() { loop { try { g(); } catch { } } } fn g() { throw 1 } f();");
}

#[test]
fn deep_recursion() {
    is_stopped("fn f(n) { f(n + 1) } f(0);");
    is_stopped("let f = |f, n| f.call(f, n + 1); f.call(f, 0);");
    is_stopped("fn f(x) { [x].map(|y| f(y)) } f(0);");
}

#[test]
fn growing_values() {
    is_stopped("let s = \"x\"; loop { s += s; }");
    is_stopped("let s = \"x\"; loop { s = `${s}${s}`; }");
    is_stopped("let a = [0]; loop { a.append(a); }");
    is_stopped("let a = [0]; loop { a = a + a; }");
    is_stopped("let m = #{}; let i = 0; loop { m[`${i}`] = #{}; i += 1; }");
}

#[test]
fn replace_is_refused_before_it_allocates() {
    let (pass, took) = on_a_script_thread(
        r#"
        let s = "x"; s.pad(1000000, "x");
        let t = "y"; t.pad(1000000, "y");
        s.replace("x", t);
        "#,
    );
    assert!(failure(&pass).1.contains("replace would make a string of"));
    assert!(took < Duration::from_secs(2));
    let (pass, _) =
        on_a_script_thread(r#"let s = "x"; s.pad(2000000, "x"); s.replace("", "xxxxxxxx");"#);
    assert!(failure(&pass).1.contains("replace would make"));
}

#[test]
fn splitting_a_long_text_is_refused_before_it_allocates() {
    for split in [
        "s.split(\"\")",
        "s.split()",
        "s.split(' ')",
        "s.to_chars()",
        "s.split_rev(\" \")",
    ] {
        let source = format!("let s = \"x \"; s.pad(2000000, \"x \"); {split}");
        let (pass, _) = on_a_script_thread(&source);
        assert!(failure(&pass).1.contains("would make an array"), "{split}");
    }
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
    let (pass, _) = on_a_script_thread(
        "let a = []; for i in 0..1500 { a = [a]; } let s = `${a}`; log::info(s.len());",
    );
    assert_eq!(pass.outcome, Outcome::Completed);
    assert_eq!(pass.logs[0].message, "3002");
    let (pass, _) = on_a_script_thread(
        "let a = []; for i in 0..1500 { a = [a]; } http::post(\"https://a.example\", a);",
    );
    assert!(
        failure(&pass).1.contains("64 levels deep"),
        "{:?}",
        pass.outcome
    );
}

#[test]
fn a_closure_stored_in_its_own_map_does_no_harm() {
    let (pass, _) = on_a_script_thread(
        r#"
        let m = #{ big: "x" };
        m.f = || m.big;
        let g = || m.f;
        m.g = g;
        log::info(m.big);
        "#,
    );
    assert_eq!(pass.outcome, Outcome::Completed);
    let (pass, _) = on_a_script_thread("let m = #{}; m.f = || m; parallel([m.f]);");
    assert!(matches!(
        pass.outcome,
        Outcome::Failed(_) | Outcome::Completed
    ));
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
    let constant =
        "const TEXT = { let a = []; for i in 0..1500 { a = [a]; } let s = `${a}`; s.len() };";
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
