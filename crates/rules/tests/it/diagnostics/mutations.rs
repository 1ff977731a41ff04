//! Whatever is typed into a rule: the checker says something, and never panics.

use std::path::Path;
use std::sync::LazyLock;

use cuebook_rules::diagnostic::render;
use cuebook_rules::{Engine, RuleFiles};
use proptest::prelude::*;

use super::engine;

static ENGINE: LazyLock<Engine> = LazyLock::new(engine);
static STARTER: LazyLock<RuleFiles> = LazyLock::new(|| {
    RuleFiles::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rules")).unwrap()
});

/// What people, and cats, type.
const SCRAPS: &[&str] = &[
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    "#{",
    "\"",
    "'",
    "`",
    "${",
    ";",
    ",",
    ".",
    "..",
    "?.",
    "::",
    "|",
    "||",
    "=>",
    "=",
    "==",
    "let ",
    "const ",
    "fn ",
    "if ",
    "else ",
    "for x in ",
    "while true ",
    "loop ",
    "switch event.type ",
    "return ",
    "throw ",
    "try ",
    "catch ",
    "import ",
    "export ",
    "event",
    "event.payload.",
    "skip(",
    "parallel(",
    "|| ",
    "|x| ",
    "secret(\"A\")",
    "//!",
    "// cuebook: allow(",
    "/*",
    "*/",
    "ü",
    "\u{1f3ad}",
    "\t",
    "\r\n",
    "\0",
    "99999999999999999999",
    "1.5",
    "()",
    "this",
];

#[derive(Debug, Clone)]
enum Change {
    Insert(usize),
    Delete(usize),
    Cut,
    Double,
}

fn change() -> impl Strategy<Value = (prop::sample::Index, Change)> {
    let change = prop_oneof![
        4 => (0..SCRAPS.len()).prop_map(Change::Insert),
        4 => (1..20_usize).prop_map(Change::Delete),
        1 => Just(Change::Cut),
        1 => Just(Change::Double),
    ];
    (any::<prop::sample::Index>(), change)
}

fn changed(text: &str, at: prop::sample::Index, change: &Change) -> String {
    let chars: Vec<char> = text.chars().collect();
    let at = at.index(chars.len() + 1);
    let (before, after) = chars.split_at(at);
    let all = |chars: &[char]| chars.iter().collect::<String>();
    match change {
        Change::Insert(scrap) => [all(before).as_str(), SCRAPS[*scrap], &all(after)].concat(),
        Change::Delete(count) => [all(before), all(&after[(*count).min(after.len())..])].concat(),
        Change::Cut => all(before),
        Change::Double => all(before).repeat(2),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_mutated_rule_is_checked_without_a_panic(
        file in any::<prop::sample::Index>(),
        changes in prop::collection::vec(change(), 1..5),
    ) {
        let mut files = STARTER.clone();
        let paths: Vec<String> = files.0.keys().cloned().collect();
        let path = file.get(&paths);
        let mut text = STARTER.text(path).unwrap().to_owned();
        for (at, change) in &changes {
            text = changed(&text, *at, change);
        }
        files.0.insert(path.clone(), text.clone().into_bytes());
        let checked = ENGINE.check(&files);
        prop_assert_eq!(checked.set.is_none(), checked.diagnostics.iter().any(cuebook_rules::Diagnostic::is_error));
        for diagnostic in &checked.diagnostics {
            prop_assert!(diagnostic.line >= 1 && diagnostic.column >= 1 && diagnostic.length >= 1);
            render(diagnostic, files.text(&diagnostic.file), true);
        }
    }
}
