//! What `cuebook check` prints.

use crate::folder::Folder;

fn rules() -> Folder {
    let folder = Folder::new();
    folder.write(
        "rules/new-booking/thank.rhai",
        "//! Thanks the customer.\n\nlog::info(ticketpark::boking(event.payload.booking_pid).pid);\n",
    );
    folder.write(
        "rules/new-payment/note.rhai",
        "//! Notes the payment.\n\nlog::info(event.payload.amout);\n",
    );
    folder
}

#[test]
fn the_place_the_reason_and_the_remedy_are_shown() {
    let ended = rules().run(&["check"], &[]);
    assert_eq!(ended.code, 1);
    insta::assert_snapshot!(ended.stdout, @r#"
    error[E0301]: there is no function `ticketpark::boking`
     --> rules/new-booking/thank.rhai:3:11
      |
    3 | log::info(ticketpark::boking(event.payload.booking_pid).pid);
      |           ^^^^^^^^^^^^^^^^^^
      |
      = help: did you mean `ticketpark::booking`?

    error[E0401]: the payload of `new-payment` has no field `amout`
     --> rules/new-payment/note.rhai:3:25
      |
    3 | log::info(event.payload.amout);
      |                         ^^^^^ no such field
      |
      = help: did you mean `amount`?
      = note: if Ticketpark sends it by now, write `payload["amout"]`

    checked 2 rules: 2 errors, 0 warnings
    "#);
}

#[test]
fn of_one_file_only_its_own_findings_are_shown() {
    let folder = rules();
    let ended = folder.run(&["check", "rules/new-payment/note.rhai"], &[]);
    assert!(ended.stdout.contains("amout"), "{ended:?}");
    assert!(!ended.stdout.contains("boking"), "{ended:?}");
    let ended = folder.run(&["check", "rules/new-booking"], &[]);
    assert!(!ended.stdout.contains("amout"), "{ended:?}");
    assert!(ended.stdout.contains("boking"), "{ended:?}");
}

#[test]
fn json_has_one_object_a_finding() {
    let ended = rules().run(&["check", "--format", "json"], &[]);
    assert_eq!(ended.code, 1);
    let json: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap();
    let found = &json.as_array().unwrap()[0];
    assert_eq!(found["file"], "rules/new-booking/thank.rhai");
    assert_eq!(found["line"], 3);
    assert_eq!(found["severity"], "error");
    for member in ["column", "code", "message", "help"] {
        assert!(!found[member].is_null(), "{member} in {found}");
    }
}

#[test]
fn a_code_is_explained_with_its_repair() {
    let ended = rules().run(&["check", "--explain", "e0401"], &[]);
    assert_eq!(ended.code, 0, "{ended:?}");
    assert!(ended.stdout.starts_with("error[E0401]: "), "{ended:?}");
    assert!(ended.stdout.contains("Repaired:"), "{ended:?}");
    let ended = rules().run(&["check", "--explain", "E9999"], &[]);
    assert_eq!(ended.code, 2, "{ended:?}");
}

#[test]
fn warnings_are_findings_only_where_they_are_denied() {
    let folder = Folder::new();
    let rule = "//! Notes it.\nlet pid = event.payload.booking_pid;\n";
    folder.write("rules/new-payment/note.rhai", rule);
    let ended = folder.run(&["check"], &[]);
    assert_eq!(ended.code, 0, "{ended:?}");
    assert!(ended.stdout.contains("warning[W0801]"), "{ended:?}");
    let ended = folder.run(&["check", "--deny-warnings"], &[]);
    assert_eq!(ended.code, 1, "{ended:?}");
}
