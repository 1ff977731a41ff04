//! One event through one rule: rehearsed with the answers of its past run, and compared with what that run did.

use std::sync::Arc;

use cuebook_core::event::Event;
use cuebook_core::journal::{StepAnswer, StepKind};
use cuebook_core::run::RunState;
use cuebook_core::{EventId, Timestamp};
use cuebook_rules::rehearse::{
    Answers, Asked, Recalled, Recorded, Rehearsal, Standing, Waiting, World, accepted,
};
use cuebook_rules::{Engine, Rule};
use cuebook_store::{Archive, PastRun};
use tokio::runtime::Handle;

use super::alike::alike;
use super::compare::{Change, compare};
use super::rules::{Rules, Task};
use super::wanted;
use crate::past::LiveReads;

/// So many waits of one run are played through at most: a rule that tries again for ever has no end.
const WAITS: usize = 500;

/// Replays events.
pub(crate) struct Replayer {
    /// Runs scripts.
    pub(crate) engine: Engine,
    /// The candidate rules.
    pub(crate) rules: Rules,
    /// Where later events are looked up.
    pub(crate) archive: Arc<Archive>,
    /// The runtime on which the archive is asked.
    pub(crate) handle: Handle,
    /// Reads that no journal has, where they may be asked for.
    pub(crate) live: Option<LiveReads>,
    /// The present: what lies behind it has not happened.
    pub(crate) now: Timestamp,
}

/// What came of one event and one rule.
pub(super) struct Replayed {
    /// The rule.
    pub(super) rule: cuebook_core::rule::RuleName,
    /// The version of the rule that the past run was pinned to.
    pub(super) past_version: Option<String>,
    /// Whether there was a past run.
    pub(super) ran: bool,
    /// How it came out.
    pub(super) verdict: Verdict,
    /// How answers came about that no journal has exactly, with the functions.
    pub(super) assumed: Vec<(String, Assumed)>,
}

/// How a comparison came out.
pub(super) enum Verdict {
    /// It was compared.
    Compared {
        /// The differing effects.
        changes: Vec<Change>,
        /// Why it fails now, and did not then.
        error: Option<String>,
        /// Why it failed then, and does not now.
        mended: Option<String>,
    },
    /// The candidate asks for what nobody has an answer to.
    Unanswered(Vec<Unanswered>),
    /// What was done then says nothing about the rule.
    NotCompared(NotCompared),
}

/// How an answer that no journal has exactly came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Assumed {
    /// The call stands at the same place in the journal, with other arguments.
    OtherArguments,
    /// A write that never was: it is taken to have been accepted.
    Accepted,
    /// What rules remembered at that time is not known: taken to be nothing.
    NothingRemembered,
}

/// A call without an answer.
pub(super) struct Unanswered {
    /// The function.
    pub(super) function: String,
    /// With what.
    pub(super) arguments: Vec<cuebook_core::Value>,
    /// The line of the script.
    pub(super) line: Option<u32>,
}

/// Why what was done then says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum NotCompared {
    /// The run is still at work.
    AtWork,
    /// An operator, an event or a fault ended the run.
    Interrupted,
    /// A later event of the same burst took its place.
    Superseded,
    /// The event's payload is kept no longer.
    WithoutPayload,
    /// The database could not be read.
    NotRead,
}

impl NotCompared {
    /// Why, in words that go on from a number of runs.
    pub(super) fn reason(self) -> &'static str {
        match self {
            Self::AtWork => "are still at work",
            Self::Interrupted => "were cancelled or blocked",
            Self::Superseded => "gave way to a later event of the same burst",
            Self::WithoutPayload => "are of events whose payload is kept no longer",
            Self::NotRead => "could not be looked up in the database",
        }
    }
}

impl Replayer {
    /// Replays an event through each rule that it concerns. Needs a thread with a big stack that is none of the runtime's.
    pub(super) fn replay(&self, event: &Arc<Event>, past: Vec<PastRun>) -> Vec<Replayed> {
        self.rules
            .tasks(event, past)
            .into_iter()
            .map(|task| match task {
                Task::Run(rule, past) => self.run(event, rule, past.as_ref()),
                Task::Gone(past) => gone(&past),
            })
            .collect()
    }

    fn run(&self, event: &Arc<Event>, rule: &Rule, past: Option<&PastRun>) -> Replayed {
        let mut assumed = Vec::new();
        let verdict = match past.and_then(not_compared) {
            _ if event.body.is_empty() => Verdict::NotCompared(NotCompared::WithoutPayload),
            Some(why) => Verdict::NotCompared(why),
            None => self.compared(event, rule, past, &mut assumed),
        };
        Replayed {
            rule: rule.name.clone(),
            past_version: past.and_then(version_of),
            ran: past.is_some(),
            verdict,
            assumed,
        }
    }

