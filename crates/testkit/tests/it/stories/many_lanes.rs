//! Many events about some bookings: of each booking the runs go in the order of its events, and all bookings at a time.
//! `CUEBOOK_LANES_EVENTS=10000` makes it the large form, whose figures are printed.

use std::io::Write as _;
use std::sync::Arc;
use std::time::Instant;

use cuebook_core::state::{StateKey, StateScope};
use cuebook_core::{Account, Value};
use cuebook_testkit::{Answer, Cuebook, Gate, HttpPeer, eventually};
use serde_json::json;
use tokio::task::JoinSet;

const BOOKINGS: usize = 100;
/// How many events there are, if nothing else is said.
const EVENTS: usize = 1_000;
const RULE: &str = "change/in-order";
/// A run that comes out of order fails, and so does each one after it.
const SOURCE: &str = r#"//! Asks once, and counts.
let number = event.payload.number;
let last = state::get("last", 0);
if number != last + 1 { fail(`${number} came after ${last}`); }
if number == 1 { http::get(event.payload.url); }
state::set("last", number);
"#;

fn events() -> usize {
    #[expect(
        clippy::disallowed_methods,
        reason = "how many there are comes from outside"
    )]
    let asked = std::env::var("CUEBOOK_LANES_EVENTS").ok();
    asked.map_or(EVENTS, |number| number.parse().unwrap())
}

async fn send(cuebook: &Arc<Cuebook>, urls: &Arc<Vec<String>>, each: usize) {
    let mut senders = JoinSet::new();
    for sender in 0..16 {
        let (cuebook, urls) = (cuebook.clone(), urls.clone());
        senders.spawn(async move {
            for number in 1..=each {
                for booking in (sender..BOOKINGS).step_by(16) {
                    let payload = json!({
                        "booking_pid": format!("b{booking}"),
                        "number": number,
                        "url": urls[booking],
                    });
                    cuebook.hook("change", payload).await;
                }
            }
        });
    }
    senders.join_all().await;
}

async fn last_of(cuebook: &Cuebook, booking: usize) -> Option<Value> {
    let key = StateKey {
        account: Account::default(),
        scope: StateScope::Subject,
        rule: Some(RULE.parse().unwrap()),
        subject: Some(format!("b{booking}").as_str().into()),
        captured: false,
        key: "last".to_owned(),
    };
    cuebook.store().read_state(&key).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_bookings_runs_go_in_order_and_all_bookings_at_a_time() {
    let each = events() / BOOKINGS;
    let gate = Gate::default();
    // Each booking asks another system, since one system is asked by so many at a time only.
    let mut peers = Vec::new();
    for _ in 0..BOOKINGS {
        let behind = gate.clone();
        let peer = HttpPeer::start(move |_| Answer::new(200, "{}").behind(&behind));
        peers.push(peer.await.unwrap());
    }
    let urls = Arc::new(peers.iter().map(|peer| peer.url("/")).collect::<Vec<_>>());
    let cuebook = Cuebook::builder()
        .rule("change/in-order.rhai", SOURCE)
        .start()
        .await;
    let cuebook = Arc::new(cuebook);

    let begun = Instant::now();
    send(&cuebook, &urls, each).await;
    let accepted = begun.elapsed();
    // The first of each lane is at work, with all its others behind it.
    for peer in &peers {
        peer.wait_for(1).await;
    }
    let opened = Instant::now();
    gate.open();
    for booking in 0..BOOKINGS {
        // In short stretches: waiting has an end, and the large form takes longer.
        for number in (1..each).step_by(10).chain([each]) {
            let number = i64::try_from(number).unwrap();
            eventually(
                &format!("b{booking} to have come to {number}"),
                async || {
                    let last = last_of(&cuebook, booking).await;
                    let last = last.as_ref().and_then(Value::as_int).unwrap_or_default();
                    (last >= number).then_some(())
                },
            )
            .await;
        }
    }
    let ran = opened.elapsed();

    let books = cuebook.store().close_books().await.unwrap();
    assert_eq!(books.findings, []);
    let all = u64::try_from(each * BOOKINGS).unwrap();
    assert_eq!(books.balance.runs_by_state.get("completed"), Some(&all));
    assert_eq!(books.balance.runs_by_state.len(), 1, "{:?}", books.balance);
    let figures = format!(
        "{all} events over {BOOKINGS} bookings: accepted in {accepted:.1?}, run one after another in \
         {BOOKINGS} lanes in {ran:.1?}\n"
    );
    std::io::stderr().write_all(figures.as_bytes()).unwrap();
}
