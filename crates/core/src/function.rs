//! The descriptor of a script function that asks for something from outside.
//!
//! From one descriptor follow the registration in Rhai, the definition file for editors, the reference page and the test
//! doubles. Descriptors of calls and sends live beside the code that performs them.

use crate::clock::Timestamp;
use crate::failure::CallError;
use crate::send::PreparedSend;
use crate::value::Value;

/// A script function whose answer comes from outside, or that does something there.
#[derive(Debug, Clone, Copy)]
pub struct FunctionDescriptor {
    /// Its full name, such as `http::get`.
    pub name: &'static str,
    /// What it costs and how it is journaled.
    pub kind: FunctionKind,
    /// Its parameters in order; those that may be left out come last.
    pub parameters: &'static [Parameter],
    /// What it gives back.
    pub answer: Answer,
    /// What it does, in sentences.
    pub doc: &'static str,
    /// A piece of script that uses it.
    pub example: &'static str,
}

impl FunctionDescriptor {
    /// How many arguments must be given.
    pub fn required(&self) -> usize {
        self.parameters
            .iter()
            .filter(|parameter| parameter.required)
            .count()
    }
}

/// What a function costs and how it is journaled.
#[derive(Debug, Clone, Copy)]
pub enum FunctionKind {
    /// Answered in place; journaled with the run's next commit.
    Local,
    /// Performed without an intent; its answer is journaled with the next commit.
    Read,
    /// The intent is committed before, the answer after.
    Write,
    /// The answer comes later; a sleeping run costs a row.
    Wait,
    /// Its answer is not needed: prepared where the script calls it, sent when the segment has ended.
    Send(Prepare),
}

impl FunctionKind {
    /// The word for it in journals, the API and the docs.
    pub fn step(self) -> crate::journal::StepKind {
        use crate::journal::StepKind;
        match self {
            Self::Local => StepKind::Local,
            Self::Read => StepKind::Read,
            Self::Write => StepKind::Write,
            Self::Wait => StepKind::Wait,
            Self::Send(_) => StepKind::Send,
        }
    }
}

/// One parameter.
#[derive(Debug, Clone, Copy)]
pub struct Parameter {
    /// Its name in the docs.
    pub name: &'static str,
    /// What may be given.
    pub kind: ParameterKind,
    /// Whether it must be given.
    pub required: bool,
    /// What it means.
    pub doc: &'static str,
}

/// What may be given for a parameter or an option.
#[derive(Debug, Clone, Copy)]
pub enum ParameterKind {
    /// A string.
    Text,
    /// A string or an array of strings.
    TextOrTexts,
    /// A whole number.
    Int,
    /// `true` or `false`.
    Bool,
    /// A length of time such as `"3d"`.
    Duration,
    /// A time.
    Time,
    /// A string or a secret.
    TextOrSecret,
    /// An array.
    Array,
    /// A map with any keys.
    Map,
    /// A map with these keys and no others.
    Options(&'static [OptionKey]),
    /// Anything.
    Any,
}

impl ParameterKind {
    /// How the kind is called in messages and docs.
    pub fn label(self) -> &'static str {
        match self {
            Self::Text => "string",
            Self::TextOrTexts => "string or array of strings",
            Self::Int => "integer",
            Self::Bool => "bool",
            Self::Duration => "string (duration)",
            Self::Time => "time",
            Self::TextOrSecret => "string or secret",
            Self::Array => "array",
            Self::Map | Self::Options(_) => "map",
            Self::Any => "any",
        }
    }

    /// Whether `value` may be given.
    pub fn accepts(self, value: &Value) -> bool {
        match self {
            Self::Text | Self::Duration => matches!(value, Value::Text(_)),
            Self::TextOrTexts => match value {
                Value::Text(_) => true,
                Value::Array(items) => items.iter().all(|item| matches!(item, Value::Text(_))),
                _ => false,
            },
            Self::Int => matches!(value, Value::Int(_)),
            Self::Bool => matches!(value, Value::Bool(_)),
            Self::Time => matches!(value, Value::Time(_)),
            Self::TextOrSecret => matches!(value, Value::Text(_) | Value::Secret(_)),
            Self::Array => matches!(value, Value::Array(_)),
            Self::Map | Self::Options(_) => matches!(value, Value::Map(_)),
            Self::Any => true,
        }
    }
}

/// One key of an options map.
#[derive(Debug, Clone, Copy)]
pub struct OptionKey {
    /// Its name.
    pub name: &'static str,
    /// What may be given.
    pub kind: ParameterKind,
    /// Whether it must be given.
    pub required: bool,
    /// What it means.
    pub doc: &'static str,
}

/// What a function gives back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Nothing.
    Unit,
    /// A string.
    Text,
    /// A whole number.
    Int,
    /// `true` or `false`.
    Bool,
    /// A time.
    Time,
    /// A map.
    Map,
    /// An array.
    Array,
    /// `#{status, headers, body, json}`: the journal holds the first three, `json` is parsed when asked for.
    Http,
    /// Anything.
    Any,
}

impl Answer {
    /// How it is called in the docs.
    pub fn label(self) -> &'static str {
        match self {
            Self::Unit => "()",
            Self::Text => "string",
            Self::Int => "integer",
            Self::Bool => "bool",
            Self::Time => "time",
            Self::Map => "map",
            Self::Array => "array",
            Self::Http => "#{status, headers, body, json}",
            Self::Any => "any",
        }
    }
}

/// Prepares a send where the script calls it: parses addresses, renders templates, builds the bytes. What is wrong with
/// it throws at that line. Several messages come of one call where each recipient gets one of its own.
pub type Prepare = fn(&PrepareContext<'_>, &[Value]) -> Result<Vec<PreparedSend>, CallError>;

/// What preparing a send may know.
pub struct PrepareContext<'a> {
    /// The run's moment: the same on each attempt.
    pub now: Timestamp,
    /// The key of part `n` of this step: `Idempotency-Key`, and the left side of `Message-ID`.
    pub key: &'a dyn Fn(u32) -> String,
    /// Renders templates of the rule's version.
    pub templates: &'a dyn Templates,
    /// The sender of mails where the script names none.
    pub default_from: Option<&'a str>,
    /// The locale of templates where the script names none.
    pub default_locale: &'a str,
}

/// Renders the templates of a rule's version.
pub trait Templates {
    /// Renders `NAME.LOCALE.PART` with `data`; `None` where there is no such template.
    ///
    /// # Errors
    /// What is wrong with the template, and where.
    fn render(
        &self,
        name: &str,
        locale: &str,
        part: &str,
        data: &Value,
    ) -> Result<Option<String>, CallError>;

    /// The locales that template `name` exists in.
    fn locales(&self, name: &str) -> Vec<String>;
}
