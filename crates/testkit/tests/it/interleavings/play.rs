//! Playing a case to its end: sending what it needs in a random order, letting time pass when nothing else happens, and
//! starting again whatever has crashed.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use cuebook_core::effect::EffectState;
use cuebook_core::event::EventState;
use cuebook_store::{EffectFilter, EventFilter, EventView, Page};
use cuebook_testkit::{Cuebook, LONGEST};
use serde_json::{Value as Json, json};
use tempfile::TempDir;
use tokio::time::{Instant, sleep};

use super::Case;
use super::crash::{Crash, EndsAt};
use super::model::{Expected, expected};
use super::random::Random;
use super::render::{render, told};
use super::{Place, peers};
use crate::aftermath::{End, Outside};
use crate::postgres::let_leases_run_out;

/// How long it is between two looks.
const STEP: Duration = Duration::from_millis(4);
/// So many looks that see the same mean that nothing happens by itself.
const QUIET: u32 = 3;
/// How much time passes then.
const PASS: TimeDelta = TimeDelta::minutes(10);

/// A case that was played to its end.
pub(super) struct Played {
    pub(super) end: End,
    pub(super) outside: Outside,
    pub(super) expected: Vec<Expected>,
}

/// Plays `case`, its images ended at `crashes`. An error says how far it came.
pub(super) async fn play(
    case: &Case,
    crashes: &[EndsAt],
    timing: u64,
    place: &Place,
) -> Result<Played, String> {
    let outside = peers::start(timing).await;
    let folder = TempDir::new().unwrap();
    let database = place.fresh(folder.path()).await;
    let mut builder = Cuebook::builder()
        .in_folder(folder.path())
        .with_manual_clock()
        .mailing_to(outside.mail.url())
        .rule("told/told.rhai", told(&outside.http.url("")));
    if let Some(url) = &database {
        builder = builder.on_database(url.clone());
    }
    let mut to_expect = Vec::new();
    for (name, program) in case.named() {
        let source = render(program, &name, &outside.http.url(""));
        builder = builder.rule(&format!("new-booking/{name}.rhai"), source);
        for subject in case.subjects() {
            let all = case.numbers().map(|number| format!("{subject}-{number}"));
            to_expect.extend(all.map(|who| expected(program, &name, &who)));
        }
    }
    let crash = Crash::at(crashes.first().copied());
    let cuebook = builder.probed(crash.probe()).start().await;
    crash.arm();
    let mut playing = Playing {
        random: Random::new(timing ^ 0x5eed),
        hooks: hooks(case, &to_expect),
        crashes: crashes.get(1..).unwrap_or_default().to_vec(),
        crash,
        outside: &outside,
        story: String::new(),
    };
    let (cuebook, end) = playing.play_on(cuebook).await;
    let story = playing.story;
    let _ = cuebook.kill().await;
    if let (Some(postgres), Some(url)) = (&place.postgres, &database) {
        postgres.remove(url).await;
    }
    match end {
        Ok(end) => Ok(Played {
            end,
            outside,
            expected: to_expect,
        }),
        Err(wrong) => Err(format!("{wrong}; what was done:\n{story}")),
    }
}

/// A webhook that is to be sent.
struct Hook {
    body: String,
    /// Which must have been accepted before it.
    after: Vec<String>,
    sent: bool,
}

impl Hook {
    fn new(body: &Json, after: &[String]) -> Self {
        Self {
            body: body.to_string(),
            after: after.to_vec(),
            sent: false,
        }
    }
}

/// What begins the runs, and what they wait for: of one booking all wait for the same.
fn hooks(case: &Case, expected: &[Expected]) -> Vec<Hook> {
    let signals: BTreeSet<&String> = expected.iter().flat_map(|one| &one.signals).collect();
    let mut hooks = Vec::new();
    for subject in case.subjects() {
        let begin = |number| {
            let payload = json!({ "booking_pid": subject, "n": number });
            json!({ "type": "new-booking", "payload": payload })
        };
        let beginning: Vec<Json> = case.numbers().map(begin).collect();
        hooks.extend(beginning.iter().map(|body| Hook::new(body, &[])));
        let beginning: Vec<String> = beginning.iter().map(Json::to_string).collect();
        for signal in &signals {
            let body = json!({ "type": signal, "payload": { "booking_pid": subject } });
            hooks.push(Hook::new(&body, &beginning));
        }
    }
    hooks
}

struct Playing<'a> {
    random: Random,
    hooks: Vec<Hook>,
    crashes: Vec<EndsAt>,
    crash: Arc<Crash>,
    outside: &'a Outside,
    story: String,
}

