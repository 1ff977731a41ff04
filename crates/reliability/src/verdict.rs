//! The comparison: what was acknowledged and what arrived, with what the books say.

use std::collections::{HashMap, HashSet};

use crate::books::{Books, Effect, Event};
use crate::load;
use crate::sender::{Fate, Sent};

/// What reached the other systems: how often, by key.
pub(crate) type Arrived = HashMap<String, usize>;

/// Figures of the comparison, and what is wrong.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Verdict {
    /// Webhooks that were stored without having been acknowledged.
    pub(crate) stored_unanswered: usize,
    /// Rows of the ledger with a doubtful attempt.
    pub(crate) doubtful: usize,
    /// What arrived more than once, each with a doubt in the ledger.
    pub(crate) duplicates: usize,
    /// Write calls whose end is `unknown`, as they must not be repeated.
    pub(crate) unknown: usize,
    /// Everything that must not be.
    pub(crate) wrong: Vec<String>,
}

/// Compares.
pub(crate) fn judge(sent: &[Sent], books: &Books, mut arrived: Arrived) -> Verdict {
    let mut verdict = Verdict::default();
    verdict.events(sent, books);
    let mut each: HashMap<&str, usize> = HashMap::new();
    for effect in &books.effects {
        *each.entry(&effect.event).or_default() += 1;
        let times = arrived.remove(&effect.key).unwrap_or_default();
        verdict.effect(effect, times);
    }
    for id in books.events.keys() {
        let count = each.get(id.as_str()).copied().unwrap_or_default();
        if count != load::EFFECTS {
            verdict
                .wrong
                .push(format!("event {id} has {count} effects"));
        }
    }
    for (key, times) in arrived {
        let wrong = format!("{key:?} arrived {times} times and is in no ledger");
        verdict.wrong.push(wrong);
    }
    verdict
}

impl Verdict {
    fn events(&mut self, sent: &[Sent], books: &Books) {
        let mut acknowledged = HashSet::new();
        for Sent { body, fate, .. } in sent {
            let Fate::Acknowledged(id) = fate else {
                continue;
            };
            acknowledged.insert(id.as_str());
            match books.events.get(id) {
                None => self
                    .wrong
                    .push(format!("event {id} was acknowledged and is lost")),
                Some(event) if event.body != body.as_bytes() => {
                    self.wrong.push(format!("event {id} has other bytes"));
                }
                Some(_) => {}
            }
        }
        let bodies: HashSet<&[u8]> = sent.iter().map(|sent| sent.body.as_bytes()).collect();
        let mut seen = HashSet::new();
        for (id, event) in &books.events {
            if !acknowledged.contains(id.as_str()) {
                self.stored_unanswered += 1;
            }
            if !bodies.contains(event.body.as_slice()) {
                self.wrong.push(format!("event {id} was never sent"));
            }
            if !seen.insert(event.body.as_slice()) {
                self.wrong.push(format!("event {id} is stored twice"));
            }
            self.wrong.extend(unfinished(id, event));
        }
    }

    fn effect(&mut self, effect: &Effect, times: usize) {
        let Effect {
            kind,
            state,
            key,
            doubts,
            ..
        } = effect;
        let is_call = kind == "http::post";
        let what = format!("{kind} {key} is {state} with {doubts} doubts");
        self.doubtful += usize::from(*doubts > 0);
        self.duplicates += times.saturating_sub(1);
        match state.as_str() {
            "done" => {}
            "unknown" if is_call && *doubts > 0 => self.unknown += 1,
            _ => self.wrong.push(what.clone()),
        }
        if times == 0 && state != "unknown" {
            self.wrong.push(format!("{what} and never arrived"));
        }
        // A call that must not be repeated may not arrive twice, doubt or not.
        let most = if is_call { 1 } else { 1 + doubts };
        if times > most {
            self.wrong.push(format!("{what} and arrived {times} times"));
        }
    }
}

fn unfinished(id: &str, event: &Event) -> Option<String> {
    let Event { state, runs, .. } = event;
    let is_done = state == "processed" && *runs == ["completed"];
    (!is_done).then(|| format!("event {id} is {state} and its runs are {runs:?}"))
}
