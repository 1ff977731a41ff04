//! `cuebook definitions`: the files that editors read.

use std::fs;

use crate::folder::Folder;

#[test]
fn the_definitions_lie_hidden_beside_the_rules_and_no_rule_is_read_from_them() {
    let folder = Folder::new();
    folder.write("rules/new-booking/note.rhai", "log::info(event.id);\n");
    let ended = folder.run(&["definitions"], &[]);
    assert_eq!(ended.code, 0, "{ended:?}");
    assert!(ended.stdout.contains("rules/.definitions"), "{ended:?}");
    let http = folder.read("rules/.definitions/http.d.rhai");
    assert!(http.contains("module http;"), "{http}");
    assert!(http.contains("fn get(url: String) -> "), "{http}");
    assert_eq!(folder.read("rules/.definitions/.gitignore"), "*\n");

    let checked = folder.run(&["check"], &[]);
    assert_eq!(checked.code, 0, "{checked:?}");
    assert_eq!(checked.stdout, "checked 1 rule: ok\n");
}

#[test]
fn a_file_that_is_right_is_not_touched_and_one_of_another_version_is_removed() {
    let folder = Folder::new();
    folder.run(&["definitions", "editor"], &[]);
    let old = folder.write("editor/gone.d.rhai", "module gone;\n");
    let own = folder.write("editor/notes.md", "mine");
    let before = fs::metadata(folder.path("editor/http.d.rhai")).unwrap();
    folder.write("editor/text.d.rhai", "changed");
    let ended = folder.run(&["definitions", "editor"], &[]);
    assert_eq!(ended.code, 0, "{ended:?}");
    let after = fs::metadata(folder.path("editor/http.d.rhai")).unwrap();
    assert_eq!(after.modified().unwrap(), before.modified().unwrap());
    assert!(folder.read("editor/text.d.rhai").contains("module text;"));
    assert!(!old.exists() && own.exists());
}