impl Playing<'_> {
    async fn play_on(&mut self, mut cuebook: Cuebook) -> (Cuebook, Result<End, String>) {
        let last = Instant::now() + LONGEST;
        let mut seen = (0, 0, 0);
        let mut quiet = 0;
        while Instant::now() < last {
            if self.crash.is_over() {
                cuebook = self.start_again(cuebook).await;
                continue;
            }
            if self.random.below(4) == 0
                && let Err(wrong) = self.send(&cuebook).await
            {
                return (cuebook, Err(wrong));
            }
            sleep(STEP).await;
            let now = (
                cuebook.store().commits(),
                self.outside.http.requests().len(),
                self.outside.mail.mails().len(),
            );
            quiet = if now == seen { quiet + 1 } else { 0 };
            seen = now;
            if quiet < QUIET {
                continue;
            }
            quiet = 0;
            if self.hooks.iter().all(|hook| hook.sent)
                && let Some(end) = settled(&cuebook).await
            {
                return (cuebook, Ok(end));
            }
            // Whoever sends late does so rather than let a wait run out.
            match self.send(&cuebook).await {
                Ok(true) => {}
                Ok(false) => cuebook.advance(PASS),
                Err(wrong) => return (cuebook, Err(wrong)),
            }
        }
        let events = events(&cuebook).await;
        let mut runs = String::new();
        for run in events.iter().flat_map(|event| &event.runs) {
            let _ = writeln!(runs, "{:#?}", cuebook.run(run.id).await);
        }
        let wrong = format!("it never came to an end:\n{runs}");
        (cuebook, Err(wrong))
    }

    async fn start_again(&mut self, cuebook: Cuebook) -> Cuebook {
        let next = (!self.crashes.is_empty()).then(|| self.crashes.remove(0));
        let was_in_good_order = self.crash.is_in_good_order();
        self.crash = Crash::at(next);
        if was_in_good_order {
            self.tell("stopped in good order");
            let cuebook = cuebook.restart_probed(self.crash.probe()).await;
            self.crash.arm();
            return cuebook;
        }
        self.tell("crashed");
        let url = cuebook.database_url();
        let killed = cuebook.kill().await;
        let_leases_run_out(&url).await;
        let cuebook = killed.reopen_probed(self.crash.probe()).await;
        self.crash.arm();
        cuebook
    }

    /// Sends one webhook that may be sent by now, if there is one; what was not acknowledged is sent again, unless it is
    /// stored. Says whether one was acknowledged.
    async fn send(&mut self, cuebook: &Cuebook) -> Result<bool, String> {
        let accepted: Vec<String> = self
            .hooks
            .iter()
            .filter(|hook| hook.sent)
            .map(|hook| hook.body.clone())
            .collect();
        let may =
            |hook: &Hook| !hook.sent && hook.after.iter().all(|after| accepted.contains(after));
        let ready: Vec<usize> = (0..self.hooks.len())
            .filter(|at| may(&self.hooks[*at]))
            .collect();
        if ready.is_empty() {
            return Ok(false);
        }
        let at = ready[self.random.below(ready.len())];
        let body = self.hooks[at].body.clone();
        let stored = events(cuebook).await;
        if stored
            .iter()
            .any(|event| event.event.body == body.as_bytes())
        {
            self.hooks[at].sent = true;
            return Ok(true);
        }
        let answered = cuebook.post_hook(body.clone()).await;
        self.tell(&format!("sent {body}: {}", answered.status));
        match answered.status {
            202 => self.hooks[at].sent = true,
            _ if self.crash.is_over() => return Ok(false),
            status => return Err(format!("{body} was answered {status}: {}", answered.text())),
        }
        Ok(true)
    }

    fn tell(&mut self, what: &str) {
        // Writing to a text of our own cannot fail.
        let _ = writeln!(self.story, "{what}");
    }
}

/// All events, oldest first.
async fn events(cuebook: &Cuebook) -> Vec<EventView> {
    let filter = EventFilter::default();
    let mut page = Page::default();
    let mut all = Vec::new();
    loop {
        let listed = cuebook.store().list_events(&filter, &page).await.unwrap();
        all.extend(listed.items);
        page.cursor = listed.next;
        if page.cursor.is_none() {
            all.reverse();
            return all;
        }
    }
}

/// What there is, once nothing more happens by itself.
async fn settled(cuebook: &Cuebook) -> Option<End> {
    let found = events(cuebook).await;
    let has_ended = |event: &EventView| {
        event.state != EventState::Pending && event.runs.iter().all(|run| run.state.has_ended())
    };
    if !found.iter().all(has_ended) {
        return None;
    }
    let pending = EffectFilter {
        state: Some(EffectState::Pending),
        ..EffectFilter::default()
    };
    let page = Page::default();
    let pending = cuebook.store().list_effects(&pending, &page).await;
    // A list of events is not one moment: a run may have ended, and emitted some, while it was made.
    if !pending.unwrap().items.is_empty() || events(cuebook).await.len() != found.len() {
        return None;
    }
    let mut all = Vec::new();
    for event in found {
        let mut runs = Vec::new();
        for run in &event.runs {
            runs.push(cuebook.run(run.id).await);
        }
        all.push((event, runs));
    }
    Some(End::of(cuebook, &all).await)
}
