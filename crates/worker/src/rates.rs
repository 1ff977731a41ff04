//! How often rules may turn to a host: whoever comes too early is told when its turn is.
//!
//! For each rule and host the instants are kept at which somebody turned to it, or will. Nobody is let through while there
//! are as many of them as the rate allows within the length of time that ends now. Whoever has to wait has a turn from then
//! on, behind all who came before. A turn that is missed (its run was paused, or the send) is lost, and the next one had
//! anew: so what has piled up does not go at once. The turns are those of this process, and begin anew with it.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use cuebook_core::Timestamp;
use cuebook_core::clock::later;
use cuebook_core::rule::Rate;

/// So many rules and hosts are remembered before those are forgotten that nobody turned to lately.
const REMEMBERED: usize = 1024;

/// The instants of all rules and hosts.
#[derive(Debug, Default)]
pub(crate) struct Rates(Mutex<HashMap<(String, String), Instants>>);

impl Rates {
    /// Lets `who` turn to `host` now, or says when its turn is. Whoever comes back then, with the same name, has it. `rule`
    /// names the rule whose rate it is, or the endpoint.
    pub(crate) fn turn(
        &self,
        rule: &str,
        host: &str,
        rate: Rate,
        who: &str,
        now: Timestamp,
    ) -> Option<Timestamp> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= REMEMBERED {
            all.retain(|_, instants| {
                instants.forget(now);
                !instants.granted.is_empty()
            });
        }
        let instants = all.entry((rule.to_owned(), host.to_owned())).or_default();
        // The rule may say something else by now.
        instants.per = rate.per;
        instants.turn(rate, who, now)
    }
}

/// When somebody turned to a host, or will. Each list in the order of time, without what no longer counts.
#[derive(Debug, Default)]
struct Instants {
    /// For how long an instant counts.
    per: Duration,
    /// When somebody went.
    gone: VecDeque<Timestamp>,
    /// When somebody was to go, and who, where he had to wait.
    granted: VecDeque<(Timestamp, Option<String>)>,
    /// The turns of those who wait.
    turns: HashMap<String, Timestamp>,
}

impl Instants {
    fn turn(&mut self, rate: Rate, who: &str, now: Timestamp) -> Option<Timestamp> {
        self.forget(now);
        let allowed = usize::try_from(rate.calls).unwrap_or(usize::MAX).max(1);
        if let Some(turn) = self.turns.get(who) {
            if *turn > now {
                return Some(*turn);
            }
            self.turns.remove(who);
            if self.gone.len() < allowed {
                self.gone.push_back(now);
                return None;
            }
            // Others were late, too, and have gone just now.
        }
        let before = |instants: &VecDeque<Timestamp>| {
            let at = instants.len().checked_sub(allowed)?;
            instants.get(at).map(|at| later(*at, rate.per))
        };
        let granted = self.granted.len().checked_sub(allowed);
        let granted = granted.and_then(|at| self.granted.get(at));
        let granted = granted.map(|(at, _)| later(*at, rate.per));
        let last = self.granted.back().map(|(at, _)| *at);
        let turn = [before(&self.gone), granted, last]
            .into_iter()
            .flatten()
            .fold(now, Timestamp::max);
        if turn <= now {
            self.gone.push_back(now);
            self.granted.push_back((now, None));
            return None;
        }
        self.granted.push_back((turn, Some(who.to_owned())));
        self.turns.insert(who.to_owned(), turn);
        Some(turn)
    }

    /// Forgets what no longer counts.
    fn forget(&mut self, now: Timestamp) {
        let per = self.per;
        let is_over = |at: Timestamp| later(at, per) <= now;
        while self.gone.front().is_some_and(|at| is_over(*at)) {
            self.gone.pop_front();
        }
        while let Some((at, who)) = self.granted.pop_front_if(|(at, _)| is_over(*at)) {
            // A turn that was missed; whoever had it may have another one by now.
            if let Some(who) = who
                && self.turns.get(&who) == Some(&at)
            {
                self.turns.remove(&who);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    const RATE: Rate = Rate {
        calls: 2,
        per: Duration::from_secs(1),
    };

    fn at(milliseconds: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + TimeDelta::milliseconds(milliseconds)
    }

    /// Asks for `who` at so many milliseconds. Gives when its turn is, `None` for now.
    fn turn(rates: &Rates, who: &str, milliseconds: i64) -> Option<i64> {
        let turn = rates.turn("new-booking/a", "crm:443", RATE, who, at(milliseconds));
        turn.map(|turn| (turn - at(0)).num_milliseconds())
    }

    #[test]
    fn so_many_go_at_once_and_the_others_have_their_turns() {
        let rates = Rates::default();
        let turns: Vec<_> = ["a", "b", "c", "d", "e"]
            .iter()
            .zip([0, 100, 100, 100, 100])
            .map(|(who, when)| turn(&rates, who, when))
            .collect();
        assert_eq!(turns, [None, None, Some(1000), Some(1100), Some(2000)]);
        assert_eq!(
            turn(&rates, "c", 500),
            Some(1000),
            "asking again changes nothing"
        );
        assert_eq!(turn(&rates, "c", 1000), None);
        assert_eq!(
            turn(&rates, "f", 1000),
            Some(2100),
            "behind all who came before"
        );
    }

    #[test]
    fn within_its_length_of_time_never_more_go_however_late_they_come() {
        let rates = Rates::default();
        let mut waiting: Vec<(String, i64)> = (0..50).map(|n| (format!("{n}"), 0)).collect();
        let mut gone = Vec::new();
        let mut now = 0;
        while !waiting.is_empty() {
            // Everybody comes up to a second and a half too late.
            waiting.retain_mut(|(who, due)| {
                if *due > now {
                    return true;
                }
                match turn(&rates, who, now) {
                    Some(turn) => *due = turn + now % 1500,
                    None => gone.push(now),
                }
                *due > now
            });
            now += 70;
            assert!(now < 200_000, "some never have their turn: {waiting:?}");
        }
        assert_eq!(gone.len(), 50);
        let too_many = gone.windows(3).find(|three| three[2] - three[0] < 1000);
        assert_eq!(too_many, None, "{gone:?}");
    }

    #[test]
    fn rules_and_hosts_have_their_own_rates() {
        let rates = Rates::default();
        let ask =
            |name: &str, host: &str, who: &str| rates.turn(name, host, RATE, who, at(0)).is_none();
        assert!(ask("new-booking/a", "crm", "1") && ask("new-booking/a", "crm", "2"));
        assert!(!ask("new-booking/a", "crm", "3"));
        assert!(ask("new-booking/a", "other", "4"));
        assert!(ask("new-booking/b", "crm", "5"));
    }

    #[test]
    fn hosts_that_nobody_turns_to_are_forgotten() {
        let rates = Rates::default();
        for number in 0..10_000 {
            let now = at(i64::from(number) * 10);
            assert_eq!(
                rates.turn("new-booking/a", &format!("host{number}"), RATE, "x", now),
                None
            );
        }
        assert!(rates.0.lock().unwrap().len() <= REMEMBERED);
    }
}
