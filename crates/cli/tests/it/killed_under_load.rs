//! The short form of the check in `crates/reliability`: a server that is killed again and again while webhooks arrive.

use std::path::PathBuf;

use cuebook_reliability::{Plan, check};

#[tokio::test(flavor = "multi_thread")]
async fn ten_kills_under_load_lose_nothing_and_repeat_nothing_in_silence() {
    let plan = Plan {
        binary: PathBuf::from(env!("CARGO_BIN_EXE_cuebook")),
        kills: 10,
        rate: 40,
        seed: 1,
    };
    let report = check(&plan).await.unwrap();
    assert_eq!(report.wrong, Vec::<String>::new(), "{report}");
    assert!(report.acknowledged > 0, "{report}");
}
