//! `cuebook new`: rules from templates.

use crate::folder::Folder;

/// All that a rule can be made for.
const RULES: &[&str] = &[
    "new-booking/first",
    "new-payment/first",
    "booking-tickets-updated/first",
    "booking-tickets-deleted/first",
    "booking-cancelled/first",
    "new-person/first",
    "person-updated/first",
    "any/first",
    "schedule/first",
    "manual/first",
];

/// Makes a rule for each type in one folder.
fn all() -> Folder {
    let folder = Folder::new();
    for name in RULES {
        let ended = folder.run(&["new", name], &[]);
        assert_eq!(ended.code, 0, "{name}: {ended:?}");
    }
    folder
}

#[test]
fn the_rule_of_each_template_passes_the_check_without_a_warning() {
    let folder = all();
    assert!(folder.path("rules/.definitions/event.d.rhai").exists());
    let ended = folder.run(&["check"], &[]);
    assert_eq!(ended.code, 0, "{ended:?}");
    assert!(
        ended.stdout.starts_with("checked 10 rules: ok"),
        "{ended:?}"
    );
    assert!(!ended.stdout.contains("warning"), "{ended:?}");
}

#[test]
fn the_test_of_each_template_passes() {
    let ended = all().run(&["test"], &[]);
    assert_eq!(ended.code, 0, "{ended:?}");
    assert!(ended.stdout.contains("15 passed"), "{ended:?}");
}

#[test]
fn what_exists_is_not_overwritten() {
    let folder = Folder::new();
    let test = folder.write("rules/new-booking/mine.test.rhai", "// mine\n");
    let ended = folder.run(&["new", "new-booking/mine"], &[]);
    assert_eq!(ended.code, 2, "{ended:?}");
    assert!(
        ended.stderr.contains("mine.test.rhai is there already"),
        "{ended:?}"
    );
    assert!(!folder.path("rules/new-booking/mine.rhai").exists());
    assert_eq!(std::fs::read_to_string(test).unwrap(), "// mine\n");
}

#[test]
fn an_unknown_type_is_refused_with_the_one_that_was_meant() {
    let folder = Folder::new();
    let ended = folder.run(&["new", "new-bokking/mine"], &[]);
    assert_eq!(ended.code, 2, "{ended:?}");
    assert!(
        ended.stderr.contains("did you mean new-booking?"),
        "{ended:?}"
    );
    assert!(!folder.path("rules").exists());
    let ended = folder.run(&["new", "seat-offered/mine", "--force"], &[]);
    assert_eq!(ended.code, 0, "{ended:?}");
    let checked = folder.run(&["check"], &[]);
    assert_eq!(checked.code, 0, "{checked:?}");
}
