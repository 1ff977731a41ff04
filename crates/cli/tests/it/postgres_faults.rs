//! The short forms of the checks on Postgres in `crates/reliability`, each on a server of its own: a node that is killed, one
//! that is frozen, and a database that is away.

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::time::Duration;

use cuebook_reliability::{OutagePlan, TakeoverPlan, check_outages, check_takeovers};

/// How slow a machine may be on which other tests run, too.
const SLOW: Duration = Duration::from_secs(20);

/// What was found; nothing where Postgres is not installed and need not be.
fn unless_missing<T>(found: anyhow::Result<T>) -> Option<T> {
    let error = match found {
        Ok(found) => return Some(found),
        Err(error) => error,
    };
    let kind = error.downcast_ref::<io::Error>().map(io::Error::kind);
    #[expect(
        clippy::disallowed_methods,
        reason = "whether all of it must be tested comes from outside"
    )]
    let is_required = std::env::var_os("CUEBOOK_TEST_REQUIRE_PEERS").is_some();
    assert!(
        kind == Some(io::ErrorKind::NotFound) && !is_required,
        "{error:?}"
    );
    // Not by a macro, whose words the test runner would keep to itself.
    let words = format!("SKIPPED: faults on Postgres: {error}\n");
    io::stderr().write_all(words.as_bytes()).unwrap();
    None
}

fn binary() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_cuebook"))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_killed_and_a_frozen_node_held_is_taken_over_and_repeated_only_where_it_is_in_doubt()
{
    let plan = TakeoverPlan {
        binary: binary(),
        lease: Duration::from_secs(3),
        frozen: Duration::from_secs(8),
        rate: 20,
        seed: 1,
        slack: SLOW,
    };
    let Some(report) = unless_missing(check_takeovers(&plan).await) else {
        return;
    };
    assert_eq!(report.wrong, Vec::<String>::new(), "{report}");
    assert!(report.acknowledged > 0, "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn while_postgres_is_away_webhooks_are_put_off_and_then_work_goes_on_by_itself() {
    let plan = OutagePlan {
        binary: binary(),
        outages: 3,
        longest: Duration::from_secs(6),
        rate: 20,
        seed: 1,
        slack: Duration::from_secs(5),
    };
    let Some(report) = unless_missing(check_outages(&plan).await) else {
        return;
    };
    assert_eq!(report.wrong, Vec::<String>::new(), "{report}");
    assert!(report.acknowledged > 0 && report.put_off > 0, "{report}");
}
