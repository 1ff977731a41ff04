//! A rule that is changed, and then deleted, while many of its runs wait: they go on as they began.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::TimeDelta;
use cuebook_core::run::RunState;
use cuebook_core::state::{StateKey, StateScope};
use cuebook_core::{Account, EventId, Value};
use cuebook_testkit::{Cuebook, eventually};
use serde_json::json;
use tokio::task::JoinSet;

/// So many runs wait.
const RUNS: usize = 1_000;
const FILE: &str = "new-booking/patient.rhai";

/// Half of the runs sleep, half wait for an event; then each is counted under the version's name.
fn source(version: &str) -> String {
    format!(
        r#"//! Waits.
import "lib/words" as words;
if event.payload["sleeps"] {{ sleep("1h"); }} else {{ wait_for("new-payment", #{{}}, "14d"); }}
state::incr(words::counter("{version}"), 1, "shared");
"#
    )
}

fn library(word: &str) -> String {
    format!("//! Words.\nfn counter(name) {{ \"{word} \" + name }}\n")
}

async fn send(
    cuebook: &Arc<Cuebook>,
    event_type: &'static str,
    numbers: Vec<usize>,
) -> Vec<EventId> {
    let mut senders = JoinSet::new();
    for sender in 0..16 {
        let (cuebook, numbers) = (cuebook.clone(), numbers.clone());
        senders.spawn(async move {
            let mut events = Vec::new();
            for number in numbers.into_iter().skip(sender).step_by(16) {
                let payload =
                    json!({ "booking_pid": number.to_string(), "sleeps": number % 2 == 0 });
                events.push(cuebook.hook(event_type, payload).await);
            }
            events
        });
    }
    senders.join_all().await.into_iter().flatten().collect()
}

async fn wait_for_runs(cuebook: &Cuebook, state: &str, count: usize) {
    let count = u64::try_from(count).unwrap();
    eventually(&format!("{count} runs to be {state}"), async || {
        let counts = cuebook
            .store()
            .close_books()
            .await
            .unwrap()
            .balance
            .runs_by_state;
        (counts.get(state) == Some(&count)).then_some(())
    })
    .await;
}

async fn counted(cuebook: &Cuebook, key: &str) -> Option<Value> {
    let key = StateKey {
        account: Account::default(),
        scope: StateScope::Shared,
        rule: None,
        subject: None,
        captured: false,
        key: key.to_owned(),
    };
    cuebook.store().read_state(&key).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_waiting_runs_end_on_the_version_they_began_with_whatever_becomes_of_the_rule() {
    let cuebook = Cuebook::builder()
        .with_manual_clock()
        .rule(FILE, source("one"))
        .rule("lib/words.rhai", library("runs of"))
        .start()
        .await;
    let cuebook = Arc::new(cuebook);
    let events = send(&cuebook, "new-booking", (0..RUNS).collect()).await;
    wait_for_runs(&cuebook, "waiting", RUNS).await;

    // The rule and what it imports are changed; one more begins, on what is new.
    let mut cuebook = Arc::into_inner(cuebook).unwrap();
    cuebook
        .change_rules(|files| {
            files.0.insert(FILE.to_owned(), source("two").into_bytes());
            let library = library("counted").into_bytes();
            files.0.insert("lib/words.rhai".to_owned(), library);
        })
        .await;
    let newer = json!({ "booking_pid": "newer", "sleeps": true });
    let newer = cuebook.hook("new-booking", newer).await;
    cuebook.wait_for_run(newer, RunState::Waiting).await;

    // Then all of it is deleted, and another process goes on, which has never read a version of it.
    cuebook.change_rules(|files| files.0.clear()).await;
    let cuebook = Arc::new(cuebook.restart().await);
    cuebook.advance(TimeDelta::hours(1));
    send(&cuebook, "new-payment", (1..RUNS).step_by(2).collect()).await;
    wait_for_runs(&cuebook, "completed", RUNS + 1).await;

    let whole = i64::try_from(RUNS).unwrap();
    assert_eq!(
        counted(&cuebook, "runs of one").await,
        Some(Value::Int(whole))
    );
    assert_eq!(counted(&cuebook, "counted two").await, Some(Value::Int(1)));
    for mixed in ["runs of two", "counted one"] {
        assert_eq!(counted(&cuebook, mixed).await, None, "{mixed}");
    }
    let mut versions = BTreeSet::new();
    for event in events {
        let run = cuebook.ended_run(event).await.run;
        versions.insert(run.rule_version.unwrap().to_string());
    }
    assert_eq!(versions.len(), 1, "{versions:?}");
    let newer = cuebook.ended_run(newer).await.run.rule_version.unwrap();
    assert!(!versions.contains(&newer.to_string()));
    assert_eq!(cuebook.store().close_books().await.unwrap().findings, []);
}
