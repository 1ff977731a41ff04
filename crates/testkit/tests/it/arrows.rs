//! The arrows between the crates, read from `cargo metadata`: there are these and no others.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value as Json;

/// What each of our crates may know of the others. Development only, and so free: testkit, bench and
/// reliability. Free too: cli, where
/// everything is put together.
const ARROWS: &[(&str, &[&str])] = &[
    ("cuebook-core", &[]),
    ("cuebook-rules", &["cuebook-core"]),
    ("cuebook-store", &["cuebook-core", "cuebook-migrations"]),
    ("cuebook-effects", &["cuebook-core", "cuebook-ticketpark"]),
    ("cuebook-ticketpark", &[]),
    (
        "cuebook-worker",
        &[
            "cuebook-core",
            "cuebook-rules",
            "cuebook-store",
            "cuebook-effects",
        ],
    ),
    (
        "cuebook-server",
        &["cuebook-core", "cuebook-rules", "cuebook-store"],
    ),
    ("cuebook-pretend", &[]),
    ("cuebook-migrations", &[]),
];

/// Crates that may know all others.
const FREE: &[&str] = &[
    "cuebook",
    "cuebook-testkit",
    "cuebook-bench",
    "cuebook-reliability",
];

/// Stones that lie in one place each; the bench's ceilings are made of the same ones.
const HOMES: &[(&str, &[&str])] = &[
    (
        "poem",
        &["cuebook-server", "cuebook-pretend", "cuebook-bench"],
    ),
    ("poem-openapi", &["cuebook-server", "cuebook-pretend"]),
    ("rhai", &["cuebook-rules", "cuebook-bench"]),
    (
        "sea-orm",
        &["cuebook-store", "cuebook-migrations", "cuebook-bench"],
    ),
    (
        "sea-orm-migration",
        &["cuebook-store", "cuebook-migrations"],
    ),
    ("lettre", &["cuebook-effects"]),
];

/// What each crate of the workspace depends on to be built.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let output = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--format-version",
            "1",
            "--no-deps",
            "--offline",
        ])
        .args([
            "--manifest-path",
            concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"),
        ])
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: Json = serde_json::from_slice(&output.stdout).unwrap();
    let text = |json: &Json| json.as_str().unwrap().to_owned();
    metadata["packages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|package| {
            let needed = package["dependencies"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|dependency| dependency["kind"] != "dev")
                .map(|dependency| text(&dependency["name"]));
            (text(&package["name"]), needed.collect())
        })
        .collect()
}

#[test]
fn there_are_no_arrows_between_our_crates_but_those_of_the_design() {
    let allowed: BTreeMap<&str, &[&str]> = ARROWS.iter().copied().collect();
    let all = dependencies();
    let mut wrong = Vec::new();
    for (from, needed) in &all {
        if FREE.contains(&from.as_str()) {
            continue;
        }
        let Some(allowed) = allowed.get(from.as_str()) else {
            wrong.push(format!("{from} stands in no list"));
            continue;
        };
        for to in needed.iter().filter(|name| all.contains_key(*name)) {
            if !allowed.contains(&to.as_str()) {
                wrong.push(format!("{from} → {to}"));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn each_stone_lies_in_its_own_crate() {
    let mut wrong = Vec::new();
    for (from, needed) in dependencies() {
        for (stone, homes) in HOMES {
            if needed.contains(*stone) && !homes.contains(&from.as_str()) {
                wrong.push(format!("{from} uses {stone}"));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}
