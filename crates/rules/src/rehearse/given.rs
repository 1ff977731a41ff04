//! Answers that somebody gives for a rehearsal, by function.

use std::collections::{BTreeMap, VecDeque};

use cuebook_core::function::{Answer, FunctionKind};
use cuebook_core::journal::StepAnswer;
use cuebook_core::value::Value;

use super::answers::Asked;
use crate::engine::Engine;
use crate::suggest;
use crate::testing::http_answer;

/// Answers by function: of several the first call gets the first, and the last is given again and again.
#[derive(Debug, Clone, Default)]
pub struct Given(BTreeMap<String, VecDeque<Value>>);

/// Why an answer cannot be given.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CannotBeGiven {
    /// There is no such function.
    #[error("there is no function {function:?} that asks for something{}", help.as_deref().map(|help| format!(": {help}")).unwrap_or_default())]
    Unknown {
        /// Its name.
        function: String,
        /// The one that was meant, maybe.
        help: Option<String>,
    },
    /// It is answered by nobody.
    #[error("{0} is a send: it has no answer")]
    Send(String),
    /// It is answered by an event.
    #[error("{0} waits: give it an event, or let the time pass")]
    Wait(String),
}

impl Given {
    /// Adds an answer to `function`. Of an HTTP call a map without `status`, `headers` and `body` is the JSON of a good
    /// answer, and so is an array; a text is its body.
    ///
    /// # Errors
    /// Where no answer can be given to it.
    pub fn add(
        &mut self,
        engine: &Engine,
        function: &str,
        answer: Value,
    ) -> Result<(), CannotBeGiven> {
        let functions = engine.functions();
        let Some(known) = functions.iter().find(|known| known.name == function) else {
            let names = functions.iter().map(|known| known.name);
            let near = suggest::nearest(function, names);
            return Err(CannotBeGiven::Unknown {
                function: function.to_owned(),
                help: near.map(|near| format!("did you mean {near}?")),
            });
        };
        match known.kind {
            FunctionKind::Send(_) => return Err(CannotBeGiven::Send(function.to_owned())),
            FunctionKind::Wait => return Err(CannotBeGiven::Wait(function.to_owned())),
            FunctionKind::Local | FunctionKind::Read | FunctionKind::Write => {}
        }
        let answer = match known.answer {
            Answer::Http => http_answer(answer),
            _ => answer,
        };
        self.0
            .entry(function.to_owned())
            .or_default()
            .push_back(answer);
        Ok(())
    }

    /// The answer to a call.
    pub fn answer(&mut self, asked: &Asked<'_>) -> Option<StepAnswer> {
        let answers = self.0.get_mut(asked.function)?;
        let answer = if answers.len() > 1 {
            answers.pop_front()
        } else {
            answers.front().cloned()
        };
        answer.map(Ok)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_body_becomes_a_good_answer_and_a_whole_one_stays() {
        let json = http_answer(Value::from([("a", Value::Int(1))]));
        assert_eq!(json.get("status"), Some(&Value::Int(200)));
        assert_eq!(json.get("body"), Some(&Value::from(r#"{"a":1}"#)));
        let refused = http_answer(Value::from([("status", Value::Int(404))]));
        assert_eq!(refused.get("status"), Some(&Value::Int(404)));
        assert_eq!(
            http_answer(Value::from("ok")).get("body"),
            Some(&Value::from("ok"))
        );
    }
}
