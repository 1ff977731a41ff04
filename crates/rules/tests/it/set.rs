//! Sets of rules: which events are for which rules, and what makes a version.

use cuebook_core::event::Origin;
use cuebook_core::events::EventType;
use cuebook_rules::{ActiveRules, RuleSet};

use crate::driver::{engine, files};

fn set(all: &[(&str, &str)]) -> RuleSet {
    let checked = engine().check(&files(all));
    checked
        .set
        .unwrap_or_else(|| panic!("{:#?}", checked.diagnostics))
}

fn head(options: &str) -> String {
    format!("//! ```toml\n//! {options}\n//! ```\n")
}

fn names(set: &RuleSet, event_type: &str, origin: Origin) -> Vec<String> {
    set.for_event(&EventType::from_wire(event_type), origin)
        .iter()
        .map(|rule| rule.name.to_string())
        .collect()
}

#[test]
fn an_event_is_for_its_folder_and_for_any() {
    let set = set(&[
        ("new-booking/a.rhai", ""),
        ("new-booking/off.rhai", &head("enabled = false")),
        ("new-payment/b.rhai", ""),
        ("own-type/o.rhai", ""),
        ("any/all.rhai", ""),
        (
            "any/some.rhai",
            &head("types = [\"new-payment\", \"own-type\"]"),
        ),
        ("manual/m.rhai", ""),
        ("lib/l.rhai", ""),
    ]);
    assert_eq!(
        names(&set, "new-booking", Origin::Webhook),
        ["any/all", "new-booking/a"]
    );
    assert_eq!(
        names(&set, "new-payment", Origin::Trigger),
        ["any/all", "any/some", "new-payment/b"]
    );
    assert_eq!(
        names(&set, "own-type", Origin::Webhook),
        ["any/all", "any/some", "own-type/o"]
    );
    assert_eq!(names(&set, "seat-map", Origin::Reconcile), ["any/all"]);
    assert!(set.rules.contains_key(&"new-booking/off".parse().unwrap()));
}

#[test]
fn what_rules_emit_is_for_any_only_if_its_types_say_so() {
    let set = set(&[
        ("own-type/o.rhai", ""),
        ("any/all.rhai", ""),
        ("any/some.rhai", &head("types = [\"own-type\"]")),
    ]);
    for origin in [Origin::Emit, Origin::Schedule] {
        assert_eq!(names(&set, "own-type", origin), ["any/some", "own-type/o"]);
        assert_eq!(names(&set, "new-booking", origin), Vec::<String>::new());
    }
}

#[test]
fn a_tick_is_for_its_rule_and_for_any_that_names_ticks() {
    let set = set(&[
        ("schedule/daily.rhai", &head("schedule = \"@daily\"")),
        (
            "schedule/off.rhai",
            &head("enabled = false\n//! schedule = \"@daily\""),
        ),
        ("any/all.rhai", ""),
        ("any/ticks.rhai", &head("types = [\"schedule\"]")),
    ]);
    let for_tick = |name: &str| {
        let rules = set.for_tick(&name.parse().unwrap());
        rules
            .iter()
            .map(|rule| rule.name.to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(for_tick("schedule/daily"), ["any/ticks", "schedule/daily"]);
    assert_eq!(for_tick("schedule/off"), ["any/ticks"]);
    let by_timetable: Vec<_> = set
        .by_timetable()
        .map(|(rule, timetable)| (rule.name.as_str(), timetable.cron()))
        .collect();
    assert_eq!(by_timetable, [("schedule/daily", "@daily")]);
}

#[test]
fn a_message_cannot_call_itself_like_one_of_our_folders() {
    let set = set(&[
        ("manual/m.rhai", ""),
        ("any/a.rhai", &head("types = [\"new-payment\"]")),
    ]);
    for name in ["manual", "any", "lib", "templates", "schedule"] {
        assert_eq!(
            names(&set, name, Origin::Webhook),
            Vec::<String>::new(),
            "{name}"
        );
    }
}

#[test]
fn both_spellings_of_a_type_are_one() {
    let set = set(&[
        ("person-updated/p.rhai", ""),
        ("any/a.rhai", &head("types = [\"new-updated\"]")),
    ]);
    assert_eq!(
        names(&set, "new-updated", Origin::Webhook),
        ["any/a", "person-updated/p"]
    );
}

#[test]
fn a_version_is_of_source_imports_and_templates_and_of_nothing_else() {
    let base = [
        ("new-booking/a.rhai", "import \"lib/x\" as x;"),
        ("new-booking/b.rhai", ""),
        ("lib/x.rhai", "import \"lib/y\" as y;"),
        ("lib/y.rhai", "fn y() { 1 }"),
        ("lib/z.rhai", "fn z() { 1 }"),
        ("templates/t.de.txt", "x"),
    ];
    let versions = |set: &RuleSet| {
        let version = |name: &str| set.rules[&name.parse().unwrap()].version.0.clone();
        (version("new-booking/a"), version("new-booking/b"))
    };
    let changed = |path: &str, text: &'static str| {
        let mut all = base;
        for file in &mut all {
            if file.0 == path {
                file.1 = text;
            }
        }
        set(&all)
    };
    let before = set(&base);
    let (a, b) = versions(&before);
    assert_eq!(a.len(), 64);
    assert_ne!(a, b);
    for (path, changes_a, changes_b) in [
        ("new-booking/a.rhai", true, false),
        ("lib/x.rhai", true, false),
        ("lib/y.rhai", true, false),
        ("lib/z.rhai", false, false),
        ("templates/t.de.txt", true, true),
    ] {
        let text = if path == "new-booking/a.rhai" {
            "import \"lib/x\" as x; // changed"
        } else if path == "lib/x.rhai" {
            "import \"lib/y\" as y; // changed"
        } else {
            "// changed"
        };
        let after = changed(path, text);
        let (new_a, new_b) = versions(&after);
        assert_eq!((a != new_a, b != new_b), (changes_a, changes_b), "{path}");
        assert_ne!(before.hash, after.hash, "{path}");
    }
    assert_eq!(versions(&set(&base)), (a, b));
}

#[test]
fn a_pinned_version_compiles_from_its_own_files_alone() {
    let set = set(&[
        ("new-booking/a.rhai", "import \"lib/x\" as x; x::y();"),
        ("new-booking/b.rhai", ""),
        ("lib/x.rhai", "fn y() { 1 }"),
    ]);
    let rule = &set.rules[&"new-booking/a".parse().unwrap()];
    assert_eq!(rule.paths, ["lib/x.rhai", "new-booking/a.rhai"]);
    let mut pinned = set.files.clone();
    pinned.0.retain(|path, _| rule.paths.contains(path));
    let program = engine().program(&rule.name, &pinned).unwrap();
    assert_eq!(program.rule(), &rule.name);
}

#[test]
fn the_active_set_is_swapped_as_a_whole() {
    let rules = ActiveRules::new(RuleSet::empty());
    let before = rules.load();
    rules.swap(set(&[("new-booking/a.rhai", "")]));
    assert!(before.rules.is_empty());
    assert_eq!(
        names(&rules.load(), "new-booking", Origin::Webhook),
        ["new-booking/a"]
    );
    assert_ne!(before.hash, rules.load().hash);
}
