//! `parallel`: branches ask at the same time, share nothing, and end together.

use cuebook_rules::Outcome;

use crate::driver::{echo, failure, http, refused, run};

#[test]
fn all_calls_of_all_branches_come_at_once() {
    let mut run = run(r#"
        let both = parallel([
            || http::get("https://a.example"),
            || { http::get("https://b.example"); http::post("https://b2.example", 1) },
            || 7,
        ]);
        log::info(`${both[0].body} ${both[1].body} ${both[2]}`);
        "#);
    let Outcome::Suspended { calls } = run.pass().outcome else {
        panic!()
    };
    let paths: Vec<String> = calls.iter().map(|call| call.path.to_string()).collect();
    assert_eq!(paths, ["0.0.0", "0.1.0"]);
    run.answer("0.1.0", Ok(http(200, "b")));
    let Outcome::Suspended { calls } = run.pass().outcome else {
        panic!()
    };
    assert_eq!(calls.len(), 1, "the other branch goes on alone");
    assert_eq!(calls[0].path.to_string(), "0.1.1");
    run.answer("0.1.1", Ok(http(200, "b2")));
    assert_eq!(run.pass().outcome, Outcome::Suspended { calls: vec![] });
    run.answer("0.0.0", Ok(http(200, "a")));
    assert_eq!(run.pass().outcome, Outcome::Completed);
    assert_eq!(run.said(), "a b2 7");
}

#[test]
fn the_order_of_answers_changes_nothing() {
    let source = r#"
        let out = parallel([1, 2, 3], |n| {
            let a = http::get(`https://a.example/${n}`);
            let b = http::get(`https://b.example/${n}/${a.status}`);
            uuid();
            b.body
        });
        log::info(text_of(out));
        fn text_of(items) { let all = ""; for item in items { all += item + " "; } all }
    "#;
    let mut said = Vec::new();
    for reversed in [false, true] {
        let mut run = run(source);
        while !matches!(run.pass().outcome, Outcome::Completed) {
            let mut open = run.in_flight();
            if reversed {
                open.reverse();
            }
            let path = open.first().unwrap().clone();
            let call = run.calls.iter().find(|call| call.path.to_string() == path);
            let answer = echo(call.unwrap());
            run.answer(&path, answer);
        }
        said.push(run.said().to_owned());
    }
    assert_eq!(said[0], said[1]);
    assert_eq!(
        said[0],
        "https://b.example/1/200 https://b.example/2/200 https://b.example/3/200 "
    );
}

#[test]
fn steps_after_it_and_nested_ones_have_their_paths() {
    let mut run = run(r#"
        uuid();
        parallel([
            || http::get("https://a.example"),
            || parallel([|| { uuid(); uuid(); uuid(); http::get("https://b.example") }]),
        ]);
        http::get("https://c.example");
        "#);
    run.echo();
    let paths: Vec<String> = run.calls.iter().map(|call| call.path.to_string()).collect();
    assert_eq!(paths, ["1.0.0", "1.1.0.0.3", "2"]);
}

#[test]
fn captured_variables_are_copied_for_each_branch() {
    let mut run = run(r"
        let list = [1];
        let count = 0;
        let out = parallel([
            || { list.push(2); count += 1; list.len() },
            || { list.push(3); count += 1; list.len() },
        ]);
        log::info(`${out[0]} ${out[1]} ${list.len()} ${count}`);
        ");
    assert_eq!(run.pass().outcome, Outcome::Completed);
    assert_eq!(run.said(), "2 2 1 0");
}

#[test]
fn a_closure_captured_by_a_closure_is_copied_too() {
    let mut run = run(r"
        let n = 0;
        let add = || { n += 1; n };
        let out = parallel([|| { add.call(); add.call() }, || add.call()]);
        log::info(`${out[0]} ${out[1]} ${n}`);
        ");
    assert_eq!(run.pass().outcome, Outcome::Completed);
    assert_eq!(run.said(), "2 1 0");
}

#[test]
fn the_first_branch_that_failed_is_thrown_when_none_is_in_flight() {
    let source = r#"
        try {
            parallel([
                || http::get("https://slow.example"),
                || throw "second",
                || throw "third",
            ]);
        } catch (e) { log::info(e); }
    "#;
    let mut run = run(source);
    assert!(matches!(run.pass().outcome, Outcome::Suspended { .. }));
    assert_eq!(run.pass().outcome, Outcome::Suspended { calls: vec![] });
    assert!(
        run.logs.is_empty(),
        "it was thrown before the first branch had its answer"
    );
    run.answer("0.0.0", Ok(http(200, "")));
    assert_eq!(run.pass().outcome, Outcome::Completed);
    assert_eq!(run.said(), "second");
}

#[test]
fn the_error_of_an_earlier_branch_counts_even_if_it_comes_later() {
    let mut run = run(r#"
        try { parallel([|| http::get("https://slow.example"), || throw "second"]); }
        catch (e) { log::info(if type_of(e) == "map" { e.kind } else { e }); }
        "#);
    run.drive(|_| refused());
    assert_eq!(run.said(), "timeout");
}

#[test]
fn skip_and_fail_in_a_branch_wait_for_the_others() {
    let mut run = run(r#"
        parallel([|| http::post("https://a.example", 1), || skip("nothing to do"), || fail("no")]);
        "#);
    assert!(matches!(run.pass().outcome, Outcome::Suspended { .. }));
    run.answer("0.0.0", Ok(http(200, "")));
    assert_eq!(
        run.pass().outcome,
        Outcome::Skipped {
            reason: "nothing to do".to_owned()
        }
    );
}

#[test]
fn waits_inside_of_it_are_errors() {
    let mut run = run(r#"parallel([|| sleep("1d")]);"#);
    let pass = run.pass();
    let (code, reason) = failure(&pass);
    assert_eq!(code, "script_error");
    assert!(reason.contains("inside of parallel"), "{reason}");
}

#[test]
fn sends_and_lines_of_branches_are_keyed_by_place() {
    let mut run = run(r#"
        log::info("before");
        parallel(["a", "b"], |name| {
            log::info(name);
            email::send(#{ to: name + "@example.com" });
        });
        log::info("after");
        "#);
    let pass = run.pass();
    let keys: Vec<&str> = run.logs.iter().map(|line| line.key.as_str()).collect();
    assert_eq!(keys, ["0", "0.0.0", "0.1.0", "1"]);
    let sends: Vec<String> = pass
        .sends
        .iter()
        .map(|send| send.path.to_string())
        .collect();
    assert_eq!(sends, ["0.0.0", "0.1.0"]);
}

#[test]
fn more_than_a_hundred_branches_are_refused() {
    let mut hundred = run(
        "log::info(parallel(all(100), |n| n).len()); fn all(n) { let a = []; for i in 0..n { a.push(i); } a }",
    );
    assert_eq!(hundred.pass().outcome, Outcome::Completed);
    assert_eq!(hundred.said(), "100");
    let mut more = run("let a = []; for i in 0..101 { a.push(i); } parallel(a, |n| n);");
    assert!(failure(&more.pass()).1.contains("100 branches at most"));
}

#[test]
fn what_is_no_list_of_closures_is_refused() {
    for source in [
        "parallel(7);",
        "parallel([7]);",
        "parallel([1], 7);",
        "parallel(7, |x| x);",
    ] {
        let pass = run(source).pass();
        let (code, reason) = failure(&pass);
        assert_eq!(code, "script_error", "{source}");
        assert!(reason.contains("parallel takes"), "{source}: {reason}");
    }
}

#[test]
fn items_are_copied() {
    let mut run = run(r"
        let items = [#{ n: 1 }, #{ n: 2 }];
        let out = parallel(items, |item| { item.n += 10; item.n });
        log::info(`${out[0]} ${out[1]} ${items[0].n}`);
        ");
    assert_eq!(run.pass().outcome, Outcome::Completed);
    assert_eq!(run.said(), "11 12 1");
}

#[test]
fn an_empty_list_is_an_empty_answer() {
    let mut run = run("log::info(parallel([]).len());");
    assert_eq!(run.pass().outcome, Outcome::Completed);
    assert_eq!(run.said(), "0");
}