    fn compared(
        &self,
        event: &Arc<Event>,
        rule: &Rule,
        past: Option<&PastRun>,
        assumed: &mut Vec<(String, Assumed)>,
    ) -> Verdict {
        let begun = past.map_or(event.received_at, |past| past.run.created_at);
        let mut world = World::new(begun);
        let mut run = Rehearsal::of_rule(&self.engine, rule, Arc::clone(event), &world);
        if let Some(past) = past {
            run = run.with_id(past.run.id);
            world.now = past.run.started_at.unwrap_or(begun).max(begun);
        }
        let mut answers = FromThePast {
            recorded: past
                .map(|past| Recorded::of(past.steps.iter().map(|(path, step)| (path, &step.entry))))
                .unwrap_or_default(),
            live: self.live.as_ref(),
            assumed,
        };
        if !self.play(&mut run, &mut world, &mut answers) {
            return Verdict::NotCompared(NotCompared::NotRead);
        }
        if let Standing::Unanswered { calls } = run.standing() {
            let calls = calls.iter().map(|call| Unanswered {
                function: call.question.function.clone(),
                arguments: call.arguments.clone(),
                line: call.line,
            });
            return Verdict::Unanswered(calls.collect());
        }
        let failure =
            |failed: bool, reason: Option<String>| failed.then(|| reason.unwrap_or_default());
        let now = failure(
            matches!(run.standing(), Standing::Failed(_) | Standing::Blocked(_)),
            run.standing().reason(),
        );
        let then = past
            .and_then(|past| failure(past.run.state == RunState::Failed, past.run.reason.clone()));
        let changes = if past.is_some_and(|past| alike(past, &run)) {
            Vec::new()
        } else {
            let before = past.map(wanted::of_past).unwrap_or_default();
            compare(before, wanted::of_rehearsal(&run))
        };
        Verdict::Compared {
            changes,
            error: now.clone().filter(|_| then.is_none()),
            mended: then.filter(|_| now.is_none()),
        }
    }

    /// Goes on until the run ends, or waits for what has not happened yet. Says whether all could be looked up.
    fn play(&self, run: &mut Rehearsal, world: &mut World, answers: &mut FromThePast<'_>) -> bool {
        let own = run.event().id;
        let mut given: Vec<EventId> = Vec::new();
        for _ in 0..WAITS {
            let Standing::Waiting { until, what } = run.go(world, answers) else {
                return true;
            };
            let until = *until;
            if let Waiting::Event { wait, .. } = what {
                let wait = wait.clone();
                let account = &run.event().account;
                let looked = self.archive.awaited(account, &wait, own, &given);
                let Ok(came) = self.handle.block_on(looked) else {
                    return false;
                };
                if let Some(came) = came {
                    world.now = world.now.max(came.received_at);
                    given.push(came.id);
                    if run.offer(&came) {
                        continue;
                    }
                }
            }
            if until > self.now {
                return true;
            }
            world.now = world.now.max(until);
            run.wake(world.now);
        }
        true
    }
}

/// The rule would not run: all that it did is missing.
fn gone(past: &PastRun) -> Replayed {
    Replayed {
        rule: past.run.rule.clone(),
        past_version: version_of(past),
        ran: true,
        verdict: match not_compared(past) {
            Some(why) => Verdict::NotCompared(why),
            None => Verdict::Compared {
                changes: compare(wanted::of_past(past), Vec::new()),
                error: None,
                mended: None,
            },
        },
        assumed: Vec::new(),
    }
}

fn version_of(past: &PastRun) -> Option<String> {
    past.run
        .rule_version
        .as_ref()
        .map(|version| version.0.clone())
}

fn not_compared(past: &PastRun) -> Option<NotCompared> {
    match past.run.state {
        RunState::Ready | RunState::Running => Some(NotCompared::AtWork),
        RunState::Cancelled | RunState::Blocked => Some(NotCompared::Interrupted),
        RunState::Skipped if past.run.code.as_deref() == Some("superseded") => {
            Some(NotCompared::Superseded)
        }
        _ => None,
    }
}

/// Answers from the journal, then from outside where that is allowed, then as good as may be.
struct FromThePast<'a> {
    recorded: Recorded,
    live: Option<&'a LiveReads>,
    assumed: &'a mut Vec<(String, Assumed)>,
}

impl Answers for FromThePast<'_> {
    fn answer(&mut self, asked: &Asked<'_>) -> Option<StepAnswer> {
        let (answer, assumed) = match (self.recorded.answer(asked), asked.kind) {
            (Some(Recalled { answer, exact }), _) => {
                (Some(answer), (!exact).then_some(Assumed::OtherArguments))
            }
            (None, StepKind::Write) => (Some(Ok(accepted())), Some(Assumed::Accepted)),
            (None, StepKind::Read) => (self.live.and_then(|live| live.answer(asked)), None),
            (None, _) if matches!(asked.function, "state::get" | "once") => {
                (None, Some(Assumed::NothingRemembered))
            }
            (None, _) => (None, None),
        };
        self.assumed
            .extend(assumed.map(|assumed| (asked.function.to_owned(), assumed)));
        answer
    }
}
