//! A short form of `cuebook-reliability --clients`: what connections that say nothing, and a process without file
//! descriptors, cost others. How slow ones are closed is a matter of the server's own tests, with shorter times.

use std::path::PathBuf;

use cuebook_reliability::{ClientsPlan, check_clients};

#[tokio::test(flavor = "multi_thread")]
async fn idle_connections_and_a_lack_of_descriptors_hold_nobody_up_for_long() {
    let plan = ClientsPlan {
        binary: PathBuf::from(env!("CARGO_BIN_EXE_cuebook")),
        slow: 0,
        idle: 500,
        descriptors: 96,
        requests: 100,
    };
    let report = check_clients(&plan).await.unwrap();
    assert!(report.busy < 0.9, "it spins: {report}");
    assert!(
        report
            .phases
            .iter()
            .all(|phase| phase.within(1_000).as_secs() < 30),
        "{report}"
    );
}
