//! What a program must come to, told from its tree alone: what has to arrive where, what is awaited, how the run ends.

use std::collections::BTreeSet;

use super::program::{Answering, Ending, Program, Step, Verb, What};
use super::render::words;
use crate::aftermath::ONCE;

/// What a run must come to.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Expected {
    /// What must have arrived: method and path, and subjects of mails.
    pub(super) arrivals: BTreeSet<String>,
    /// The types of the events that it waits for, and that come.
    pub(super) signals: Vec<String>,
    /// How it ends.
    pub(super) state: &'static str,
    /// What the segment has sent so far.
    sent: BTreeSet<String>,
}

/// What the run of `program` for `who` must come to: a booking, and which of its events.
pub(super) fn expected(program: &Program, name: &str, who: &str) -> Expected {
    let mut telling = Telling {
        name,
        who,
        suffix: String::new(),
        expected: Expected::default(),
    };
    let threw = telling.steps(&program.steps);
    let mut expected = telling.expected;
    expected.state = match program.ending {
        _ if threw => "failed",
        Ending::Completes => "completed",
        Ending::Skips => "skipped",
        Ending::Fails | Ending::Throws => "failed",
    };
    if expected.state == "completed" {
        expected.end_segment();
    }
    expected
}

impl Expected {
    /// What was sent goes out.
    fn end_segment(&mut self) {
        self.arrivals.append(&mut self.sent);
    }
}

struct Telling<'a> {
    name: &'a str,
    who: &'a str,
    suffix: String,
    expected: Expected,
}

impl Telling<'_> {
    /// Says whether they throw: then those behind are not done.
    fn steps(&mut self, steps: &[Step]) -> bool {
        steps.iter().any(|step| self.step(step))
    }

    fn inner(&mut self, steps: &[Step], turn: usize) -> bool {
        let outer = self.suffix.clone();
        self.suffix = format!("{outer}-{turn}");
        let threw = self.steps(steps);
        self.suffix = outer;
        threw
    }

    fn step(&mut self, step: &Step) -> bool {
        let tag = format!("{}{}", step.id, self.suffix);
        let Self { name, who, .. } = *self;
        let place = |answering, tag: &str| format!("/{name}/{who}/{}/{tag}", words(answering));
        match &step.what {
            What::Write(verb, answering) => {
                let (method, tag) = match verb {
                    Verb::Put => ("PUT", tag),
                    Verb::Delete => ("DELETE", tag),
                    Verb::PostAlways => ("POST", tag),
                    Verb::PostSafe | Verb::PostNever => ("POST", format!("{ONCE}-{tag}")),
                };
                let arrival = format!("{method} {}", place(*answering, &tag));
                self.expected.arrivals.insert(arrival);
            }
            What::Chance => {
                let put = format!("PUT {}", place(Answering::Fine, &tag));
                self.expected.arrivals.insert(put);
                let hook = format!("POST {}", place(Answering::Fine, &format!("u{tag}")));
                self.expected.sent.insert(hook);
            }
            What::Webhook(answering) => {
                let hook = format!("POST {}", place(*answering, &tag));
                self.expected.sent.insert(hook);
            }
            What::Mail => {
                self.expected
                    .sent
                    .insert(format!("mail {name} {who} {tag}"));
            }
            What::Emit => {
                // What the rule for it does.
                let told = format!("PUT /told/{who}/fine/{name}-{tag}");
                self.expected.sent.insert(told);
            }
            What::Sleep => self.expected.end_segment(),
            What::WaitFor { comes, .. } => {
                if *comes {
                    self.expected.signals.push(format!("signal-{name}-{tag}"));
                }
                self.expected.end_segment();
            }
            What::Parallel {
                branches,
                over_array,
                throwing,
                caught,
            } => {
                let mut threw = throwing.is_some();
                for (number, branch) in branches.iter().enumerate() {
                    // Whatever one of them comes to, the others go on.
                    threw |= if *over_array {
                        self.inner(&branches[0], number)
                    } else {
                        self.steps(branch)
                    };
                }
                return threw && !caught;
            }
            What::Try { body, .. } => {
                self.steps(body);
            }
            What::Loop { times, body } => {
                return (0..*times as usize).any(|turn| self.inner(body, turn));
            }
            What::Read(_)
            | What::Remember
            | What::Count(_)
            | What::Once
            | What::Log
            | What::NotReady(_) => {}
        }
        false
    }
}
