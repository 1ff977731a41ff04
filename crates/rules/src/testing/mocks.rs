//! The answers that a test gives to calls, by function and arguments.

use std::collections::VecDeque;

use cuebook_core::failure::CallError;
use cuebook_core::function::FunctionDescriptor;
use cuebook_core::value::Value;
use rhai::{Dynamic, FnPtr};

use super::answer::{MockError, answer_of};
use super::difference::equal;

/// What a mock answers.
#[derive(Debug, Clone)]
pub(super) enum Reply {
    /// Always this.
    Always(Value),
    /// This error, always.
    Error(CallError),
    /// Whatever the closure says.
    Closure(FnPtr),
    /// One after the other.
    Sequence {
        /// What is left.
        left: VecDeque<Reply>,
        /// How many there were.
        count: usize,
    },
}

/// A mock.
#[derive(Debug, Clone)]
pub(super) struct Mock {
    function: String,
    /// What the call's first arguments have to be; `None` takes any.
    arguments: Option<Vec<Value>>,
    reply: Reply,
}

/// All mocks of a test; of those that take a call, one that names its arguments goes before one that takes any.
#[derive(Debug, Default)]
pub(super) struct Mocks(Vec<Mock>);

/// Which answer a call gets.
pub(super) enum Found {
    /// This.
    Answer(Result<Value, CallError>),
    /// Whatever the closure says.
    Closure(FnPtr),
    /// The sequence is at its end, after so many answers.
    UsedUp(usize),
    /// There is no mock of this function for these arguments, but for others.
    OtherArguments,
    /// There is no mock of this function.
    Nothing,
}

impl Mocks {
    /// Adds a mock; it takes the place of one that takes the same calls.
    pub(super) fn add(&mut self, function: &str, arguments: Option<Vec<Value>>, reply: Reply) {
        self.0.retain(|mock| {
            let is_same = match (&mock.arguments, &arguments) {
                (None, None) => true,
                (Some(a), Some(b)) => a.len() == b.len() && starts_with(a, b),
                _ => false,
            };
            mock.function != function || !is_same
        });
        self.0.push(Mock {
            function: function.to_owned(),
            arguments,
            reply,
        });
    }

    /// The answer to a call.
    pub(super) fn find(&mut self, function: &str, arguments: &[Value]) -> Found {
        let of_function = |mock: &&mut Mock| mock.function == function;
        let mut best: Option<&mut Mock> = None;
        let mut others = false;
        for mock in self.0.iter_mut().filter(of_function) {
            let wanted = mock.arguments.as_deref();
            if !wanted.is_none_or(|wanted| starts_with(arguments, wanted)) {
                others = true;
                continue;
            }
            let named = |mock: &Mock| mock.arguments.as_ref().map(Vec::len);
            if best
                .as_deref()
                .is_none_or(|best| named(best) <= named(mock))
            {
                best = Some(mock);
            }
        }
        match best {
            Some(mock) => mock.reply.next(),
            None if others => Found::OtherArguments,
            None => Found::Nothing,
        }
    }
}

impl Reply {
    /// The reply that a script means by `given`: a closure, an error, an array as a sequence, or a value.
    pub(super) fn of(given: &Dynamic, of: &FunctionDescriptor) -> Result<Self, String> {
        if let Some(closure) = given.clone().try_cast::<FnPtr>() {
            return Ok(Self::Closure(closure));
        }
        if let Some(error) = given.read_lock::<MockError>() {
            return Ok(Self::Error(error.0.clone()));
        }
        if let Ok(items) = given.as_array_ref()
            && is_sequence(&items, of)
        {
            let left: VecDeque<Self> = items
                .iter()
                .map(|item| Self::of_item(item, of))
                .collect::<Result<_, _>>()?;
            let count = left.len();
            return Ok(Self::Sequence { left, count });
        }
        answer_of(given, of).map(Self::Always)
    }

    /// One item of a sequence, in which an array is a value.
    fn of_item(item: &Dynamic, of: &FunctionDescriptor) -> Result<Self, String> {
        if item.is_array() {
            return answer_of(item, of).map(Self::Always);
        }
        Self::of(item, of)
    }

    fn next(&mut self) -> Found {
        match self {
            Self::Always(value) => Found::Answer(Ok(value.clone())),
            Self::Error(error) => Found::Answer(Err(error.clone())),
            Self::Closure(closure) => Found::Closure(closure.clone()),
            Self::Sequence { left, count } => match left.pop_front() {
                Some(mut reply) => reply.next(),
                None => Found::UsedUp(*count),
            },
        }
    }
}

/// Whether an array is a sequence of answers. Of a function that answers arrays it is one only if each item is an array,
/// an error or a closure: else it is the answer.
fn is_sequence(items: &[Dynamic], of: &FunctionDescriptor) -> bool {
    use cuebook_core::function::Answer;
    if of.answer != Answer::Array {
        return true;
    }
    !items.is_empty()
        && items
            .iter()
            .all(|item| item.is_array() || item.is_fnptr() || item.is::<MockError>())
}

/// Whether `arguments` begin with what is `wanted`.
fn starts_with(arguments: &[Value], wanted: &[Value]) -> bool {
    wanted.len() <= arguments.len()
        && wanted
            .iter()
            .zip(arguments)
            .all(|(wanted, given)| equal(wanted, given))
}
