//! Answers from the journal of a run that there was: by function and arguments, then by the place in the script.

use std::collections::{BTreeMap, HashMap};

use cuebook_core::journal::{Entry, StepAnswer, StepKind, StepPath};
use cuebook_core::value::Value;

use super::answers::Asked;

/// An answer from a journal.
#[derive(Debug, Clone, PartialEq)]
pub struct Recalled {
    /// The answer.
    pub answer: StepAnswer,
    /// Whether it was given to the same question; else to other arguments at the same place.
    pub exact: bool,
}

/// The answers of a run that there was. Each is given once, and the last one to a question again and again.
#[derive(Debug, Default)]
pub struct Recorded {
    by_path: BTreeMap<StepPath, Step>,
    /// The places of a question, in the order of the script.
    by_question: HashMap<(String, String), Vec<StepPath>>,
}

#[derive(Debug)]
struct Step {
    function: String,
    digest: String,
    answer: StepAnswer,
    given: bool,
}

impl Recorded {
    /// Those of a journal's steps that were answered: calls, and what was answered in place.
    pub fn of<'a>(journal: impl IntoIterator<Item = (&'a StepPath, &'a Entry)>) -> Self {
        let mut recorded = Self::default();
        for (path, entry) in journal {
            let question = &entry.question;
            let is_call = !matches!(entry.kind, StepKind::Wait | StepKind::Send);
            let Some(answer) = entry.answer.as_ref().filter(|_| is_call) else {
                continue;
            };
            recorded
                .by_question
                .entry((question.function.clone(), question.digest.clone()))
                .or_default()
                .push(path.clone());
            recorded.by_path.insert(
                path.clone(),
                Step {
                    function: question.function.clone(),
                    digest: question.digest.clone(),
                    answer: answer.clone(),
                    given: false,
                },
            );
        }
        recorded
    }

    /// The answer to the same question, wherever it stood; else what was answered to the same function at the same place.
    pub fn answer(&mut self, asked: &Asked<'_>) -> Option<Recalled> {
        if self.by_path.is_empty() {
            return None;
        }
        if let Some(path) = self.place_of(asked) {
            let step = self.by_path.get_mut(&path)?;
            return Some(step.recalled(true));
        }
        let step = self.by_path.get_mut(asked.path)?;
        if step.function != asked.function || step.given {
            return None;
        }
        Some(step.recalled(false))
    }

    /// Where the same was asked: here, else at the first place whose answer nobody got yet, else at the last one.
    fn place_of(&self, asked: &Asked<'_>) -> Option<StepPath> {
        let here = self
            .by_path
            .get(asked.path)
            .filter(|step| step.function == asked.function && step.digest == asked.digest);
        if here.is_some() {
            return Some(asked.path.clone());
        }
        let question = (asked.function.to_owned(), asked.digest.to_owned());
        let places = self.by_question.get(&question)?;
        let is_free = |path: &&StepPath| self.by_path.get(*path).is_some_and(|step| !step.given);
        places.iter().find(is_free).or(places.last()).cloned()
    }
}

impl Step {
    fn recalled(&mut self, exact: bool) -> Recalled {
        self.given = true;
        Recalled {
            answer: self.answer.clone(),
            exact,
        }
    }
}

/// What a write answers that nobody performs: that it was accepted.
pub fn accepted() -> Value {
    Value::from([
        ("status", Value::Int(202)),
        ("captured", Value::Bool(true)),
        ("headers", Value::Map(BTreeMap::new())),
        ("body", Value::from("")),
    ])
}

#[cfg(test)]
mod tests {
    use cuebook_core::Timestamp;
    use cuebook_core::journal::{Question, digest};

    use super::*;

    fn entry(function: &str, argument: &str, answer: i64) -> Entry {
        Entry {
            question: Question {
                function: function.to_owned(),
                digest: digest(&[Value::from(argument)]),
            },
            kind: StepKind::Read,
            answer: Some(Ok(Value::Int(answer))),
            wake_at: None,
        }
    }

    /// What a script gets that asks for `function` at `path`.
    fn ask(
        recorded: &mut Recorded,
        path: u32,
        function: &str,
        argument: &str,
    ) -> Option<(i64, bool)> {
        let arguments = [Value::from(argument)];
        let digest = digest(&arguments);
        let recalled = recorded.answer(&Asked {
            function,
            kind: StepKind::Read,
            arguments: &arguments,
            digest: &digest,
            path: &StepPath::top(path),
            line: None,
            now: Timestamp::UNIX_EPOCH,
        })?;
        Some((recalled.answer.unwrap().as_int().unwrap(), recalled.exact))
    }

    fn recorded() -> Recorded {
        let steps = [
            (StepPath::top(0), entry("http::get", "a", 1)),
            (StepPath::top(1), entry("http::get", "a", 2)),
            (StepPath::top(2), entry("http::get", "b", 3)),
        ];
        Recorded::of(steps.iter().map(|(path, entry)| (path, entry)))
    }

    #[test]
    fn the_same_question_gets_its_answers_in_order_wherever_it_stands_now() {
        let mut recorded = recorded();
        assert_eq!(ask(&mut recorded, 5, "http::get", "a"), Some((1, true)));
        assert_eq!(ask(&mut recorded, 6, "http::get", "a"), Some((2, true)));
        assert_eq!(ask(&mut recorded, 7, "http::get", "a"), Some((2, true)));
        assert_eq!(ask(&mut recorded, 8, "http::get", "b"), Some((3, true)));
    }

    #[test]
    fn another_question_gets_what_was_answered_at_its_place_and_says_so() {
        let mut recorded = recorded();
        assert_eq!(ask(&mut recorded, 2, "http::get", "c"), Some((3, false)));
        assert_eq!(ask(&mut recorded, 0, "http::post", "c"), None);
        assert_eq!(ask(&mut recorded, 3, "http::get", "c"), None);
    }

    #[test]
    fn an_answer_is_not_given_to_two_different_questions() {
        let mut recorded = recorded();
        assert_eq!(ask(&mut recorded, 5, "http::get", "b"), Some((3, true)));
        assert_eq!(ask(&mut recorded, 2, "http::get", "c"), None);
    }
}
