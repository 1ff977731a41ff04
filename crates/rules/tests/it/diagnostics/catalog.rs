//! The examples of the codes: each mistake is told by its code, and each repair is right.

use cuebook_rules::diagnostic::catalog::entries;

use super::{engine, said};

/// Where what is only in a wrong place belongs.
const RIGHT_PLACE: &str = "new-payment/example.rhai";

#[test]
fn each_example_is_told_by_its_code() {
    let engine = engine();
    let mut wrong = Vec::new();
    for entry in entries().filter(|entry| !entry.file.is_empty()) {
        let found = said(&engine, entry.file, entry.wrong);
        if !found.iter().any(|diagnostic| diagnostic.code == entry.code) {
            wrong.push(format!("{}: {found:?}", entry.code));
        }
        for diagnostic in found.iter().filter(|found| found.code == entry.code) {
            assert_eq!(diagnostic.severity, entry.severity(), "{}", entry.code);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn nothing_is_said_about_a_repaired_example() {
    let engine = engine();
    let mut wrong = Vec::new();
    for entry in entries().filter(|entry| !entry.file.is_empty()) {
        let is_misplaced = entry.wrong == entry.right;
        let path = if is_misplaced {
            RIGHT_PLACE
        } else {
            entry.file
        };
        let found = said(&engine, path, entry.right);
        if !found.is_empty() {
            wrong.push(format!("{}: {found:?}", entry.code));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
