//! Libraries: compiled in once, functions and constants only, and only the rule's own.

use cuebook_core::rule::RuleName;
use cuebook_rules::{Diagnostic, Outcome};

use crate::driver::{RULE, engine, failure, files, run};

fn errors(list: &[(&str, &str)]) -> Vec<Diagnostic> {
    let rule: RuleName = RULE.parse().unwrap();
    engine().program(&rule, &files(list)).unwrap_err()
}

fn with_libraries(source: &str, libraries: &[(&str, &str)]) -> crate::driver::Run {
    let mut run = run("");
    let mut list = vec![("new-booking/test.rhai", source)];
    list.extend(libraries);
    let rule: RuleName = RULE.parse().unwrap();
    run.program = run.engine.program(&rule, &files(&list)).unwrap();
    run
}

#[test]
fn functions_and_constants_are_there() {
    let mut run = with_libraries(
        r#"
        import "lib/a" as a;
        fn inside() { a::twice(a::LIMIT) }
        log::info(`${inside()} ${a::over_b()}`);
        "#,
        &[
            (
                "lib/a.rhai",
                r#"
                import "lib/deep/b" as b;
                export const LIMIT = 21;
                fn twice(n) { helper(n) }
                private fn helper(n) { n * 2 }
                fn over_b() { b::name() }
                "#,
            ),
            ("lib/deep/b.rhai", r#"fn name() { "b" }"#),
        ],
    );
    assert_eq!(run.pass().outcome, Outcome::Completed);
    assert_eq!(run.said(), "42 b");
    let paths: Vec<&str> = run.program.paths().collect();
    assert_eq!(
        paths,
        ["new-booking/test.rhai", "lib/deep/b.rhai", "lib/a.rhai"]
    );
}

#[test]
fn libraries_take_steps_and_see_the_event() {
    let mut run = with_libraries(
        r#"import "lib/a" as a; try { a::ask(); } catch { log::info("caught"); }"#,
        &[(
            "lib/a.rhai",
            r#"fn ask() { http::get("https://a.example/" + event.payload.booking_pid) }"#,
        )],
    );
    run.echo();
    assert_eq!(
        run.calls[0].arguments[0].as_text(),
        Some("https://a.example/293233446073")
    );
    assert!(run.logs.is_empty());
}

#[test]
fn an_error_in_a_library_names_its_file_and_line() {
    let mut run = with_libraries(
        "import \"lib/a\" as a;\n\na::outer();",
        &[(
            "lib/a.rhai",
            "fn outer() {\n  inner()\n}\nfn inner() {\n  throw \"broken\";\n}",
        )],
    );
    let pass = run.pass();
    assert_eq!(failure(&pass).1, "lib/a.rhai:5: broken");
}

#[test]
fn only_libraries_can_be_imported() {
    for path in [
        "/etc/passwd",
        "../lib/a",
        "lib/../new-booking/test",
        "lib//a",
        "lib/",
        "new-booking/other",
        "lib/a.rhai",
        "templates/x",
        "",
    ] {
        let source = format!("import \"{path}\" as x;");
        let found = errors(&[
            ("new-booking/test.rhai", &source),
            ("new-booking/other.rhai", ""),
            ("lib/a.rhai", ""),
        ]);
        assert_eq!(found.len(), 1, "{path}");
        assert_eq!(found[0].line, 1);
        assert_eq!(found[0].code, cuebook_rules::diagnostic::code::IMPORT);
    }
}

#[test]
fn a_path_has_to_be_a_plain_text() {
    let found = errors(&[(
        "new-booking/test.rhai",
        "let p = \"lib/a\";\nimport p as x;",
    )]);
    assert!(found[0].message.contains("plain text"));
    assert_eq!(found[0].line, 2);
}

#[test]
fn a_missing_library_and_a_circle_are_told() {
    let found = errors(&[("new-booking/test.rhai", "import \"lib/none\" as x;")]);
    assert!(found[0].message.contains("lib/none.rhai"));
    let found = errors(&[
        ("new-booking/test.rhai", "import \"lib/a\" as a;"),
        ("lib/a.rhai", "import \"lib/b\" as b;"),
        ("lib/b.rhai", "import \"lib/a\" as a;"),
    ]);
    assert_eq!(found[0].file, "lib/b.rhai");
    assert_eq!(
        found[0].code,
        cuebook_rules::diagnostic::code::IMPORT_CIRCLE
    );
}

#[test]
fn a_library_does_nothing_when_it_is_imported() {
    for statement in ["let x = 1;", "print(1);", "if true { }", "loop { }"] {
        let found = errors(&[
            ("new-booking/test.rhai", "import \"lib/a\" as a;"),
            ("lib/a.rhai", &format!("\n{statement}")),
        ]);
        assert_eq!(found[0].file, "lib/a.rhai", "{statement}");
        assert_eq!(found[0].line, 2);
    }
    let found = errors(&[
        ("new-booking/test.rhai", "import \"lib/a\" as a;"),
        ("lib/a.rhai", "const X = http::get(\"https://a.example\");"),
    ]);
    assert!(
        found[0].message.contains("only while a rule runs"),
        "{}",
        found[0].message
    );
}

#[test]
fn a_file_that_is_no_script_is_told_with_line_and_column() {
    let found = errors(&[("new-booking/test.rhai", "let x = 1;\nlet = 2;")]);
    assert_eq!((found[0].line, found[0].column), (2, 5));
    let long = "/".repeat(64 * 1024 + 1);
    let found = errors(&[("new-booking/test.rhai", &long)]);
    assert!(found[0].message.contains("64 KiB"));
    assert!(!errors(&[]).is_empty());
}
