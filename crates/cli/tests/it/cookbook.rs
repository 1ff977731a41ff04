//! The starter rules and the cookbook: what we hand out passes our own checks and tests, also when the process dies after
//! every step.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::Value as Json;

use crate::folder::{Ended, Folder};

/// How long all tests of a folder may take.
const QUICK: Duration = Duration::from_secs(2);

fn repository(name: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    root.join(name)
        .canonicalize()
        .unwrap()
        .display()
        .to_string()
}

fn run(arguments: &[&str]) -> Ended {
    Folder::new().run(arguments, &[])
}

#[test]
fn what_we_hand_out_is_checked_without_a_finding() {
    for folder in ["rules", "docs/cookbook"] {
        let ended = run(&["check", &repository(folder), "--format", "json"]);
        assert_eq!(ended.code, 0, "{ended:?}");
        let found: Json = serde_json::from_str(&ended.stdout).unwrap();
        assert_eq!(found, Json::Array(Vec::new()), "{folder}");
    }
}

#[test]
fn all_tests_of_what_we_hand_out_pass_in_no_time() {
    for (folder, least) in [("rules", 20), ("docs/cookbook", 28)] {
        let began = Instant::now();
        let ended = run(&["test", &repository(folder)]);
        assert_eq!(ended.code, 0, "{ended:?}");
        assert!(began.elapsed() < QUICK, "{:?}", began.elapsed());
        assert!(passed(&ended) >= least, "{ended:?}");
    }
}

#[test]
fn they_pass_too_when_the_process_dies_after_every_step() {
    for folder in ["rules", "docs/cookbook"] {
        let ended = run(&["test", &repository(folder), "--crash-everywhere"]);
        assert_eq!(ended.code, 0, "{ended:?}");
    }
}

/// How many tests passed, by the last line of the report.
fn passed(ended: &Ended) -> usize {
    let line = ended.stdout.lines().find(|line| line.contains(" passed;"));
    line.and_then(|line| line.split_whitespace().find_map(|word| word.parse().ok()))
        .unwrap_or(0)
}
