//! Sends webhooks at a steady rate, whether or not anybody listens, and keeps what was answered.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value as Json;
use tokio::sync::{Semaphore, watch};
use tokio::time::{Instant, MissedTickBehavior, interval_at, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::load;
use crate::random::Random;

/// So many requests are under way at most.
const AT_ONCE: usize = 256;
/// After so long without an answer a request is given up: what became of it is not known.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often a batch of requests leaves.
const TICK: Duration = Duration::from_millis(20);

/// What became of a webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It was answered 202 with this id.
    Acknowledged(String),
    /// It was answered something else.
    Refused {
        /// The status.
        status: u16,
        /// Whether the answer says after how long to try again.
        says_when: bool,
    },
    /// There was no answer: whether it is stored is not known.
    Unanswered,
}

/// A webhook that was sent.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    /// Its bytes.
    pub(crate) body: String,
    /// What became of it.
    pub(crate) fate: Fate,
    /// How long that took.
    pub(crate) took: Duration,
}

/// Sends until it is stopped.
pub(crate) struct Sender {
    tracker: TaskTracker,
    stop: CancellationToken,
    sent: Arc<Mutex<Vec<Sent>>>,
}

impl Sender {
    /// Sends `rate` webhooks a second to where `hook` says; while it says nothing, none are sent.
    pub(crate) fn start(
        http: reqwest::Client,
        hook: watch::Receiver<Option<String>>,
        rate: u32,
        seed: u64,
    ) -> Self {
        let sender = Self {
            tracker: TaskTracker::new(),
            stop: CancellationToken::new(),
            sent: Arc::default(),
        };
        let work = Work {
            http,
            hook,
            tracker: sender.tracker.clone(),
            sent: sender.sent.clone(),
            places: Arc::new(Semaphore::new(AT_ONCE)),
        };
        let stop = sender.stop.clone();
        sender
            .tracker
            .spawn(stop.run_until_cancelled_owned(work.go(rate, Random::new(seed))));
        sender
    }

    /// Sends no more, waits for the last answers and gives all that was sent.
    pub(crate) async fn stop(self) -> Vec<Sent> {
        self.stop.cancel();
        self.tracker.close();
        self.tracker.wait().await;
        let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *sent)
    }
}

struct Work {
    http: reqwest::Client,
    hook: watch::Receiver<Option<String>>,
    tracker: TaskTracker,
    sent: Arc<Mutex<Vec<Sent>>>,
    places: Arc<Semaphore>,
}

impl Work {
    async fn go(self, rate: u32, mut random: Random) {
        let begun = Instant::now();
        let mut ticks = interval_at(begun, TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let mut number = 0;
        let mut due = 0;
        loop {
            let now = ticks.tick().await;
            let until_now = (now - begun).as_millis() * u128::from(rate) / 1000;
            let fresh = until_now.saturating_sub(due);
            due = until_now;
            for _ in 0..fresh {
                let Some(hook) = self.hook.borrow().clone() else {
                    break;
                };
                // Who is slower than the rate gets less of it, rather than a queue that never ends.
                let Ok(place) = self.places.clone().try_acquire_owned() else {
                    break;
                };
                let body = load::body(number, random.next());
                number += 1;
                let (http, sent) = (self.http.clone(), self.sent.clone());
                self.tracker.spawn(async move {
                    let begun = Instant::now();
                    let fate = send(&http, hook, body.clone()).await;
                    let took = begun.elapsed();
                    let mut sent = sent.lock().unwrap_or_else(PoisonError::into_inner);
                    sent.push(Sent { body, fate, took });
                    drop(place);
                });
            }
        }
    }
}

async fn send(http: &reqwest::Client, hook: String, body: String) -> Fate {
    let request = http
        .post(hook)
        .header("content-type", "application/json")
        .body(body);
    let answered = timeout(PATIENCE, async {
        let answer = request.send().await.ok()?;
        let status = answer.status().as_u16();
        if status != 202 {
            let says_when = answer.headers().contains_key("retry-after");
            return Some(Fate::Refused { status, says_when });
        }
        let json: Json = answer.json().await.ok()?;
        json["id"]
            .as_str()
            .map(|id| Fate::Acknowledged(id.to_owned()))
    });
    answered.await.ok().flatten().unwrap_or(Fate::Unanswered)
}
