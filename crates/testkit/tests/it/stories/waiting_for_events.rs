//! Rules that wait for events.

use chrono::TimeDelta;
use cuebook_core::chance::SystemChance;
use cuebook_core::event::{Event, Origin};
use cuebook_core::message::Message;
use cuebook_core::run::RunState;
use cuebook_core::{Account, Chance, EventId, RunId, Timestamp};
use cuebook_store::{AcceptEvent, RunView, Store};
use cuebook_testkit::{Answer, Cuebook, Gate, HttpPeer};
use serde_json::json;

/// Says what came of a wait of 14 days for a payment of the same booking.
const WAITS: &str = r#"//! Waits for the payment.
let payment = wait_for("new-payment", #{ booking_pid: event.payload.booking_pid }, "14d");
if payment == () { skip("not paid in 14 days"); }
log::info(`${payment.payload.payment_pid} ${payment.payload.amount + 0.50}`);
"#;

async fn start(rule: &str) -> Cuebook {
    Cuebook::builder()
        .with_manual_clock()
        .rule("new-booking/wait.rhai", rule)
        .start()
        .await
}

async fn booking(cuebook: &Cuebook, pid: &str) -> EventId {
    cuebook
        .hook("new-booking", json!({ "booking_pid": pid }))
        .await
}

async fn payment(cuebook: &Cuebook, booking: &str, pid: &str) -> EventId {
    let payload = json!({ "booking_pid": booking, "payment_pid": pid, "payment_method": "m", "currency": "CHF", "amount": "50.00" });
    cuebook.hook("new-payment", payload).await
}

/// A payment for booking 42 as a receiver that has no rules takes it.
fn received(at: Timestamp) -> AcceptEvent {
    let body = r#"{"type":"new-payment","payload":{"booking_pid":"42","payment_pid":"own","amount":"50.00"}}"#;
    let message = Message::parse(body.as_bytes()).unwrap();
    AcceptEvent {
        event: Event {
            id: EventId(SystemChance::default().uuid(at)),
            account: Account::default(),
            event_type: Some(message.event_type),
            wire_type: Some(message.wire_type),
            subject: message.subject,
            origin: Origin::Webhook,
            received_at: at,
            headers: Vec::new(),
            body: body.as_bytes().to_vec(),
            capture: false,
            parent: None,
            depth: 0,
            trust: cuebook_core::event::Trust::Token,
        },
        rejected: None,
        rules: Vec::new(),
    }
}

/// What the only run of `event` said, once it has completed.
async fn said(cuebook: &Cuebook, event: EventId) -> Vec<String> {
    let RunView { run, logs, .. } = cuebook.ended_run(event).await;
    assert_eq!(run.state, RunState::Completed, "{:?}", run.reason);
    logs.into_iter().map(|line| line.message).collect()
}

/// Waits until the run waits at its step `number`, counted from 0.
async fn waiting_at(cuebook: &Cuebook, run: RunId, number: usize) {
    cuebook_testkit::eventually("the run to wait", async || {
        let shown = cuebook.run(run).await;
        let waits = shown.run.state == RunState::Waiting && shown.steps.len() == number + 1;
        waits.then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_of_the_booking_ends_the_wait_and_another_does_not() {
    let cuebook = start(WAITS).await;
    payment(&cuebook, "42", "before").await;
    let event = booking(&cuebook, "42").await;
    let shown = cuebook.wait_for_run(event, RunState::Waiting).await;
    assert_eq!(shown.run.code.as_deref(), Some("wait_for"));
    let reason = shown.run.reason.unwrap();
    assert!(
        reason.starts_with("waits for new-payment until "),
        "{reason}"
    );

    cuebook.advance(TimeDelta::days(3));
    payment(&cuebook, "43", "other").await;
    payment(&cuebook, "42", "own").await;
    assert_eq!(said(&cuebook, event).await, ["own 50.50"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_that_came_while_the_run_was_at_work_counts() {
    let gate = Gate::default();
    let behind = gate.clone();
    let peer = HttpPeer::start(move |_| Answer::new(200, "{}").behind(&behind))
        .await
        .unwrap();
    let rule = WAITS.replace(
        "let payment",
        &format!("http::put(\"{}\", #{{}});\nlet payment", peer.url("/")),
    );
    let cuebook = start(&rule).await;
    let event = booking(&cuebook, "42").await;
    peer.wait_for(1).await;
    payment(&cuebook, "42", "meanwhile").await;
    gate.open();
    assert_eq!(said(&cuebook, event).await, ["meanwhile 50.50"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_payment_the_wait_ends_at_its_deadline_and_not_before() {
    let cuebook = start(WAITS).await;
    let event = booking(&cuebook, "42").await;
    cuebook.wait_for_run(event, RunState::Waiting).await;
    cuebook.advance(TimeDelta::days(14) - TimeDelta::microseconds(1));
    assert_eq!(cuebook.store().wake_runs().await.unwrap().woken, 0);
    cuebook.advance(TimeDelta::microseconds(1));
    let run = cuebook.ended_run(event).await.run;
    assert_eq!(run.state, RunState::Skipped);
    assert_eq!(run.reason.as_deref(), Some("not paid in 14 days"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wait_survives_a_kill_and_an_event_in_time_wins_over_a_deadline_that_passed_meanwhile() {
    let cuebook = start(WAITS).await;
    let paid = booking(&cuebook, "42").await;
    let unpaid = booking(&cuebook, "43").await;
    for event in [paid, unpaid] {
        cuebook.wait_for_run(event, RunState::Waiting).await;
    }
    let began = cuebook.wait_until_processed(paid).await.event.received_at;
    let killed = cuebook.kill().await;
    killed.advance(TimeDelta::days(14) - TimeDelta::seconds(1));
    // Another process receives; no worker is awake.
    let came = received(began + TimeDelta::days(14) - TimeDelta::seconds(1));
    let accept = async |store: Store| {
        store.accept_event(came).await.unwrap();
    };
    killed.with_store(accept).await;
    killed.advance(TimeDelta::days(1));
    let cuebook = killed.reopen().await;
    assert_eq!(said(&cuebook, paid).await, ["own 50.50"]);
    let run = cuebook.ended_run(unpaid).await.run;
    assert_eq!(run.state, RunState::Skipped);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_waits_of_a_run_take_two_events_the_oldest_first() {
    let cuebook = start(
        r#"//! Waits twice, then for something else.
for number in 0..2 {
    let came = wait_for(["new-payment", "booking-cancelled"], #{}, "14d");
    log::info(`${came.type} ${came.payload.payment_pid}`);
}
log::info(wait_for("new-payment", #{ payment_pid: "three" }, "14d").payload.payment_pid);
"#,
    )
    .await;
    let event = booking(&cuebook, "42").await;
    let run = cuebook.wait_for_run(event, RunState::Waiting).await.run.id;
    payment(&cuebook, "42", "one").await;
    waiting_at(&cuebook, run, 1).await;
    cuebook
        .hook("booking-cancelled", json!({ "booking_pid": 42 }))
        .await;
    waiting_at(&cuebook, run, 2).await;
    payment(&cuebook, "42", "two").await;
    payment(&cuebook, "42", "three").await;
    let expected = ["new-payment one", "booking-cancelled ", "three"];
    assert_eq!(said(&cuebook, event).await, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_waiting_run_lets_others_of_its_booking_through_and_queues_again() {
    let gate = Gate::default();
    let behind = gate.clone();
    let peer = HttpPeer::start(move |request| {
        let answer = Answer::new(200, "{}");
        if request.path.ends_with("/second") {
            answer.behind(&behind)
        } else {
            answer
        }
    })
    .await
    .unwrap();
    let rule = format!(
        r#"//! The first of a booking waits for its payment.
let name = event.payload.name;
if name == "first" {{ wait_for("new-payment", #{{}}, "14d"); }}
http::put(`{}/${{name}}`, #{{}});
"#,
        peer.url("")
    );
    let cuebook = Cuebook::builder()
        .with_manual_clock()
        .rule("change/tell.rhai", rule)
        .start()
        .await;
    let change = async |name: &str| {
        let payload = json!({ "booking_pid": "42", "name": name });
        cuebook.hook("change", payload).await
    };
    let first = change("first").await;
    cuebook.wait_for_run(first, RunState::Waiting).await;
    let second = change("second").await;
    peer.wait_for(1).await;
    payment(&cuebook, "42", "p").await;
    cuebook.wait_for_run(first, RunState::Ready).await;
    gate.open();
    for event in [second, first] {
        let run = cuebook.ended_run(event).await.run;
        assert_eq!(run.state, RunState::Completed, "{:?}", run.reason);
    }
    let paths: Vec<String> = peer
        .requests()
        .into_iter()
        .map(|request| request.path)
        .collect();
    assert_eq!(paths, ["/second", "/first"]);
}
