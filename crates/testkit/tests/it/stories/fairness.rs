//! What hangs holds up nobody else: a host, a mail server.

use std::sync::Arc;
use std::time::{Duration, Instant};

use cuebook_core::effect::{AttemptOutcome, EffectState};
use cuebook_core::run::RunState;
use cuebook_core::{EventId, RunId};
use cuebook_testkit::{Answer, Cuebook, Gate, HttpPeer, eventually};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

/// So many requests a host gets at a time that has never answered.
const UNKNOWN: usize = 2;
/// So long may something take that has to wait for nobody.
const SOON: Duration = Duration::from_secs(2);

/// A peer that answers nothing until its gate opens.
async fn hanging() -> (HttpPeer, Gate) {
    let gate = Gate::default();
    let behind = gate.clone();
    let peer = HttpPeer::start(move |_| Answer::new(200, "{}").behind(&behind));
    (peer.await.unwrap(), gate)
}

/// Accepts `count` bookings.
async fn book(cuebook: &Arc<Cuebook>, count: usize) -> Vec<EventId> {
    let mut senders = JoinSet::new();
    for sender in 0..16 {
        let cuebook = cuebook.clone();
        senders.spawn(async move {
            let mut events = Vec::new();
            for number in (sender..count).step_by(16) {
                let payload = json!({ "booking_pid": number.to_string() });
                events.push(cuebook.hook("new-booking", payload).await);
            }
            events
        });
    }
    senders.join_all().await.into_iter().flatten().collect()
}

async fn person(cuebook: &Cuebook, number: usize) -> EventId {
    let payload = json!({ "person_pid": number.to_string() });
    cuebook.hook("new-person", payload).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_hangs_holds_up_no_other_webhook_and_what_is_not_begun_counts_as_no_attempt() {
    let (slow, gate) = hanging().await;
    let good = HttpPeer::welcoming().await.unwrap();
    let to =
        |peer: &HttpPeer| format!("//! Tells.\nwebhook::send(\"{}\", \"x\");\n", peer.url("/"));
    let cuebook = Cuebook::builder()
        .rule("new-booking/slow.rhai", to(&slow))
        .rule("new-person/good.rhai", to(&good))
        .start()
        .await;
    let cuebook = Arc::new(cuebook);
    let events = book(&cuebook, 230).await;
    let mut runs: Vec<RunId> = Vec::new();
    for event in events {
        runs.push(cuebook.wait_until_ended(event).await.runs[0].id);
    }
    slow.wait_for(UNKNOWN).await;

    let begun = Instant::now();
    person(&cuebook, 1).await;
    good.wait_for(1).await;
    assert!(begun.elapsed() < SOON, "{:?}", begun.elapsed());
    assert_eq!(slow.requests().len(), UNKNOWN, "no more at once");

    let cuebook = Arc::into_inner(cuebook).unwrap();
    let (cuebook, ()) = tokio::join!(cuebook.restart(), async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        gate.open();
    });
    slow.wait_for(230).await;
    for run in runs {
        let effect = eventually("the send to be settled", async || {
            let effect = cuebook.run(run).await.effects.remove(0);
            (effect.state != EffectState::Pending).then_some(effect)
        })
        .await;
        let outcomes: Vec<_> = effect.attempts.iter().map(|tried| tried.outcome).collect();
        assert_eq!(outcomes, [AttemptOutcome::Done]);
    }
    assert_eq!(slow.requests().len(), 230, "each once");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_server_that_stalls_holds_up_no_webhook() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let good = HttpPeer::welcoming().await.unwrap();
    let mails = "//! Writes.\nlet to = [];\nfor n in 0..50 { to.push(`p${n}@example.com`); }\n\
                 email::send(#{ to: to, subject: \"Hi\", text: \"Hi\" });\n";
    let tells = format!("//! Tells.\nwebhook::send(\"{}\", \"x\");\n", good.url("/"));
    let cuebook = Cuebook::builder()
        .mailing_to(format!("smtp://{}", silent.local_addr().unwrap()))
        .rule("new-booking/mails.rhai", mails)
        .rule("new-person/good.rhai", tells)
        .start()
        .await;
    let cuebook = Arc::new(cuebook);
    for event in book(&cuebook, 4).await {
        cuebook.wait_until_ended(event).await;
    }
    let _first = silent.accept().await.unwrap();
    let begun = Instant::now();
    person(&cuebook, 1).await;
    good.wait_for(1).await;
    assert!(begun.elapsed() < SOON, "{:?}", begun.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn runs_that_wait_for_a_host_that_hangs_hold_up_no_other_rule() {
    let (slow, _gate) = hanging().await;
    let asks = format!("//! Asks.\nhttp::get(\"{}\");\n", slow.url("/"));
    let cuebook = Cuebook::builder()
        .rule("new-booking/slow.rhai", asks)
        .rule(
            "new-person/quick.rhai",
            "//! Does nothing.\nskip(\"no need\");\n",
        )
        .start()
        .await;
    let cuebook = Arc::new(cuebook);
    // More than may be at work at a time.
    book(&cuebook, 1_100).await;
    slow.wait_for(UNKNOWN).await;
    let mut slowest = Duration::ZERO;
    for number in 0..50 {
        let begun = Instant::now();
        let event = person(&cuebook, number).await;
        assert_eq!(cuebook.ended_run(event).await.run.state, RunState::Skipped);
        slowest = slowest.max(begun.elapsed());
    }
    assert!(slowest < SOON, "{slowest:?}");
    assert_eq!(slow.requests().len(), UNKNOWN, "no more at once");
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_crash_all_runs_that_waited_for_a_host_ask_it_again_together() {
    let (slow, gate) = hanging().await;
    let asks = format!("//! Asks.\nhttp::get(\"{}\");\n", slow.url("/"));
    let cuebook = Cuebook::builder()
        .rule("new-booking/slow.rhai", asks)
        .start()
        .await;
    let cuebook = Arc::new(cuebook);
    let events = book(&cuebook, 12).await;
    slow.wait_for(UNKNOWN).await;
    let cuebook = Arc::into_inner(cuebook)
        .unwrap()
        .kill()
        .await
        .reopen()
        .await;
    // None of them killed the process, which shows as soon as they wait again.
    slow.wait_for(2 * UNKNOWN).await;
    gate.open();
    for event in events {
        assert_eq!(
            cuebook.ended_run(event).await.run.state,
            RunState::Completed
        );
    }
}
